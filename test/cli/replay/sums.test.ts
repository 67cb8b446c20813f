import { describe, expect, test } from "bun:test";
import type { Came, Compared } from "../../../src/cli/replay/compare.ts";
import { MOST_LISTED, ReplaySums } from "../../../src/cli/replay/sums.ts";
import { replayJson, replayMarkdown, replayText } from "../../../src/cli/replay/text.ts";
import { styleFor } from "../../../src/cli/terminal/style.ts";

const came: Came = {
  outcome: "ok",
  verdict: "allow",
  target: "a",
  region: null,
  attempts: 1,
  cost_usd: 0.01,
  energy_wh: null,
  gco2e: null,
};
const one: Compared = {
  id: "r",
  at: "2026-07-01T12:00:00.000Z",
  endpoint: "chat",
  model: "m",
  consumer: null,
  changed: ["outcome", "cost"],
  before: came,
  after: { ...came, outcome: "rate_limited", target: null, cost_usd: 0, attempts: 0 },
  why: "rate_limited",
  judged: "record",
};

describe("ReplaySums", () => {
  test("sums up both sides, and differences where both are known", () => {
    const sums = new ReplaySums(false);
    sums.add(one);
    sums.add({ ...one, changed: [], after: came });
    sums.add({ ...one, changed: ["cost"], after: { ...came, cost_usd: null, gco2e: 2 } });
    sums.skip("invalid_json");
    expect(sums).toMatchObject({
      requests: 3,
      changed: 2,
      judgedByText: 0,
      changes: { outcome: 1, cost: 2, target: 0 },
      transitions: [{ from: "ok", to: "rate_limited", requests: 1 }],
      skipped: { invalid_json: 1 },
      before: { served: 3, attempts: 3, cost_unknown: 0, gco2e_unknown: 3 },
      after: { served: 2, attempts: 2, cost_unknown: 1, gco2e: 2, gco2e_unknown: 2, targets: { a: 2 } },
      difference: { cost_compared: 2, gco2e_compared: 0 },
    });
    expect(sums.difference.cost_usd).toBeCloseTo(-0.01, 12);
    expect(sums.list).toHaveLength(2);
  });

  test("lists so many and says how many more there are", () => {
    const sums = new ReplaySums(true);
    for (let i = 0; i < MOST_LISTED + 3; i++) sums.add(one);
    expect(sums.list).toHaveLength(MOST_LISTED);
    expect(sums.requests).toBe(MOST_LISTED + 3);
    const of = { sinceMs: 0, untilMs: 1, files: ["f.yaml"], configHash: "x", sums };
    expect((JSON.parse(replayJson(of)) as { not_listed: number }).not_listed).toBe(3);
    expect(replayText(of, styleFor(false, {}))).toContain(`… and ${MOST_LISTED + 3 - 20} more`);
    expect(replayMarkdown(of)).toContain("\n3 more are in the sums and not listed here.\n");
  }, 60_000);
});
