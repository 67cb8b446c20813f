import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GroupedSums } from "../../src/cli/ledger/carbon-sums.ts";
import { DIFFERENCE_NOTE, shownSums } from "../../src/cli/ledger/report-text.ts";
import type { CarbonRecord } from "../../src/schema/carbon-record.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import type { RoutingTrace } from "../../src/schema/routing-trace.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { anEvent, scratch } from "../support/events.ts";
import { weir } from "./fake-io.ts";

const dir = scratch();
const FIRST = Date.UTC(2026, 6, 1, 12);
const DAY_MS = 86_400_000;

/** A name with everything that a table in Markdown reads. */
const CHOSEN = "|![x](http://evil.example)<b>`*";

const carbon = (region: string | null, differs: Partial<CarbonRecord> = {}): CarbonRecord => ({
  receipt_id: null,
  region,
  tier: 2,
  temporal_match: "live",
  energy_wh: 2,
  energy_wh_ci90_lo: 1,
  energy_wh_ci90_hi: 4,
  gco2e: 0.5,
  gco2e_ci90_lo: 0.25,
  gco2e_ci90_hi: 1,
  gco2e_usage: 0.4,
  default_region: "scaleway-par-1",
  gco2e_usage_default: 0.4,
  ...differs,
});
const trace = (decision_mode: RoutingTrace["decision_mode"], region: string | null) =>
  ({ route_policy: "standard", decision_mode, region }) as unknown as RoutingTrace;
const PARIS = "scaleway-par-1";
const STOCKHOLM = "atnorth-sto-1";
const unknown = { energy_wh: null, gco2e: null, gco2e_usage: null, gco2e_usage_default: null };

const EVENTS: readonly Partial<RequestEvent>[] = [
  { consumer: "one", cost: { usd: 0.5, basis: "exact" }, routing_trace: trace("live", PARIS), carbon: carbon(PARIS) },
  {
    consumer: "two",
    cost: { usd: 0.25, basis: "estimated" },
    routing_trace: trace("live", STOCKHOLM),
    carbon: carbon(STOCKHOLM, { temporal_match: "fresh", gco2e_usage: 0.1, gco2e_usage_default: 0.6 }),
  },
  {
    consumer: "two",
    routing_trace: trace("degraded", STOCKHOLM),
    // its grid cannot be compared with that of Paris
    carbon: carbon(STOCKHOLM, { temporal_match: "annual_fallback", gco2e_usage_default: null }),
  },
  {
    consumer: "one",
    routing_trace: trace("standard", null),
    carbon: carbon(null, { ...unknown, temporal_match: null }),
  },
  { consumer: CHOSEN, target: null, attempts: [], outcome: "budget_exceeded", status: 402 },
];

beforeAll(async () => {
  const ledger = openLedger("sqlite:ledger.db", dir.path);
  await ledger.append(EVENTS.map((differs, at) => anEvent({ at: FIRST + at * DAY_MS, ...differs })));
  await ledger.close();
});
afterAll(() => dir[Symbol.dispose]());

const run = (...args: string[]) => weir([...args, "--state-dir", dir.path]);
const asJson = async (...args: string[]) => JSON.parse((await run("report", "--json", ...args)).out);

describe("weir report", () => {
  test("sums up by region what is known, and counts what is not", async () => {
    const report = await asJson("--by", "region");
    expect(report.total).toMatchObject({
      requests: 5,
      cost_usd: 0.75,
      cost_unknown: 2,
      energy_wh: 6,
      energy_wh_ci90_lo: 3,
      energy_wh_ci90_hi: 12,
      energy_unknown: 1,
      gco2e: 1.5,
      gco2e_ci90_lo: 0.75,
      gco2e_ci90_hi: 3,
      gco2e_unknown: 1,
      decisions: { live: 2, degraded: 1, standard: 1 },
      signals: { live: 1, fresh: 1, stale: 0, annual_fallback: 1, none: 1 },
      share_live: 0.25,
      share_fresh: 0.25,
      share_annual: 0.25,
      requests_compared: 2,
      usage_gco2e_compared: 0.5,
      usage_gco2e_default_path: 1,
      usage_difference_gco2e: 0.5,
    });
    expect(report.note).toBe(DIFFERENCE_NOTE);
    const [stockholm, none, paris] = ["atnorth-sto-1", null, PARIS].map((name) =>
      report.groups.find(({ region }: { region: string | null }) => region === name),
    );
    expect(stockholm).toMatchObject({ requests: 2, energy_wh: 4, usage_difference_gco2e: 0.5, requests_compared: 1 });
    expect(paris).toMatchObject({ requests: 1, gco2e: 0.5, usage_difference_gco2e: 0 });
    expect(none).toMatchObject({
      requests: 2,
      energy_wh: null,
      gco2e: null,
      cost_usd: null,
      usage_difference_gco2e: null,
    });
    expect(report.groups[0].requests).toBe(2);
  });

  test.each([
    ["consumer", ["one", "two", CHOSEN]],
    // what callers ask for can be anything: a request that went to nobody is of no model
    ["model", ["mistral-large-latest", null]],
    ["target", ["large", null]],
  ])("groups by %s", async (by, names) => {
    const report = await asJson("--by", by);
    expect(report.by).toBe(by);
    expect(report.groups.map((group: Record<string, unknown>) => group[by]).toSorted()).toEqual(names.toSorted());
    const requests = report.groups.reduce((sum: number, group: { requests: number }) => sum + group.requests, 0);
    expect(requests).toBe(5);
  });

  test("takes both ends of the period, and a day whole", async () => {
    const day = (at: number) => new Date(FIRST + at * DAY_MS).toISOString().slice(0, 10);
    expect((await asJson("--from", day(1), "--to", day(2))).total.requests).toBe(2);
    expect((await asJson("--from", new Date(FIRST).toISOString(), "--to", String(FIRST))).total.requests).toBe(1);
    expect((await asJson("--to", String(FIRST - 1))).total.requests).toBe(0);
    const { code, out } = await run("report", "--to", String(FIRST - 1));
    expect([code, out.includes("no requests of this period")]).toEqual([0, true]);
  });

  test("is a table for people, with what is unknown and what the difference is and is not", async () => {
    const { code, out } = await run("report", "--by", "consumer");
    expect(code).toBe(0);
    expect(out).toContain(
      "| one | 2 | 24 / 198 | 0.5 | 2 | 0.5 (0.25–1) | 50 % / 0 % / 0 % | live 1, standard 1 | 0 |",
    );
    // whoever reads it in a browser loads nothing that was chosen as a name
    expect(out).toContain("| \\|!\\[x\\](http://evil.example)\\<b>\\`\\* | 1 |");
    expect(out).toContain("| **total** | 5 |");
    expect(out).toContain("Unknown and not in the sums: cost of 2, energy of 1, emissions of 1 requests.");
    expect(out.endsWith(`${DIFFERENCE_NOTE}\n`)).toBe(true);
    expect(DIFFERENCE_NOTE).toMatch(/estimate of usage emissions only.*not a\s+measured or certified saving/);
  });

  test("is CSV for sheets, and the sentence goes along", async () => {
    const { out } = await run("report", "--by", "consumer", "--format", "csv");
    const [head, ...rows] = out.trimEnd().split("\r\n");
    expect(head).toStartWith("consumer,requests,prompt_tokens,");
    expect(head).toEndWith(",usage_difference_gco2e,requests_compared,note");
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toContain("not a measured or certified saving");
    expect(rows.find((row) => row.startsWith("one"))).toStartWith("one,2,24,198,0.5,1,2,1,4,1,0.5,0.25,1,1,0.5,0,0,");
  });

  test.each([
    [["--from", "2026-07-03", "--to", "2026-07-01"], "--from lies after --to"],
    [["--by", "zone"], "region, model, consumer, target"],
    [["--format", "xml"], "json, csv, md"],
    [["--json", "--format", "csv"], "cannot both be had"],
    [["--from", "yesterday"], "no point in time"],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await run("report", ...args);
    expect([code, err.includes(message)]).toEqual([2, true]);
  });
});

test("energy, emissions and money count where each part of an answer was made", () => {
  const { energy_wh_ci90_lo, energy_wh_ci90_hi, gco2e_ci90_lo, gco2e_ci90_hi } = carbon(PARIS);
  const bounds = { energy_wh_ci90_lo, energy_wh_ci90_hi, gco2e_ci90_lo, gco2e_ci90_hi };
  const [answered] = anEvent().attempts;
  const attempts = [
    { ...answered!, target: "broke", region: STOCKHOLM, cost: { usd: 0.5, basis: "exact" as const } },
    { ...answered!, region: PARIS, cost: { usd: 0.25, basis: "exact" as const } },
  ];
  const parts = [
    { ...bounds, target: "broke", energy_wh: 1.5, gco2e: 0.25 },
    { ...bounds, target: "large", energy_wh: 2, gco2e: 0.5 },
  ];
  const sums = new GroupedSums(["region", "consumer"]);
  const whole = carbon(PARIS, { energy_wh: 3.5, gco2e: 0.75, parts });
  sums.add(anEvent({ attempts, cost: { usd: 0.75, basis: "exact" }, carbon: whole, consumer: "one" }));
  expect(sums.total).toMatchObject({ requests: 1, energy_wh: 3.5, gco2e: 0.75, cost_usd: 0.75 });
  expect(sums.groups("region")).toMatchObject([
    { name: PARIS, sums: { requests: 1, energy_wh: 2, energy_known: 1, gco2e: 0.5, cost_usd: 0.25 } },
    { name: STOCKHOLM, sums: { requests: 0, energy_wh: 1.5, energy_known: 0, gco2e: 0.25, cost_usd: 0.5 } },
  ]);
  expect(sums.groups("consumer")).toMatchObject([
    { name: "one", sums: { requests: 1, energy_wh: 3.5, gco2e: 0.75, cost_usd: 0.75 } },
  ]);
});

test("a sum is shown with what was paid elsewhere, and without what adding fractions up leaves behind", () => {
  const [answered] = anEvent().attempts;
  const cost = (usd: number | null) => ({ usd, basis: usd === null ? ("unknown" as const) : ("exact" as const) });
  const attempts = [
    { ...answered!, outcome: "upstream_cut", cost: cost(0.1) },
    { ...answered!, outcome: "upstream_cut", cost: cost(0.2) },
    { ...answered!, target: "own", cost: cost(null) },
  ];
  const sums = new GroupedSums(["consumer", "target"]);
  sums.add(anEvent({ attempts, target: "own", cost: { usd: 0.3, basis: "estimated" } }));
  sums.add(anEvent({ attempts: [{ ...answered!, cost: cost(null) }], cost: cost(null) }));
  expect(shownSums(sums.total).cost_usd).toBe(0.3);
  const shown = sums.groups("target").map(({ name, sums: each }) => [name, shownSums(each).cost_usd]);
  expect(shown).toEqual([
    ["own", null],
    ["large", 0.3],
  ]);
});

test("weir events export --totals says the same by region, model and consumer", async () => {
  const totals = JSON.parse((await run("events", "export", "--totals")).out);
  const report = await asJson("--by", "region");
  expect(totals.total).toEqual(report.total);
  expect(totals.by_region).toEqual(report.groups);
  expect([totals.by_model.length, totals.by_consumer.length, totals.note]).toEqual([2, 3, DIFFERENCE_NOTE]);
});

test("a request that every target refused is of no unknown cost: nobody was paid", () => {
  const asked = anEvent({});
  const refused = asked.attempts.map((attempt) => ({
    ...attempt,
    outcome: "upstream_failed",
    usage: { ...attempt.usage, basis: "unknown" as const },
  }));
  const unknownOf = (event: RequestEvent): number => {
    const sums = new GroupedSums(["region"]);
    sums.add(event);
    return sums.total.cost_unknown;
  };
  const event = {
    ...asked,
    attempts: refused,
    target: null,
    status: 503,
    cost: { usd: null, basis: "unknown" as const },
  };
  expect(unknownOf(event)).toBe(0);
  expect(unknownOf({ ...event, attempts: asked.attempts })).toBe(1);
});
