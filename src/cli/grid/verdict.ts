import { catalogueOf, type Region } from "../../carbon/regions.ts";
import type { SignalReader } from "../../carbon/signal-table.ts";
import type { Config } from "../../config/config.ts";
import { carbonAware } from "../../routing/carbon-aware.ts";
import { type Candidate, UNSEEN } from "../../routing/strategy.ts";

/**
 * What carbon-aware routing would do now, if all targets with a region could be asked, as near as the catalogue says and
 * within the budget of latency that the configuration gives to all.
 */
export interface GridVerdict {
  readonly mode: string;
  readonly reason: string;
  /** Grid zones of the regions that targets stand in; one whose zone is not known is missing. */
  readonly zones: readonly string[];
  /** Zones that are not compared with the others, each with the reason in a few words. */
  readonly apart: ReadonlyMap<string, string>;
}

/** The regions that targets of a configuration stand in. */
export function regionsInUse({ providers, regions }: Config): readonly Region[] {
  const catalogue = catalogueOf(regions.catalogue);
  const codes = new Set(providers.targets.map(({ region }) => region));
  return [...codes].flatMap((code) => (code === undefined ? [] : (catalogue.get(code) ?? [])));
}

/** Asks the strategy itself, with every target that has a region as a candidate; null where none has. */
export function gridVerdict(config: Config, signals: SignalReader, nowMs: number): GridVerdict | null {
  const used = regionsInUse(config);
  if (used.length === 0) return null;
  const candidates = used.map(
    (region, position): Candidate => ({
      id: region.code,
      position,
      weight: 1,
      servesModel: true,
      inFlight: 0,
      latency: UNSEEN,
      tokenTime: UNSEEN,
      priceUsd: null,
      region: {
        code: region.code,
        zone: region.gridZone,
        pathRank: 0,
        latencyMs: region.latencyMs?.p95 ?? null,
        signal: region.gridZone === null ? null : signals.operational(region.gridZone, nowMs),
      },
    }),
  );
  const { regions } = carbonAware.pick(candidates, {
    turn: 0,
    sticky: null,
    minSampleCount: 1,
    explorers: 1,
    windowMs: 0,
    nowMs: 0,
    regional: true,
    latencyBudgetMs: config.providers.routing.latency_budget_ms ?? null,
    currentRegion: null,
  });
  const zones = [...new Set(used.flatMap(({ gridZone }) => gridZone ?? []))];
  const leftOut = regions?.leftOut ?? [];
  const takesPart = new Set(
    candidates.filter((each) => !leftOut.some(({ candidate }) => candidate === each)).map(({ region }) => region?.zone),
  );
  const apart = new Map<string, string>();
  for (const { candidate, reason } of leftOut) {
    const zone = candidate.region?.zone;
    if (zone != null && !takesPart.has(zone)) apart.set(zone, LEFT_OUT_WORDS[reason] ?? reason);
  }
  return { mode: regions?.mode ?? "standard", reason: regions?.reason ?? "single_zone", zones, apart };
}

const LEFT_OUT_WORDS: Readonly<Record<string, string>> = {
  no_operational_signal: "no signal that may decide",
  other_basis: "of another basis or accounting",
  over_latency_budget: "over the latency budget",
  latency_unknown: "its latency is not known",
};

/** Why a decision could not be live, in a sentence of people. */
export const VERDICT_WORDS: Readonly<Record<string, string>> = {
  single_zone: "all targets with a region stand in one grid zone, so there is nothing to compare",
  single_zone_within_budget:
    "within providers.routing.latency_budget_ms there is one grid zone only, so there is nothing to compare",
  degraded_no_operational_live_signal: "no zone has a signal that may decide",
  degraded_single_zone_signal: "only one zone has a signal that may decide, so there is nothing to compare it with",
  degraded_no_candidate_within_latency_budget:
    "no region is known to lie within providers.routing.latency_budget_ms; probes of targets may still find one",
  degraded_mixed_basis: "the zones' signals are of different basis or accounting and cannot be compared",
};
