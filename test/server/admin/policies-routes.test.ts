import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { loadConfig } from "../../../src/config/load.ts";
import { HOUR_MS } from "../../../src/lib/durations.ts";
import type { PolicyRecord } from "../../../src/schema/event.ts";
import { PoliciesView } from "../../../src/schema/views/policies-view.ts";
import { fakeClock } from "../../support/clock.ts";
import { asAdmin, EVENT, fakeServer } from "../fake-server.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");
/** How long ago a stretch of time is decides how finely it is summed. */
const clock = { ...fakeClock(), now: () => AT + HOUR_MS };
const CONFIG = `pack: { name: p, version: 1.0.0, enabled: true }
policies: { chain: [safety-filter, agent-firewall, pii-detector] }
policy:
  safety-filter: { mode: strict }
  pii-detector: { mode: monitor, action: redact }
providers: { targets: [{ id: a, provider: simulated, model: m }] }
`;
const said = (policy: string, verdict: string, mode = "enforce"): PolicyRecord => ({
  policy,
  phase: "input",
  verdict,
  mode,
  reason_code: null,
  findings: 0,
  score: null,
});

async function ask(query: string, policies: readonly (readonly [number, PolicyRecord[]])[] = []) {
  const loaded = loadConfig({ files: ["weir.yaml"], env: {}, readFile: () => new TextEncoder().encode(CONFIG) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const events = policies.map(([at, records], seq) => ({
    seq: seq + 1,
    hash: "h",
    event: { ...EVENT, at, policies: records },
  }));
  const { send, accesses } = fakeServer({ loaded: loaded.config, events, clock });
  const answer = await send(`/api/policies?${query}`, { headers: asAdmin });
  return { status: answer.status, body: (await answer.json()) as PoliciesView, accesses };
}

describe("/api/policies", () => {
  const RANGE = "since=2026-11-20T11:00:00Z&until=2026-11-20T13:00:00Z";

  test("shows the chain in order; a policy's own word for its mode is not taken for ours", async () => {
    const { body } = await ask(RANGE);
    expect(Value.Check(PoliciesView, body)).toBe(true);
    expect(body.chain).toEqual([
      { policy: "safety-filter", mode: "enforce", phases: ["input", "output"] },
      { policy: "agent-firewall", mode: "enforce", phases: ["tool"] },
      { policy: "pii-detector", mode: "monitor", phases: ["input", "output"] },
    ]);
    expect(body.chains).toEqual([{ name: "policies", policies: ["safety-filter", "agent-firewall", "pii-detector"] }]);
    expect(body.coverage.map(({ policy, request }) => [policy, request])).toEqual([
      ["safety-filter", "blocks"],
      ["agent-firewall", "none"],
      ["pii-detector", "observes"],
    ]);
    expect(body).toMatchObject({ covers_since: null, totals: [], series: [] });
  });

  test("counts verdicts, monitored apart, over the stretch of time and by its steps", async () => {
    const { body, accesses } = await ask(RANGE, [
      [AT, [said("safety-filter", "block"), said("pii-detector", "redact", "monitor")]],
      [AT + 1_000, [said("safety-filter", "block")]],
      [AT + 600_000, [said("safety-filter", "allow")]],
      [AT - 86_400_000, [said("safety-filter", "block")]],
    ]);
    expect(body.totals).toEqual([
      { policy: "safety-filter", verdict: "block", mode: "enforce", count: 2 },
      { policy: "pii-detector", verdict: "redact", mode: "monitor", count: 1 },
      { policy: "safety-filter", verdict: "allow", mode: "enforce", count: 1 },
    ]);
    expect(body.series.map(({ at }) => at)).toEqual([AT, AT + 600_000]);
    expect(body.series.every(({ at }) => at % body.bucket_ms === 0)).toBe(true);
    expect(body.covers_since).toBe(AT - 86_400_000);
    expect(accesses).toMatchObject([{ what: "GET /api/policies" }]);
  });

  test("makes wide steps of a long time, so that the answer stays small", async () => {
    const minutes = Array.from({ length: 500 }, (_, at) => [AT - at * 900_000, [said("p", "block")]] as const);
    const { body } = await ask(
      `since=${AT - 7 * 86_400_000}&until=${AT + 1}`,
      minutes.map(([at, list]) => [at, [...list]]),
    );
    expect(body.series.length).toBeLessThanOrEqual(121);
    expect(body.series.reduce((sum, { counts }) => sum + counts[0]!.count, 0)).toBe(body.totals[0]!.count);
  });

  test("refuses a time that is none", async () => {
    expect((await ask("since=never")).status).toBe(400);
  });
});
