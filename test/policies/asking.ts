import { Value } from "@sinclair/typebox/value";
import type { Clock } from "../../src/lib/clock.ts";
import type { RequestContext, Services } from "../../src/lib/context.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import type { Policy, PolicyModule, StreamTransform, Verdict } from "../../src/policies/policy.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";
import { contextFor } from "../gateway/chain/policies.ts";
import { fakeClock } from "../support/clock.ts";
import { parsed } from "../support/codec.ts";

/** A policy of a module, its settings as a configuration would fill them in. */
export function policyOf(module: object, settings: object, clock: Clock = fakeClock()): Policy {
  const { options, create } = module as PolicyModule;
  const filled = Value.Default(options, structuredClone(settings));
  if (!Value.Check(options, filled)) throw new Error(`no settings: ${JSON.stringify(settings)}`);
  return create(filled as never, { fetch, clock } satisfies Services);
}

/** Who asks. */
export function asker(more: Partial<RequestContext> = {}): RequestContext {
  return { ...contextFor(), ...more };
}

/** A consumer with these roles. */
export const withRoles = (...roles: string[]): RequestContext => asker({ consumer: "c", roles });

/** What a policy says of a request: its reason code where it stops it, else `allow`. */
export function asked(policy: Policy, body: JsonObject, context: RequestContext = asker()): string {
  return said(policy.request!(parsed({ model: "m", ...body }), [], context) as Verdict);
}

/** The same of a whole answer. */
export function answered(policy: Policy, body: JsonObject, context: RequestContext = asker()): string {
  return said(policy.response!(parsed(body), [], context) as Verdict);
}

function said(verdict: Verdict): string {
  return verdict.action === "allow" ? "allow" : String(verdict.reasonCode);
}

/** An offer of tools. */
export const offering = (...names: string[]): JsonObject => ({
  messages: [{ role: "user", content: "hi" }],
  tools: names.map((name) => ({ type: "function", function: { name } })),
});

/** Arguments of a call as a model writes them. */
export const call = (name: string, input: unknown = {}): JsonObject => ({
  id: `call_${name}`,
  type: "function",
  function: { name, arguments: typeof input === "string" ? input : JSON.stringify(input) },
});

/** A whole answer of one choice per list of calls. */
export const calling = (...choices: (readonly JsonObject[])[]): JsonObject => ({
  choices: choices.map((tool_calls, index) => ({
    index,
    message: { role: "assistant", content: null, tool_calls },
    finish_reason: "tool_calls",
  })),
});

/** One chunk of one choice. */
export const chunk = (delta: JsonObject, finish: string | null = null, index = 0): ChatCompletionChunk => ({
  id: "c",
  choices: [{ index, delta, finish_reason: finish }],
});

/** What left of a stream before it ended, and the reason code it ended by, or null. */
export function streamed(transform: StreamTransform, chunks: readonly ChatCompletionChunk[]) {
  const out: ChatCompletionChunk[] = [];
  try {
    for (const each of chunks) out.push(...transform.push(each));
    out.push(...transform.flush());
    return { out, ended: null };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return { out, ended: thrown.details.extra?.["reason_code"] };
  }
}

/** The calls, texts and finishes of chunks as a client puts them together: by choice, then by index. */
export function assembled(chunks: readonly ChatCompletionChunk[]) {
  const calls: Record<string, { id: unknown; name: string; input: string }> = {};
  const text: Record<number, string> = {};
  const finished: Record<number, string> = {};
  const add = (at: string, id: unknown, { name, arguments: input }: { name?: string; arguments?: string }): void => {
    const known = calls[at] ?? { id: null, name: "", input: "" };
    calls[at] = known;
    if (id !== undefined) known.id = id;
    known.name += name ?? "";
    known.input += input ?? "";
  };
  for (const { choices = [] } of chunks) {
    for (const { index = 0, delta = {}, finish_reason } of choices) {
      if (finished[index] !== undefined) throw new Error("something follows a finish");
      const {
        content,
        tool_calls = [],
        function_call,
      } = delta as {
        content?: string | null;
        tool_calls?: readonly { index: number; id?: string; function: object }[];
        function_call?: object;
      };
      if (typeof content === "string") text[index] = (text[index] ?? "") + content;
      for (const piece of tool_calls) add(`${index}/${piece.index}`, piece.id, piece.function);
      if (function_call !== undefined) add(`${index}/legacy`, undefined, function_call);
      if (typeof finish_reason === "string") finished[index] = finish_reason;
    }
  }
  return { calls, text, finished };
}
