import { ASPECTS, type Aspect, type Came, type Compared } from "./compare.ts";

/** What requests come to together, before or after. */
interface Sums {
  served: number;
  /** Requests by how they ended. */
  outcomes: Record<string, number>;
  verdicts: Record<string, number>;
  /** Requests by who answered. */
  targets: Record<string, number>;
  regions: Record<string, number>;
  attempts: number;
  cost_usd: number;
  cost_unknown: number;
  energy_wh: number;
  gco2e: number;
  /** Requests whose emissions nobody knows. */
  gco2e_unknown: number;
}

function none(): Sums {
  return {
    served: 0,
    outcomes: {},
    verdicts: {},
    targets: {},
    regions: {},
    attempts: 0,
    cost_usd: 0,
    cost_unknown: 0,
    energy_wh: 0,
    gco2e: 0,
    gco2e_unknown: 0,
  };
}

function addTo(sums: Sums, one: Came): void {
  const { outcome, verdict, target, region, attempts, cost_usd, energy_wh, gco2e } = one;
  const count = (of: Record<string, number>, name: string): void => {
    of[name] = (of[name] ?? 0) + 1;
  };
  count(sums.outcomes, outcome);
  count(sums.verdicts, verdict);
  if (outcome === "ok") sums.served++;
  if (target !== null) count(sums.targets, target);
  if (region !== null) count(sums.regions, region);
  sums.attempts += attempts;
  if (cost_usd === null) sums.cost_unknown++;
  else sums.cost_usd += cost_usd;
  sums.energy_wh += energy_wh ?? 0;
  if (gco2e === null) sums.gco2e_unknown++;
  else sums.gco2e += gco2e;
}

/** How many requests are listed one by one; the sums are of all. */
export const MOST_LISTED = 100_000;

/** Everything that a replay came to. Only requests that change are kept one by one, unless all are asked for. */
export class ReplaySums {
  requests = 0;
  changed = 0;
  /** Requests whose text policies saw. */
  judgedByText = 0;
  readonly before = none();
  readonly after = none();
  /**
   * What requests would cost and emit more than they did (less where negative), summed where both figures are known.
   */
  readonly difference = { cost_usd: 0, cost_compared: 0, gco2e: 0, gco2e_compared: 0 };
  readonly changes: Record<Aspect, number> = Object.fromEntries(ASPECTS.map((name) => [name, 0])) as Record<
    Aspect,
    number
  >;
  /** How often an outcome becomes another. */
  readonly transitions: { readonly from: string; readonly to: string; requests: number }[] = [];
  readonly skipped: Record<string, number> = {};
  readonly list: Compared[] = [];
  /** How many requests beyond {@link MOST_LISTED} are not in the list. */
  notListed = 0;
  readonly #all: boolean;

  /** `all`: requests that stay as they are, too, one by one. */
  constructor(all: boolean) {
    this.#all = all;
  }

  add(one: Compared): void {
    const { before, after, changed, judged } = one;
    this.requests++;
    if (judged === "text") this.judgedByText++;
    addTo(this.before, before);
    addTo(this.after, after);
    if (before.cost_usd !== null && after.cost_usd !== null) {
      this.difference.cost_usd += after.cost_usd - before.cost_usd;
      this.difference.cost_compared++;
    }
    if (before.gco2e !== null && after.gco2e !== null) {
      this.difference.gco2e += after.gco2e - before.gco2e;
      this.difference.gco2e_compared++;
    }
    for (const aspect of changed) this.changes[aspect]++;
    if (before.outcome !== after.outcome) this.#transition(before.outcome, after.outcome);
    if (changed.length > 0) this.changed++;
    if (changed.length === 0 && !this.#all) return;
    if (this.list.length < MOST_LISTED) this.list.push(one);
    else this.notListed++;
  }

  #transition(from: string, to: string): void {
    const known = this.transitions.find((one) => one.from === from && one.to === to);
    if (known !== undefined) known.requests++;
    else this.transitions.push({ from, to, requests: 1 });
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }
}
