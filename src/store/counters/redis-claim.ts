import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { amountFor, limitsOf } from "./account.ts";
import {
  type Amounts,
  type Ask,
  type Balance,
  type Claim,
  NO_AMOUNTS,
  type Reading,
  type Refusal,
} from "./counters.ts";
import { FixedReading } from "./fixed-reading.ts";
import type { MemoryClaim } from "./memory.ts";
import type { RedisCounters } from "./redis.ts";
import { accountKey, meterArgument, placesKey } from "./redis-keys.ts";

/** Verdicts of the claim script. */
const VERDICTS: readonly (Refusal | null)[] = [null, "rate", "places", "budget"];

/** Where a step was counted; null: nowhere yet. */
type By = "server" | "here" | null;

/** What one request holds on the server, and here where the server could not be asked. */
export class RedisClaim implements Claim {
  readonly #ask: Ask;
  readonly #counters: RedisCounters;
  readonly #id: string;
  #readings: readonly Reading[] = [];
  #balances: readonly Balance[] = [];
  #local: MemoryClaim | null = null;
  #admitted: By = null;
  #reserved: By = null;
  #amounts: Amounts = NO_AMOUNTS;

  constructor(ask: Ask, { counters, id }: { counters: RedisCounters; id: string }) {
    this.#ask = ask;
    this.#counters = counters;
    this.#id = id;
  }

  get readings(): readonly Reading[] {
    return this.#local?.readings ?? this.#readings;
  }

  balance(account: number): Balance {
    return this.#local?.balance(account) ?? this.#balances[account]!;
  }

  get degraded(): boolean {
    return this.#local !== null;
  }

  admit(): MaybePromise<Refusal | null> {
    const { meters, places, accounts } = this.#ask;
    const place = places === null || places.max === null ? undefined : { k: placesKey(places.key), max: places.max };
    if (meters.length === 0 && place === undefined && accounts.length === 0) return null;
    const argument = {
      ...this.#head(),
      meters: meters.map((meter) => ({
        ...meterArgument(meter),
        ...(meter.rate.unit === "requests" ? { add: 1 } : {}),
      })),
      place,
      accounts: accounts.map(({ owner }) => ({ k: accountKey(owner) })),
    };
    return this.#claim("admit", argument);
  }

  reserve(amounts: Amounts): MaybePromise<Refusal | null> {
    this.#amounts = amounts;
    const { accounts } = this.#ask;
    const argument = {
      ...this.#head(),
      meters: this.#tokenMeters().map((meter) => ({ ...meterArgument(meter), hold: amounts.tokens })),
      accounts: accounts.map((account) => ({
        k: accountKey(account.owner),
        need: amountFor(account, amounts),
        ...limitsOf(account),
      })),
    };
    return this.#claim("reserve", argument);
  }

  settle(used: Amounts): void {
    const isLocal = this.#local !== null && this.#reserved !== "server";
    if (this.#local !== null) {
      const isBack = isLocal && this.#counters.link.up;
      this.#local.settle(isLocal ? { ...used, tokens: isBack ? 0 : used.tokens } : NO_AMOUNTS);
      if (isBack && used.tokens > 0) this.#counters.handIn(this.#tokenMeters(), used.tokens);
      for (const account of this.#ask.accounts) {
        const amount = amountFor(account, used);
        if (isLocal && amount > 0) this.#counters.owe(account.owner, amount);
      }
    }
    if (this.#admitted !== "server" && this.#reserved !== "server") return;
    this.#counters.settle(this.#settlement(isLocal ? NO_AMOUNTS : used));
    this.#admitted = null;
    this.#reserved = null;
  }

  async #claim(step: "admit" | "reserve", argument: object): Promise<Refusal | null> {
    if (!this.#counters.link.up || this.#local !== null) return this.#here(step);
    let reply: readonly (number | string)[];
    try {
      reply = await this.#counters.link.run("claim", argument);
    } catch {
      // nobody knows whether it was taken: it is given back
      this.#counters.settle(this.#settlement(NO_AMOUNTS));
      this.#admitted = null;
      return this.#here(step);
    }
    const refusal = VERDICTS[Number(reply[0])] ?? null;
    this.#read(step, reply.map(Number).slice(2));
    if (refusal !== null) return refusal;
    if (step === "admit") this.#admitted = "server";
    else this.#reserved = "server";
    return null;
  }

  /** Counts a step by this process alone, or throws. */
  #here(step: "admit" | "reserve"): Refusal | null {
    this.#counters.allowLocal();
    this.#local ??= this.#counters.local.open(this.#ask);
    const refusal = step === "admit" ? this.#local.admit() : this.#local.reserve(this.#amounts);
    if (refusal !== null) return refusal;
    if (step === "admit") this.#admitted = "here";
    else this.#reserved = "here";
    return null;
  }

  #read(step: "admit" | "reserve", numbers: readonly number[]): void {
    const nowMs = this.#counters.clock.monotonic();
    const meters = step === "admit" ? this.#ask.meters : this.#tokenMeters();
    const fresh = new Map(
      meters.map(({ rate }, at) => {
        const [left = 0, waitUs = 0, resetUs = 0] = numbers.slice(at * 3, at * 3 + 3);
        return [rate, new FixedReading(rate, { left, waitMs: waitUs / 1000, resetMs: resetUs / 1000, nowMs })];
      }),
    );
    this.#readings =
      step === "admit" ? [...fresh.values()] : this.#readings.map((known) => fresh.get(known.rate) ?? known);
    const rest = numbers.slice(meters.length * 3);
    const owners = this.#ask.accounts.map(({ owner }) => owner);
    this.#balances = this.#counters.learn(owners, rest);
  }

  #tokenMeters() {
    return this.#ask.meters.filter(({ rate }) => rate.unit === "tokens");
  }

  #head() {
    return { t: this.#counters.timeUs, id: this.#id, hold: this.#ask.holdMs * 1000 };
  }

  #settlement(used: Amounts) {
    const { places, accounts } = this.#ask;
    const { tokens } = this.#amounts;
    return {
      ...this.#head(),
      meters: this.#tokenMeters().map((meter) => ({ ...meterArgument(meter), hold: tokens, used: used.tokens })),
      place: places === null || places.max === null ? undefined : placesKey(places.key),
      accounts: accounts.map((account) => ({
        k: accountKey(account.owner),
        hold: amountFor(account, this.#amounts),
        used: amountFor(account, used),
      })),
    };
  }
}
