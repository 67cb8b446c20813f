import type { Clock } from "../../lib/clock.ts";
import type { SpendingRecord } from "../../lib/spending-file.ts";
import { amountFor, limitsOf } from "./account.ts";
import {
  type Account,
  type Amounts,
  type Ask,
  type Balance,
  type Cells,
  type Claim,
  type CounterStats,
  type Counters,
  type Meter,
  NO_AMOUNTS,
  type Refusal,
  WELL,
} from "./counters.ts";
import { type Counted, MeterBook, type MeterState } from "./meter-book.ts";
import { Spending } from "./spending.ts";

/** Requests of one consumer that have not ended. */
interface Parallel {
  count: number;
}

/** Counters of this process. Every step is synchronous, so that what was checked is still true when it is taken. */
export class MemoryCounters implements Counters {
  readonly cells: Cells | null = null;
  readonly #clock: Clock;
  readonly #books = new Map<string, MeterBook>();
  readonly #spending = new Map<string, Spending>();
  readonly #parallel = new Map<string, Parallel>();

  /** `before`: what earlier processes spent. */
  constructor(clock: Clock, before: SpendingRecord = {}) {
    this.#clock = clock;
    for (const [owner, spent] of Object.entries(before)) this.#spending.set(owner, new Spending(spent));
  }

  check(): void {}

  open(ask: Ask): MemoryClaim {
    const { meters, accounts, places } = ask;
    const nowMs = this.#clock.monotonic();
    return new MemoryClaim({
      clock: this.#clock,
      meters: meters.map((meter) => this.#meter(meter, nowMs)),
      accounts,
      spending: accounts.map((account) => this.spendingOf(account.owner)),
      parallel: places === null ? null : this.#parallelOf(places.key),
      maxParallel: places?.max ?? null,
    });
  }

  keep({ rates, owners }: { readonly rates: ReadonlySet<string>; readonly owners: ReadonlySet<string> }): void {
    // who takes a consumer or a budget out and puts it back finds what was counted
    const nowMs = this.#clock.monotonic();
    for (const [id, book] of this.#books) if (!rates.has(id) && book.isOver(nowMs)) this.#books.delete(id);
    const now = this.#clock.now();
    for (const [owner, spending] of this.#spending)
      if (!owners.has(owner) && spending.isOver(now)) this.#spending.delete(owner);
    for (const owner of owners) this.spendingOf(owner);
    for (const [key, { count }] of this.#parallel) if (count === 0) this.#parallel.delete(key);
  }

  spending(): SpendingRecord | null {
    if (this.#spending.size === 0) return null;
    return Object.fromEntries([...this.#spending].map(([owner, spending]) => [owner, spending.record()]));
  }

  /** The tokens in the windows of all rates, which are empty then. */
  takeTokens(): readonly Counted[] {
    const nowMs = this.#clock.monotonic();
    return [...this.#books.values()].flatMap((book) => book.takeTokens(nowMs));
  }

  /** Counts what was taken, again. */
  count({ meter, used }: Counted): void {
    const nowMs = this.#clock.monotonic();
    this.#meter(meter, nowMs).window.add(nowMs, used);
  }

  /** What is counted under an account's owner. */
  spendingOf(owner: string): Spending {
    const known = this.#spending.get(owner);
    if (known !== undefined) return known;
    const fresh = new Spending();
    this.#spending.set(owner, fresh);
    return fresh;
  }

  stats(): CounterStats {
    return WELL;
  }

  async close(): Promise<void> {}

  #meter(meter: Meter, nowMs: number): MeterState {
    const { id } = meter.rate;
    let book = this.#books.get(id);
    if (book === undefined) {
      book = new MeterBook();
      this.#books.set(id, book);
    }
    return book.meter(meter, nowMs);
  }

  #parallelOf(key: string): Parallel {
    let parallel = this.#parallel.get(key);
    if (parallel === undefined) {
      parallel = { count: 0 };
      this.#parallel.set(key, parallel);
    }
    return parallel;
  }
}

interface ClaimParts {
  readonly clock: Clock;
  readonly meters: readonly MeterState[];
  readonly accounts: readonly Account[];
  readonly spending: readonly Spending[];
  readonly parallel: Parallel | null;
  readonly maxParallel: number | null;
}

/** What one request holds of {@link MemoryCounters}. */
export class MemoryClaim implements Claim {
  readonly degraded = false;
  readonly #parts: ClaimParts;
  #admitted = false;
  #reserved: Amounts = NO_AMOUNTS;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  get readings(): readonly MeterState[] {
    return this.#parts.meters;
  }

  /** How many accounts it is counted against. */
  get accounts(): number {
    return this.#parts.accounts.length;
  }

  balance(account: number): Balance {
    return this.#parts.spending[account]!.at(this.#parts.clock.now());
  }

  admit(): Refusal | null {
    const { clock, meters, parallel, maxParallel } = this.#parts;
    const nowMs = clock.monotonic();
    for (const meter of meters) if (meter.left(nowMs) <= 0) return "rate";
    if (parallel !== null) {
      if (maxParallel !== null && parallel.count >= maxParallel) return "places";
      parallel.count++;
    }
    for (const { rate, window } of meters) if (rate.unit === "requests") window.add(nowMs, 1);
    this.#admitted = true;
    return null;
  }

  reserve(amounts: Amounts): Refusal | null {
    const { clock, meters, accounts, spending } = this.#parts;
    const nowMs = clock.monotonic();
    for (const meter of meters) if (meter.rate.unit === "tokens" && meter.left(nowMs) <= 0) return "rate";
    for (const [at, account] of accounts.entries()) {
      if (amountFor(account, amounts) > roomOf(account, spending[at]!.at(clock.now()))) return "budget";
    }
    this.#reserved = amounts;
    for (const meter of meters) if (meter.rate.unit === "tokens") meter.reserved += amounts.tokens;
    for (const [at, account] of accounts.entries()) spending[at]!.reserved += amountFor(account, amounts);
    return null;
  }

  settle(used: Amounts): void {
    if (this.#admitted && this.#parts.parallel !== null) this.#parts.parallel.count--;
    this.#admitted = false;
    const nowMs = this.#parts.clock.monotonic();
    for (const meter of this.#parts.meters) {
      if (meter.rate.unit !== "tokens") continue;
      meter.reserved -= this.#reserved.tokens;
      meter.window.add(nowMs, used.tokens);
    }
    for (const [at, account] of this.#parts.accounts.entries()) {
      const spending = this.#parts.spending[at]!;
      spending.reserved -= amountFor(account, this.#reserved);
      spending.add(amountFor(account, used), this.#parts.clock.now());
    }
    this.#reserved = NO_AMOUNTS;
  }
}

/** What day and month leave to spend. */
function roomOf(account: Account, { today, thisMonth, reserved }: Balance): number {
  const { day = Number.POSITIVE_INFINITY, month = Number.POSITIVE_INFINITY } = limitsOf(account);
  return Math.min(day - today, month - thisMonth) - reserved;
}
