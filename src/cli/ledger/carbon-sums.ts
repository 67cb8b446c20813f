import { type Emitted, emittedHere, ownUsd, type Share, sharesElsewhere } from "../../lib/sums/shares.ts";
import { mayCost, modelOf, regionOf } from "../../lib/sums/sum-rows.ts";
import type { AttemptRecord, RequestEvent } from "../../schema/event.ts";

/** What requests can be grouped by. */
export const GROUPINGS = ["region", "model", "consumer", "target"] as const;
export type Grouping = (typeof GROUPINGS)[number];

const KEYS: Readonly<Record<Grouping, (event: RequestEvent) => string | null>> = {
  region: regionOf,
  model: modelOf,
  consumer: ({ consumer }) => consumer,
  target: ({ target }) => target,
};

const ATTEMPT_KEYS: Readonly<Record<Grouping, (attempt: AttemptRecord, event: RequestEvent) => string | null>> = {
  region: ({ region = null }) => region,
  model: ({ model }) => model,
  consumer: (_, { consumer }) => consumer,
  target: ({ target }) => target,
};

/** What requests came to together. Energy and emissions are those of the requests whose they are known of. */
export interface CarbonSums {
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
  cost_known: number;
  /** Requests whose cost nobody knows. */
  cost_unknown: number;
  energy_wh: number;
  energy_wh_ci90_lo: number;
  energy_wh_ci90_hi: number;
  energy_known: number;
  /** Requests with attempts whose energy nobody knows. */
  energy_unknown: number;
  gco2e: number;
  gco2e_ci90_lo: number;
  gco2e_ci90_hi: number;
  gco2e_known: number;
  gco2e_unknown: number;
  /** Requests by the class of the signal that was counted with. */
  signals: { live: number; fresh: number; stale: number; annual_fallback: number; none: number };
  /** Requests by decision mode. */
  decisions: Record<string, number>;
  /** Usage emissions of requests that can be compared, there and on the default path. */
  compared: number;
  gco2e_usage: number;
  gco2e_usage_default: number;
}

/** Nothing yet. */
function emptySums(): CarbonSums {
  return {
    requests: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_usd: 0,
    cost_known: 0,
    cost_unknown: 0,
    energy_wh: 0,
    energy_wh_ci90_lo: 0,
    energy_wh_ci90_hi: 0,
    energy_known: 0,
    energy_unknown: 0,
    gco2e: 0,
    gco2e_ci90_lo: 0,
    gco2e_ci90_hi: 0,
    gco2e_known: 0,
    gco2e_unknown: 0,
    signals: { live: 0, fresh: 0, stale: 0, annual_fallback: 0, none: 0 },
    decisions: {},
    compared: 0,
    gco2e_usage: 0,
    gco2e_usage_default: 0,
  };
}

/** Adds one request. Bounds are added as bounds: what is uncertain in one is taken to be so in all. */
function addTo(sums: CarbonSums, event: RequestEvent): void {
  const { usage, cost, carbon, routing_trace: trace } = event;
  sums.requests++;
  sums.prompt_tokens += usage.prompt_tokens ?? 0;
  sums.completion_tokens += usage.completion_tokens ?? 0;
  if (cost === undefined || cost.basis === "unknown") sums.cost_unknown += event.attempts.some(mayCost) ? 1 : 0;
  else if (cost.usd !== null) {
    sums.cost_known++;
    sums.cost_usd += cost.usd;
  }
  if (trace != null) sums.decisions[trace.decision_mode] = (sums.decisions[trace.decision_mode] ?? 0) + 1;
  if (event.target === null) return;
  sums.signals[carbon?.temporal_match ?? "none"]++;
  if (carbon?.energy_wh == null) sums.energy_unknown++;
  else {
    sums.energy_known++;
    addEnergy(sums, carbon);
  }
  if (carbon?.gco2e == null) sums.gco2e_unknown++;
  else {
    sums.gco2e_known++;
    addGrams(sums, carbon);
  }
  if (carbon?.gco2e_usage == null || carbon.gco2e_usage_default === null) return;
  sums.compared++;
  sums.gco2e_usage += carbon.gco2e_usage;
  sums.gco2e_usage_default += carbon.gco2e_usage_default;
}

function addEnergy(sums: CarbonSums, { energy_wh, energy_wh_ci90_lo: lo, energy_wh_ci90_hi: hi }: Emitted): void {
  const energy = energy_wh ?? 0;
  sums.energy_wh += energy;
  sums.energy_wh_ci90_lo += lo ?? energy;
  sums.energy_wh_ci90_hi += hi ?? energy;
}

function addGrams(sums: CarbonSums, { gco2e, gco2e_ci90_lo: lo, gco2e_ci90_hi: hi }: Emitted): void {
  const grams = gco2e ?? 0;
  sums.gco2e += grams;
  sums.gco2e_ci90_lo += lo ?? grams;
  sums.gco2e_ci90_hi += hi ?? grams;
}

/** A request as it counts for whoever finished the answer. */
function hereOf(event: RequestEvent, elsewhere: readonly Share[]): RequestEvent {
  if (elsewhere.length === 0) return event;
  const { carbon, cost } = event;
  return {
    ...event,
    ...(cost?.usd == null ? {} : { cost: { ...cost, usd: ownUsd(event) } }),
    ...(carbon === undefined ? {} : { carbon: { ...carbon, ...emittedHere(event) } }),
  };
}

/** Sums of everything, and of each group by its name; null: of requests that have none. */
export class GroupedSums {
  readonly total = emptySums();
  readonly #groupings: readonly Grouping[];
  readonly #groups: readonly Map<string | null, CarbonSums>[];

  constructor(groupings: readonly Grouping[]) {
    this.#groupings = groupings;
    this.#groups = groupings.map(() => new Map());
  }

  add(event: RequestEvent): void {
    addTo(this.total, event);
    const elsewhere = sharesElsewhere(event);
    const here = hereOf(event, elsewhere);
    for (const [at, grouping] of this.#groupings.entries()) {
      addTo(this.#group(at, KEYS[grouping](event)), here);
      for (const { attempt, usd, emitted } of elsewhere) {
        const sums = this.#group(at, ATTEMPT_KEYS[grouping](attempt, event));
        sums.cost_usd += usd ?? 0;
        if (emitted === null) continue;
        addEnergy(sums, emitted);
        addGrams(sums, emitted);
      }
    }
  }

  #group(at: number, name: string | null): CarbonSums {
    const groups = this.#groups[at]!;
    const sums = groups.get(name) ?? emptySums();
    groups.set(name, sums);
    return sums;
  }

  /** The groups of one of the groupings, the one with the most requests first. */
  groups(grouping: Grouping): readonly { readonly name: string | null; readonly sums: CarbonSums }[] {
    const groups = this.#groups[this.#groupings.indexOf(grouping)] ?? new Map<string | null, CarbonSums>();
    return [...groups].map(([name, sums]) => ({ name, sums })).sort((a, b) => b.sums.requests - a.sums.requests);
  }
}
