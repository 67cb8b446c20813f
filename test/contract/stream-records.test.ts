import { afterAll, expect, test } from "bun:test";
import { runCase } from "../../src/cli/cases/run.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import type { TestCase } from "../../src/schema/config/testing.ts";

const guard = createContextGuard();
afterAll(() => guard.close());

/** Every kind that reads answers, in a way in which the stream goes on to its end. */
const POLICY = {
  "pii-detector": { action: "redact" },
  "dlp-filter": { blocked_terms: ["bluebird"], action: "redact" },
  "safety-filter": { mode: "monitor", block_if: ["zyx"] },
  "language-validator": { allowed_languages: ["en"], action: "log" },
  "agent-firewall": { blocked_tools: ["rm*"], mode: "monitor" },
  "quality-scorer": { assertions: [{ type: "max_length", value: 20 }], failure_action: { action: "log" } },
  "audit-logger": {},
};

function stage() {
  const document = {
    pack: { name: "t", version: "1.0.0", enabled: true },
    policies: { chain: Object.keys(POLICY) },
    policy: POLICY,
    providers: { targets: [{ id: "s", provider: "simulated", model: "m" }] },
  };
  const readFile = (): Uint8Array => new TextEncoder().encode(JSON.stringify(document));
  const loaded = loadConfig({ files: ["a.yaml"], env: {}, readFile });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("; "));
  return { config: loaded.config, env: {}, guard };
}

/** What the ledger says of the answer, policy by policy. */
async function rows(input: object): Promise<unknown[]> {
  const messages = [{ role: "user", content: "hi" }];
  const one: TestCase = { name: "one", input: { messages, ...input }, expected: {} };
  const { event } = await runCase(stage(), one);
  return event!.policies.filter(({ phase }) => phase !== "input").map((row) => ({ ...row }));
}

const byText = (list: unknown[]): string[] => list.map((row) => JSON.stringify(row)).sort();

const CONTENT =
  "Das Projekt bluebird gehört Jane, jane@example.com und joe@example.com, Karte 4111 1111 1111 1111, sagt zyx. " +
  "Wir haben gestern lange darüber gesprochen und werden morgen weiter darüber reden.";
const CALL = { id: "a", type: "function", function: { name: "rm_all", arguments: '{"to":"jo@example.com"}' } };

test("the ledger says the same of a stream as of the whole answer: verdicts, findings, scores, reasons", async () => {
  const message = { role: "assistant", content: CONTENT, tool_calls: [CALL] };
  const whole = await rows({ upstream_response: { choices: [{ message, finish_reason: "tool_calls" }] } });
  const pieces = CONTENT.match(/.{1,7}/gsu)!.map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
  const call = { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...CALL }] }, finish_reason: "tool_calls" }] };
  const streamed = await rows({ upstream_stream: [...pieces, call] });
  expect(byText(streamed)).toEqual(byText(whole));
  for (const policy of Object.keys(POLICY).filter((name) => name !== "audit-logger")) {
    const found = whole.some((row) => (row as { policy: string; findings: number }).policy === policy);
    expect({ policy, found }).toEqual({ policy, found: true });
  }
  expect(whole.filter((row) => (row as { findings: number }).findings > 0).length).toBeGreaterThanOrEqual(5);
});
