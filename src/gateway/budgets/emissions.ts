import { partOf } from "../../carbon/receipt-part.ts";
import { traceOf } from "../../carbon/signals.ts";
import { GatewayError } from "../../lib/errors.ts";
import { NANO } from "../../lib/nano.ts";
import type { Account, Balance, EmissionLimits } from "../../store/counters/counters.ts";
import type { AttemptEntry } from "../attempts/attempt-entry.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import { carbonProfile } from "../carbon/profile.ts";
import { type Target, upstreamModel } from "../targets/target.ts";
import type { Estimate } from "./estimate.ts";

/**
 * The most a request may emit at a target, in billionths of a gCO2e: its receipt's `gco2e` for as many output tokens as
 * it may have. Null where the receipt could not say: no region, no intensity of its grid, no size of its model. Without
 * output tokens nothing is counted, as the methodology has it.
 */
function upperGrams(
  target: Target,
  asked: string | null,
  of: { readonly estimate: Estimate; readonly grids: GridSnapshot },
): number | null {
  const { estimate, grids } = of;
  const region = target.place?.region;
  const signal = region === undefined ? null : grids.receipt(region);
  const profile = carbonProfile(target, upstreamModel(target, asked));
  const { gco2e } = partOf({
    profile,
    completionTokens: Math.max(1, estimate.completion),
    tokensSource: "",
    generationS: null,
    signal: signal === null ? null : traceOf(signal, grids.atMs, grids.rules),
  }).part;
  if (gco2e === null) return null;
  return estimate.completion === 0 ? 0 : Math.ceil(gco2e * NANO);
}

/** What one request knows of its consumer's `gco2e_per_day`. */
export class EmissionBudget {
  readonly #account: Account<EmissionLimits>;
  readonly #balance: () => Balance;
  #grids: GridSnapshot | null = null;
  /** What was set aside. */
  #reserved = 0;
  readonly #unknown = new Set<string>();
  #least = Number.POSITIVE_INFINITY;

  /** `balance`: how the account stands now. */
  constructor(account: Account<EmissionLimits>, balance: () => Balance) {
    this.#account = account;
    this.#balance = balance;
  }

  /** Takes the grids that the request will be decided and counted by. */
  look(grids: GridSnapshot): void {
    this.#grids = grids;
  }

  /** Why a target may not take the request, or null. */
  objection(target: Target, asked: string | null, estimate: Estimate): string | null {
    const needed = this.#upper(target, asked, estimate);
    if (needed === null) {
      this.#unknown.add(target.id);
      return "no emissions known for the budget";
    }
    if (needed <= this.#left()) return null;
    this.#least = Math.min(this.#least, needed);
    return "over the emissions budget";
  }

  /** The error where it left no target; null where it left out none. */
  refusal(): GatewayError | null {
    const { owner } = this.#account;
    const extra = { budget: owner };
    if (this.#least !== Number.POSITIVE_INFINITY) {
      const what = `it may emit up to ${grams(this.#least)}, ${grams(Math.max(0, this.#left()))} is left of the day`;
      return new GatewayError("budget_exceeded", `This request does not fit into the budget (${owner}): ${what}`, {
        extra,
      });
    }
    if (this.#unknown.size === 0) return null;
    const named = [...this.#unknown].slice(0, 5).map((id) => `"${id}"`);
    const message =
      `This request cannot be kept within the budget (${owner}): nobody knows what it emits at ${named.join(", ")}; ` +
      "a target needs a region, and a model of known size or energy.active_params_b";
    return new GatewayError("budget_exceeded", message, { extra });
  }

  /** The most it may emit at any of these targets, which is to be set aside. */
  reserve(targets: readonly Target[], asked: string | null, estimate: Estimate): number {
    this.#reserved = targets.reduce((most, target) => Math.max(most, this.#upper(target, asked, estimate) ?? 0), 0);
    return this.#reserved;
  }

  /**
   * What is booked: what the receipt says (`gco2e`), or all that was set aside where an answer of unknown length came.
   * Attempts without an answer are not counted: nobody knows what they took.
   */
  used(gco2e: number | null, attempts: readonly AttemptEntry[]): number {
    if (gco2e !== null) return Math.round(gco2e * NANO);
    const isUnknown = ({ record: { outcome, usage } }: AttemptEntry): boolean =>
      outcome === "ok" && usage.completion_tokens !== 0;
    return attempts.some(isUnknown) ? this.#reserved : 0;
  }

  #upper(target: Target, asked: string | null, estimate: Estimate): number | null {
    return this.#grids === null ? null : upperGrams(target, asked, { estimate, grids: this.#grids });
  }

  #left(): number {
    const { today, reserved } = this.#balance();
    return Math.round(this.#account.limits.gco2e_per_day * NANO) - today - reserved;
  }
}

function grams(nano: number): string {
  return `${Number((nano / NANO).toPrecision(4))} gCO2e`;
}
