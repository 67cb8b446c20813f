import type { Clock } from "../../lib/clock.ts";
import type { Endpoint } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { type MaybePromise, whenKnown } from "../../lib/maybe-promise.ts";
import type { Account, BudgetLimits, Claim, EmissionLimits, Refusal } from "../../store/counters/counters.ts";
import type { AttemptEntry } from "../attempts/attempt-entry.ts";
import { leastLeft, overBudget, unpriced } from "../budgets/budgets.ts";
import { EmissionBudget } from "../budgets/emissions.ts";
import { type Estimate, estimateOf, upperCost, usedBy } from "../budgets/estimate.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import type { Target } from "../targets/target.ts";
import { type Consumer, checkModel } from "./consumers.ts";
import { overRate, rateHeaders } from "./rate-headers.ts";

/** What a pass is made of. */
export interface PassOptions {
  /** Null where callers are not authenticated. */
  readonly consumer: Consumer | null;
  readonly claim: Claim;
  /** The accounts of money, which stand first among those of the claim. */
  readonly accounts: readonly Account<BudgetLimits>[];
  /** The one of emissions, which stands behind them; null: there is none. */
  readonly emissions: Account<EmissionLimits> | null;
  /** Whether tokens are counted, so that a request must be weighed. */
  readonly countsTokens: boolean;
  readonly clock: Clock;
}

/**
 * One request's way through the limits: counted when it comes in, weighed when its body is known, settled when it is
 * over. Steps that take something are done at once where the counters are this process's own.
 */
export class Pass {
  readonly consumer: Consumer | null;
  readonly #claim: Claim;
  readonly #accounts: readonly Account<BudgetLimits>[];
  readonly #emissions: EmissionBudget | null;
  readonly #countsTokens: boolean;
  readonly #clock: Clock;
  #estimate: Estimate | null = null;
  #admitted = false;
  /** Targets that the budget leaves out: those without a price, and the least that the others would cost. */
  readonly #unpriced = new Set<string>();
  #cheapest = Number.POSITIVE_INFINITY;

  constructor({ consumer, claim, accounts, emissions, countsTokens, clock }: PassOptions) {
    this.consumer = consumer;
    this.#claim = claim;
    this.#accounts = accounts;
    this.#emissions = emissions === null ? null : new EmissionBudget(emissions, () => claim.balance(accounts.length));
    this.#countsTokens = countsTokens;
    this.#clock = clock;
  }

  /** Whether something was counted by this process alone although counters are shared. */
  get degraded(): boolean {
    return this.#claim.degraded;
  }

  /** Takes the request in, or throws `rate_limited` or `too_many_streams` and takes nothing. */
  admit(): MaybePromise<void> {
    return whenKnown(this.#claim.admit(), (refusal) => this.#admit(refusal));
  }

  #admit(refusal: Refusal | null): void {
    if (refusal === "places") throw noPlace(this.consumer!);
    if (refusal !== null) throw overRate(this.#claim.readings, this.#clock.monotonic());
    this.#admitted = true;
  }

  /** Throws `model_not_allowed` where the model asked for is not the caller's. */
  checkModel(asked: string | null): void {
    if (this.consumer !== null) checkModel(this.consumer, asked);
  }

  /**
   * Works out what the request may use, where that is limited. Call it before {@link objection}. `grids` is asked for
   * what is known of them only where emissions are limited.
   */
  weigh(endpoint: Endpoint, parsed: Parsed, grids: () => GridSnapshot): void {
    if (!this.#countsTokens && this.#accounts.length === 0 && this.#emissions === null) return;
    this.#estimate = estimateOf(endpoint, parsed);
    this.#emissions?.look(grids());
  }

  /** Why a target may not take this request, or null. */
  objection(target: Target, asked: string | null): string | null {
    if (this.consumer?.models?.targets.has(target) === false) return "model not allowed";
    if (this.#estimate === null) return null;
    return (
      this.#costs(target, asked, this.#estimate) ?? this.#emissions?.objection(target, asked, this.#estimate) ?? null
    );
  }

  #costs(target: Target, asked: string | null, estimate: Estimate): string | null {
    if (this.#accounts.length === 0) return null;
    const cost = upperCost(target, asked, estimate);
    if (cost === null) {
      this.#unpriced.add(target.id);
      return "no price for the budget";
    }
    const left = this.#left();
    if (left === null || cost <= left.nanoUsd) return null;
    this.#cheapest = Math.min(this.#cheapest, cost);
    return "over budget";
  }

  /** The error where the budget left no target; null where it left out none. */
  refusal(): GatewayError | null {
    const left = this.#left();
    if (left !== null && this.#cheapest !== Number.POSITIVE_INFINITY) return overBudget(left, this.#cheapest);
    if (left !== null && this.#unpriced.size > 0) return unpriced(left.owner, [...this.#unpriced]);
    return this.#emissions?.refusal() ?? null;
  }

  /**
   * Sets aside the most the request may use at any of its targets. False where others have spent what was left since the
   * route was decided: it must be decided again. Throws `rate_limited` where no tokens are left.
   */
  reserve(targets: readonly Target[], asked: string | null): MaybePromise<boolean> {
    const estimate = this.#estimate;
    if (estimate === null) return true;
    let nanoUsd = 0;
    if (this.#accounts.length > 0) {
      for (const target of targets) nanoUsd = Math.max(nanoUsd, upperCost(target, asked, estimate) ?? 0);
    }
    const nanoGrams = this.#emissions?.reserve(targets, asked, estimate) ?? 0;
    const needed = { tokens: estimate.prompt + estimate.completionAsked, nanoUsd, nanoGrams };
    return whenKnown(this.#claim.reserve(needed), (refusal) => this.#reserved(refusal, nanoUsd));
  }

  #reserved(refusal: Refusal | null, nanoUsd: number): boolean {
    if (refusal === "rate") {
      const tokens = this.#claim.readings.filter(({ rate }) => rate.unit === "tokens");
      throw overRate(tokens, this.#clock.monotonic());
    }
    if (refusal === null) return true;
    this.#cheapest = Math.min(this.#cheapest, nanoUsd);
    return false;
  }

  /** `x-ratelimit-*` as they stand now, or stood when the counters were last asked. */
  headers(): Record<string, string> {
    return rateHeaders(this.#claim.readings, this.#clock.monotonic());
  }

  /**
   * Gives back what was reserved and books what was used. Call it once, when the request is over. `gco2e`: what its
   * receipt says; null where it says nothing.
   */
  settle(attempts: readonly AttemptEntry[], gco2e: number | null): void {
    if (!this.#admitted) return;
    this.#admitted = false;
    let tokens = 0;
    let nanoUsd = 0;
    if (this.#estimate !== null) {
      for (const attempt of attempts) {
        const used = usedBy(attempt, this.#estimate);
        tokens += used.tokens;
        nanoUsd += used.nanoUsd;
      }
    }
    this.#claim.settle({ tokens, nanoUsd, nanoGrams: this.#emissions?.used(gco2e, attempts) ?? 0 });
  }

  #left() {
    return leastLeft(this.#accounts, (account) => this.#claim.balance(account));
  }
}

function noPlace({ id, maxParallel }: Consumer): GatewayError {
  return new GatewayError(
    "too_many_streams",
    `${id} is at its limit of ${maxParallel} requests at once (max_parallel_requests): wait until one has ended`,
  );
}
