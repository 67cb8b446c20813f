import type { RequestEvent } from "../schema/event.ts";

/** By what requests are grouped. */
export const GROUPINGS = ["region", "model", "consumer", "target"] as const;
export type Grouping = (typeof GROUPINGS)[number];

const KEYS: Readonly<Record<Grouping, (event: RequestEvent) => string | null>> = {
  region: ({ carbon, routing_trace: trace }) => carbon?.region ?? trace?.region ?? null,
  // as the upstream knows it: a caller may ask for a group
  model: ({ attempts, model }) => attempts.findLast(({ outcome }) => outcome === "ok")?.model ?? model,
  consumer: ({ consumer }) => consumer,
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
export function emptySums(): CarbonSums {
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
export function addTo(sums: CarbonSums, event: RequestEvent): void {
  const { usage, cost, carbon, routing_trace: trace } = event;
  sums.requests++;
  sums.prompt_tokens += usage.prompt_tokens ?? 0;
  sums.completion_tokens += usage.completion_tokens ?? 0;
  if (cost?.usd == null) sums.cost_unknown += event.attempts.length > 0 ? 1 : 0;
  else {
    sums.cost_known++;
    sums.cost_usd += cost.usd;
  }
  if (trace != null) sums.decisions[trace.decision_mode] = (sums.decisions[trace.decision_mode] ?? 0) + 1;
  if (event.target === null) return;
  sums.signals[carbon?.temporal_match ?? "none"]++;
  if (carbon?.energy_wh == null) sums.energy_unknown++;
  else {
    sums.energy_known++;
    sums.energy_wh += carbon.energy_wh;
    sums.energy_wh_ci90_lo += carbon.energy_wh_ci90_lo ?? carbon.energy_wh;
    sums.energy_wh_ci90_hi += carbon.energy_wh_ci90_hi ?? carbon.energy_wh;
  }
  if (carbon?.gco2e == null) sums.gco2e_unknown++;
  else {
    sums.gco2e_known++;
    sums.gco2e += carbon.gco2e;
    sums.gco2e_ci90_lo += carbon.gco2e_ci90_lo ?? carbon.gco2e;
    sums.gco2e_ci90_hi += carbon.gco2e_ci90_hi ?? carbon.gco2e;
  }
  if (carbon?.gco2e_usage == null || carbon.gco2e_usage_default === null) return;
  sums.compared++;
  sums.gco2e_usage += carbon.gco2e_usage;
  sums.gco2e_usage_default += carbon.gco2e_usage_default;
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
    for (const [at, grouping] of this.#groupings.entries()) {
      const groups = this.#groups[at]!;
      const name = KEYS[grouping](event);
      const sums = groups.get(name) ?? emptySums();
      groups.set(name, sums);
      addTo(sums, event);
    }
  }

  /** The groups of one of the groupings, the one with the most requests first. */
  groups(grouping: Grouping): readonly { readonly name: string | null; readonly sums: CarbonSums }[] {
    const groups = this.#groups[this.#groupings.indexOf(grouping)] ?? new Map<string | null, CarbonSums>();
    return [...groups].map(([name, sums]) => ({ name, sums })).sort((a, b) => b.sums.requests - a.sums.requests);
  }
}
