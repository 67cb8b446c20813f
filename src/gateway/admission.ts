import type { Clock } from "../lib/clock.ts";
import type { Endpoint } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Parsed } from "../lib/json.ts";
import { type Account, leastLeft, overBudget, unpriced } from "./budgets.ts";
import { type Estimate, estimateOf, upperCost, usedBy } from "./budgets-estimate.ts";
import { type Consumer, checkModel } from "./consumers.ts";
import type { Meter } from "./rate-limits.ts";
import { rateHeaders, refuseFull } from "./rate-limits-headers.ts";
import type { AttemptEntry } from "./record.ts";
import type { Target } from "./target.ts";

/** What a pass is made of. */
export interface PassOptions {
  /** Null where callers are not authenticated. */
  readonly consumer: Consumer | null;
  readonly meters: readonly Meter[];
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

/**
 * One request's way through the limits: counted when it comes in, weighed when its body is known, settled when it is
 * over. Every step is synchronous, so that what was checked is still true when it is taken.
 */
export class Pass {
  readonly consumer: Consumer | null;
  readonly #meters: readonly Meter[];
  readonly #tokenMeters: readonly Meter[];
  readonly #accounts: readonly Account[];
  readonly #clock: Clock;
  #estimate: Estimate | null = null;
  #admitted = false;
  #reservedTokens = 0;
  #reservedNanoUsd = 0;
  /** Targets that the budget leaves out: those without a price, and the least that the others would cost. */
  #unpriced: string[] = [];
  #cheapest = Number.POSITIVE_INFINITY;

  constructor({ consumer, meters, accounts, clock }: PassOptions) {
    this.consumer = consumer;
    this.#meters = meters;
    this.#tokenMeters = meters.filter(({ unit }) => unit === "tokens");
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Takes the request in, or throws `rate_limited` or `too_many_streams` and takes nothing. */
  admit(): void {
    const now = this.#clock.monotonic();
    refuseFull(this.#meters, now);
    const { consumer } = this;
    if (consumer !== null) refuseParallel(consumer);
    for (const { unit, window } of this.#meters) if (unit === "requests") window.add(now, 1);
    if (consumer !== null) consumer.parallel.count++;
    this.#admitted = true;
  }

  /** Throws `model_not_allowed` where the model asked for is not the caller's. */
  checkModel(asked: string | null): void {
    if (this.consumer !== null) checkModel(this.consumer, asked);
  }

  /** Works out what the request may use, where that is limited. Call it before {@link objection}. */
  weigh(endpoint: Endpoint, parsed: Parsed): void {
    if (this.#tokenMeters.length + this.#accounts.length > 0) this.#estimate = estimateOf(endpoint, parsed);
  }

  /** Why a target may not take this request, or null. */
  objection(target: Target, asked: string | null): string | null {
    if (this.consumer?.models?.targets.has(target) === false) return "model not allowed";
    if (this.#accounts.length === 0 || this.#estimate === null) return null;
    const cost = upperCost(target, asked, this.#estimate);
    if (cost === null) {
      this.#unpriced.push(target.id);
      return "no price for the budget";
    }
    const left = leastLeft(this.#accounts, this.#clock.now());
    if (left === null || cost <= left.nanoUsd) return null;
    this.#cheapest = Math.min(this.#cheapest, cost);
    return "over budget";
  }

  /** The error where the budget left no target; null where it left out none. */
  refusal(): GatewayError | null {
    const left = leastLeft(this.#accounts, this.#clock.now());
    if (left === null) return null;
    if (this.#cheapest !== Number.POSITIVE_INFINITY) return overBudget(left, this.#cheapest);
    return this.#unpriced.length === 0 ? null : unpriced(left.owner, this.#unpriced);
  }

  /** Sets aside the most the request may use at any of its targets. Throws `rate_limited` where no tokens are left. */
  reserve(targets: readonly Target[], asked: string | null): void {
    const estimate = this.#estimate;
    if (estimate === null) return;
    refuseFull(this.#tokenMeters, this.#clock.monotonic());
    this.#reservedTokens = estimate.prompt + estimate.completionAsked;
    for (const meter of this.#tokenMeters) meter.reserved += this.#reservedTokens;
    if (this.#accounts.length === 0) return;
    for (const target of targets) {
      this.#reservedNanoUsd = Math.max(this.#reservedNanoUsd, upperCost(target, asked, estimate) ?? 0);
    }
    for (const { spending } of this.#accounts) spending.reserved += this.#reservedNanoUsd;
  }

  /** `x-ratelimit-*` as they stand now. */
  headers(): Record<string, string> {
    return rateHeaders(this.#meters, this.#clock.monotonic());
  }

  /** Gives back what was reserved and books what was used. Call it once, when the request is over. */
  settle(attempts: readonly AttemptEntry[]): void {
    if (!this.#admitted) return;
    this.#admitted = false;
    if (this.consumer !== null) this.consumer.parallel.count--;
    if (this.#estimate === null) return;
    let tokens = 0;
    let nanoUsd = 0;
    for (const attempt of attempts) {
      const used = usedBy(attempt, this.#estimate);
      tokens += used.tokens;
      nanoUsd += used.nanoUsd;
    }
    const now = this.#clock.monotonic();
    for (const meter of this.#tokenMeters) {
      meter.reserved -= this.#reservedTokens;
      meter.window.add(now, tokens);
    }
    for (const { spending } of this.#accounts) {
      spending.reserved -= this.#reservedNanoUsd;
      spending.add(nanoUsd, this.#clock.now());
    }
  }
}

function refuseParallel({ id, maxParallel, parallel }: Consumer): void {
  if (maxParallel === null || parallel.count < maxParallel) return;
  throw new GatewayError(
    "too_many_streams",
    `${id} is at its limit of ${maxParallel} requests at once (max_parallel_requests): wait until one has ended`,
  );
}
