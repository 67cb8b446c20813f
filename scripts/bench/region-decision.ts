/**
 * `bun scripts/bench/region-decision.ts`: nanoseconds of one routing decision among 8 regions in 5 grid zones with live
 * signals, as JSON: the carbon-aware strategy alone, the whole decision (eligible targets with reasons, signals, order),
 * and the same along the default path. What the strategy may take, `limits.ts` says.
 */

import { GridSnapshot } from "../../src/gateway/carbon/grid-snapshot.ts";
import { regionRules } from "../../src/gateway/carbon/regions.ts";
import { CurrentRegions } from "../../src/gateway/routes/current-regions.ts";
import { decideRoute, type RouteTable } from "../../src/gateway/routes/route.ts";
import { createRouteTable } from "../../src/gateway/routes/table.ts";
import type { Wish } from "../../src/gateway/routes/wish.ts";
import { makeTarget } from "../../src/gateway/targets/make-target.ts";
import { strategies } from "../../src/routing/index.ts";
import type { Candidate } from "../../src/routing/strategy.ts";
import { configurationOf } from "./configuration.ts";
import { cpuUs } from "./cpu.ts";
import { middle } from "./figures.ts";
import { measuredGrids } from "./grids.ts";

const ROUNDS = 100_000;
const BATCHES = 9;
const NOW_MS = 1_800_000_000_000;

const CODES = ["scaleway-par-1", "scaleway-par-2", "atnorth-sto-1", "atnorth-isl-1", "ovh-gra-1", "ovh-rbx-1"];
const HETZNER = ["hetzner-fsn-1", "hetzner-hel-1"];

function tableOf(strategy: string): RouteTable {
  const targets = [...CODES, ...HETZNER].map((region) => ({ id: region, provider: "simulated", model: "m", region }));
  const config = configurationOf({
    regions: { catalogue: HETZNER.map((code) => ({ code, inference: true })) },
    providers: { strategy, targets },
  });
  const regions = regionRules(config);
  const made = config.providers.targets.map((target, position) => makeTarget(target, position, { env: {}, regions }));
  const chainOf = (): never => {
    throw new Error("No group of this configuration has a chain");
  };
  return createRouteTable(config, { targets: made, regions, chainOf, current: new CurrentRegions() });
}

/** The middle of several batches, in nanoseconds of the processor a round: others on the machine do not count. */
function nanoseconds(round: () => unknown): number {
  for (let warm = 0; warm < ROUNDS; warm++) round();
  const batches = Array.from({ length: BATCHES }, () => {
    const from = cpuUs();
    for (let at = 0; at < ROUNDS; at++) round();
    return ((cpuUs() - from) * 1_000) / ROUNDS;
  });
  return Math.round(middle(batches));
}

const known = measuredGrids(
  { FR: 52, "SE-SE3": 21, IS: 28, "DE-LU": 340, FI: 61 },
  { observedAtMs: NOW_MS - 600_000, fetchedAtMs: NOW_MS },
);
const wish: Wish = {
  pin: null,
  allowed: null,
  routing: null,
  strategy: null,
  latencyBudgetMs: null,
  receipt: null,
  asked: false,
  said: null,
};
const parsed = { source: "{}", value: {} };
const headers = new Headers();

const whole = (strategy: string): number => {
  const table = tableOf(strategy);
  return nanoseconds(() =>
    decideRoute(table, {
      asked: "m",
      endpoint: "chat",
      stream: false,
      parsed,
      headers,
      objection: () => null,
      wish,
      grids: new GridSnapshot(known, NOW_MS),
      nowMs: 1_000,
    }),
  );
};

const nothing = { averageMs: null, lastMs: null, lastAtMs: 0, samples: 0, waiting: 0, silentSinceMs: null };
const eligible: readonly Candidate[] = tableOf("carbon_aware").targets.map((target, position) => ({
  id: target.id,
  position,
  weight: 1,
  servesModel: true,
  inFlight: 0,
  latency: nothing,
  tokenTime: nothing,
  priceUsd: null,
  region: {
    code: target.place!.region.code,
    zone: target.place!.region.gridZone,
    pathRank: target.place!.pathRank,
    latencyMs: target.place!.region.latencyMs?.p95 ?? null,
    signal: known.operational(target.place!.region.gridZone!, NOW_MS),
  },
}));
const context = {
  turn: 0,
  sticky: null,
  minSampleCount: 5,
  explorers: 1,
  windowMs: 300_000,
  nowMs: 1_000,
  regional: true,
  latencyBudgetMs: null,
  currentRegion: "atnorth-isl-1",
};

const result = {
  strategy_ns: nanoseconds(() => strategies.carbon_aware.pick(eligible, context)),
  whole_decision_ns: whole("carbon_aware"),
  default_path_ns: whole("default_path"),
  fallback_ns: whole("fallback"),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
