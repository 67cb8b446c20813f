import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import type { Config } from "../../src/config/config.ts";
import { createChain } from "../../src/gateway/chain/chain.ts";
import type { ChainOptions, ChainPolicy } from "../../src/gateway/chain/chain-api.ts";
import { chainNamed, playground } from "../../src/gateway/playground.ts";
import type { GatewayError } from "../../src/lib/errors.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { PlaygroundAnswer } from "../../src/schema/views/policies-view.ts";
import { failureOf } from "../support/failure-of.ts";
import { blocking, enforced, MARK, monitored, optionsFor, redactor, saying, WORD } from "./chain/policies.ts";

const TEXT = `my ${WORD} is "quoted" \u0000 🦊`;
const MARKED = TEXT.replace(WORD, MARK);
const failing: Policy = {
  request: () => {
    throw new Error("broken");
  },
};

const run = async (
  policies: readonly ChainPolicy[],
  { side = "request", ...more }: { side?: "request" | "answer" } & Partial<ChainOptions> = {},
) => {
  const found = await playground(createChain(optionsFor(policies, more)), { text: TEXT, side });
  expect(Value.Check(PlaygroundAnswer, found)).toBe(true);
  return found;
};
const said = ({ steps }: PlaygroundAnswer) => steps.map(({ policy, verdict, saw }) => [policy, verdict, saw]);

describe.each(["request", "answer"] as const)("the playground, on a text as %s", (side) => {
  test("shows what each policy saw: what those before it left", async () => {
    const found = await run([enforced("r", redactor), enforced("a", saying({ action: "allow" }))], { side });
    expect(said(found)).toEqual([
      ["r", "redact", TEXT],
      ["a", "allow", MARKED],
    ]);
    expect(found).toMatchObject({ verdict: "redact", left: MARKED, steps: [{ findings: 1 }, {}] });
  });

  test("ends where a policy blocks", async () => {
    const found = await run([enforced("b", blocking), enforced("r", redactor)], { side });
    expect(found).toMatchObject({ verdict: "block", left: null, steps: [{ reason_code: "test.blocked", score: 0.9 }] });
    expect(said(found)).toEqual([["b", "block", TEXT]]);
  });

  test("ends where a person would be asked, and asks none", async () => {
    const escalating = saying({ action: "escalate", reasonCode: "test.asks", message: "ask" });
    expect(await run([enforced("e", escalating), enforced("r", redactor)], { side })).toMatchObject({
      verdict: "escalate",
      left: null,
      steps: [{ policy: "e", verdict: "escalate" }],
    });
  });

  test("shows what a monitored policy would have said, and goes on untouched", async () => {
    const found = await run([monitored("m", redactor), monitored("b", blocking), enforced("r", redactor)], { side });
    expect(said(found)).toEqual([
      ["m", "redact", TEXT],
      ["b", "block", TEXT],
      ["r", "redact", TEXT],
    ]);
    expect(found).toMatchObject({ verdict: "redact", left: MARKED });
  });

  test("asks in the order of the chain: the last one last, and who may ask is not judged", async () => {
    const found = await run(
      [
        { ...enforced("last", redactor), isLast: true },
        { ...enforced("who", blocking), content: false },
        enforced("tool", saying({ action: "allow" }), ["tool"]),
        enforced("text", redactor),
        enforced("ledger", { settle: () => {} }, []),
      ],
      { side },
    );
    const order = side === "request" ? ["who", "text", "tool", "last"] : ["tool", "who", "text", "last"];
    expect(found.steps.map(({ policy }) => policy)).toEqual(order);
    expect(found.steps.find(({ policy }) => policy === "who")).toMatchObject({ verdict: "skipped", saw: null });
    expect(found.left).toBe(MARKED);
  });

  test("of an empty chain says that nothing happens", async () => {
    expect(await run([], { side })).toEqual({ verdict: "allow", left: TEXT, steps: [] });
  });
});

describe("the playground", () => {
  test("writes nothing down: no event is settled, nothing is logged", async () => {
    const lines: unknown[] = [];
    const note = (...line: unknown[]) => void lines.push(line);
    const log = { debug: note, info: note, warn: note, error: note };
    const settled: unknown[] = [];
    const policies = [
      enforced("f", { ...failing, settle: (event) => void settled.push(event) }),
      enforced("b", blocking),
    ];
    await run(policies, { log, failMode: "allow" });
    expect([lines, settled]).toEqual([[], []]);
  });

  test("says where a policy fails, and what that comes to", async () => {
    const policies = [enforced("f", failing), enforced("r", redactor)];
    expect(await run(policies)).toMatchObject({ verdict: "error", left: null, steps: [{ verdict: "error" }] });
    expect(await run(policies, { failMode: "allow" })).toMatchObject({ verdict: "error", left: MARKED });
  });

  test("of a policy that only reads requests says that it does not look at answers", async () => {
    const { response: _, stream: __, ...requests } = redactor;
    expect(said(await run([enforced("r", requests)], { side: "answer" }))).toEqual([["r", "skipped", null]]);
  });
});

describe("the chain that is named", () => {
  const config = {
    policies: { chain: ["pii-detector"] },
    model_groups: [{ name: "a.b", chain: [] }, { name: "without" }],
    consumers: [{ id: "a.b", chain: ["dlp-filter"] }, { id: "keyless" }],
  } as unknown as Config;

  test.each([
    [undefined, ["pii-detector"]],
    ["policies", ["pii-detector"]],
    ["model_groups.a.b", []],
    ["consumers.a.b", ["dlp-filter"]],
  ])("%p", (name, chain) => expect<readonly string[]>(chainNamed(config, name)).toEqual(chain));

  test.each(["", "Policies", "consumers.keyless", "model_groups.without", "consumers.", "__proto__"])(
    "%p is none, and those that are there are named",
    async (name) => {
      const thrown = (await failureOf(Promise.try(() => chainNamed(config, name)))) as GatewayError;
      expect(thrown).toMatchObject({ code: "invalid_request", details: { param: "chain" } });
      expect(thrown.message).toEndWith(': there is "policies", "model_groups.a.b", "consumers.a.b"');
    },
  );
});
