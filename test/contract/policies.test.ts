import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { GatewayError } from "../../src/lib/errors.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { answerPlaces, requestPlaces } from "../../src/lib/places/extract.ts";
import { policies } from "../../src/policies/index.ts";
import type { PolicyModule } from "../../src/policies/policy.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";
import { asker, policyOf, streamed } from "../policies/asking.ts";

const modules: readonly (readonly [string, PolicyModule])[] = Object.entries(policies);

/** Settings that switch on what a policy does not do by itself. */
const FULL: Readonly<Record<string, object>> = {
  rbac: {
    roles: { r: { allowed_tools: ["*a*"], denied_tools: ["b?"], allowed_models: ["*"] } },
    data_access: { r: { max_sensitivity: "internal" } },
    deny_if_missing: ["x-session-id"],
  },
  "quality-scorer": {
    min_sentences: 2,
    assertions: [
      { type: "json_schema", schema: { type: "object" } },
      { type: "language", value: "en" },
    ],
    on_stream: "buffer",
  },
  "agent-firewall": {
    allowed_tools: ["*"],
    tools: { roles: { r: ["*"] } },
    rate_limits: { default: 1_000_000, "a*": 1_000_000 },
    max_actions_per_session: 1_000_000,
    transaction_limits: { max_single_transaction: 10, max_daily_total: 1e9, require_approval_above: 5 },
    kill_switches: { max_errors_before_halt: 1_000_000, halt_on_suspicious_pattern: true },
  },
};

/** Bodies in which members with a meaning hold anything at all. */
const anything = fc.jsonValue({ maxDepth: 3 });
const call = fc.record(
  { index: anything, id: anything, type: anything, function: anything, custom: anything, name: anything },
  { requiredKeys: [] },
);
const message = fc.record(
  {
    role: fc.constantFrom("user", "assistant", "tool", "system"),
    content: anything,
    tool_calls: fc.oneof(fc.array(fc.oneof(call, anything), { maxLength: 3 }), anything),
    function_call: fc.oneof(call, anything),
    refusal: anything,
  },
  { requiredKeys: [] },
);
const choice = fc.record(
  {
    index: fc.oneof(fc.nat(3), anything),
    message,
    delta: fc.oneof(message, anything),
    finish_reason: fc.oneof(fc.constant("stop"), anything),
    logprobs: anything,
  },
  { requiredKeys: [] },
);
const body = fc.record(
  {
    model: anything,
    user: anything,
    metadata: anything,
    messages: fc.oneof(fc.array(message, { maxLength: 4 }), anything),
    tools: fc.oneof(fc.array(fc.oneof(call, anything), { maxLength: 3 }), anything),
    functions: anything,
    tool_choice: fc.oneof(call, anything),
    choices: fc.oneof(fc.array(fc.oneof(choice, anything), { maxLength: 3 }), anything),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const context = asker({ consumer: "c", roles: ["r"], headers: new Headers({ "x-session-id": "s" }) });

describe.each(modules)("%s", (name, module) => {
  test("is registered by its name, and runs on its defaults", () => {
    expect(module.name).toBe(name);
    expect(module.phases.length).toBeGreaterThan(0);
    const defaults = Value.Default(module.options, {});
    expect(Value.Check(module.options, defaults)).toBe(true);
    expect(module.check?.(defaults as never) ?? []).toEqual([]);
  });

  test("takes bodies of any form without failing", async () => {
    const policy = policyOf(module, FULL[name] ?? {});
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const parsed = { source: JSON.stringify(value), value };
        const asked = await policy.request?.(parsed, requestPlaces("chat", value), context);
        const answered = await policy.response?.(parsed, answerPlaces("chat", value), context);
        for (const verdict of [asked, answered]) expect(verdict === undefined || "action" in verdict).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("takes streams of any form without failing", () => {
    const policy = policyOf(module, FULL[name] ?? {});
    fc.assert(
      fc.property(fc.array(body, { maxLength: 6 }), (chunks) => {
        const transform = policy.stream?.(context);
        if (transform === undefined) return;
        try {
          streamed(transform, chunks as unknown as readonly ChatCompletionChunk[]);
        } catch (error) {
          // to end a stream is what some of them are for
          if (!(error instanceof GatewayError && error.code === "output_blocked")) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
