import type { Clock } from "../../lib/clock.ts";
import type { EventSink } from "../../lib/context.ts";
import type { Logger } from "../../lib/logger.ts";
import { after, doneWithin, nextTurn } from "../../lib/pause.ts";
import { isPowerOfTwo } from "../../lib/power-of-two.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { ChainHead, GapRecord, LedgerEntry, SignedHead } from "../../schema/ledger.ts";
import { isBusy } from "../sqlite/error.ts";
import type { ChainedLedger } from "../store.ts";
import { Backlog } from "./backlog.ts";

/** What happens when the store fails: requests go on and events may be lost (counted), or requests are refused. */
export type OnStoreError = "continue" | "refuse";

/** How a {@link LedgerWriter} works; the numbers have defaults. */
export interface WriterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: OnStoreError;
  /** Signs the head that is logged at the end; absent: it is logged as it is. */
  readonly signHead?: (head: ChainHead) => SignedHead;
  /** Keeps the head beside the ledger; absent: nowhere. */
  readonly keepHead?: (head: ChainHead) => Promise<void>;
  /** Events that may wait for the store: 20,000, a second of a busy gateway or hours of a quiet one. */
  readonly maxQueued?: number;
  /** Rows of one transaction: 128, about 2 ms during which no request is served. */
  readonly batchRows?: number;
  /** How long an event waits for company: 25 ms. */
  readonly flushMs?: number;
}

/** What a writer has done so far, for metrics. */
export interface WriterStats {
  readonly queued: number;
  readonly written: number;
  readonly lost: number;
  readonly failures: number;
  readonly failing: boolean;
}

const RETRY_MS = { first: 100, most: 1000 } as const;
/** A store that fails for longer than this stops requests under `refuse`, and one that does not answer for so long. */
const REFUSE_AFTER_MS = { failing: 1_000, silent: 5_000 } as const;
/** How often `close` tries against a store that fails. */
const CLOSE_TRIES = 5;
/** And how long it waits for one that does not answer: for the next events, then for its end. */
const CLOSE_MS = { events: 4_000, end: 1_000 } as const;

/**
 * The queue between the request path and the ledger. `push` only puts an event into memory; batches are appended every
 * 25 ms in one transaction each. A batch that could not be appended stays at the head of the queue, and the very same
 * array is tried again (an append is all or nothing, so nothing is written twice). When the queue is full, the newest
 * events are not kept: they are counted, alarmed, and named by a `gap` row once the store works again.
 */
export class LedgerWriter implements EventSink {
  readonly #ledger: ChainedLedger;
  readonly #options: Required<Omit<WriterOptions, "signHead" | "keepHead">> & WriterOptions;
  readonly #queue = new Backlog();
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #closed = false;
  /** Whether writing was given up for good. */
  #gaveUp = false;
  #closing: Promise<void> | null = null;
  #written = 0;
  #lost = 0;
  #failures = 0;
  #unsaid: { lost: number; since: number } | null = null;
  /** The batch that could not be appended: a store that does not know whether it was knows it again. */
  #again: { readonly entries: readonly LedgerEntry[]; readonly rows: number; readonly gap: GapRecord | null } | null =
    null;
  /** When the append under way began. */
  #askedMs: number | null = null;
  #failing: { sinceMs: number; retryMs: number; times: number } | null = null;

  constructor(ledger: ChainedLedger, options: WriterOptions) {
    this.#ledger = ledger;
    this.#options = { maxQueued: 20_000, batchRows: 128, flushMs: 25, ...options };
  }

  push(event: RequestEvent): void {
    this.record(event);
  }

  /** Also takes a row that is no event of a request. */
  record(entry: LedgerEntry): void {
    if (this.#closed || this.#queue.size >= this.#options.maxQueued) {
      this.#lose();
      return;
    }
    this.#queue.push(entry);
    if (this.#cancelTimer === null && this.#running === null) this.#arm(this.#options.flushMs);
  }

  /** Under `refuse`: whether requests must be answered 503 before any work. Costs a few comparisons. */
  full(): boolean {
    if (this.#options.onError !== "refuse") return false;
    if (this.#lasted(this.#failing?.sinceMs ?? null) >= REFUSE_AFTER_MS.failing) return true;
    if (this.#lasted(this.#askedMs) >= REFUSE_AFTER_MS.silent) return true;
    // What is in flight already still has to find room.
    return this.#queue.size >= this.#options.maxQueued / 2;
  }

  stats(): WriterStats {
    return {
      queued: this.#queue.size,
      written: this.#written,
      lost: this.#lost,
      failures: this.#failures,
      failing: this.#failing !== null,
    };
  }

  #lasted(sinceMs: number | null): number {
    return sinceMs === null ? 0 : this.#options.clock.monotonic() - sinceMs;
  }

  /** Resolves when everything pushed before is appended, or when an append has failed. */
  async flush(): Promise<void> {
    this.#disarm();
    if (this.#running !== null) await this.#running;
    await this.#run();
  }

  /**
   * Appends everything, takes no more, logs the head of the chain, and closes the ledger. Gives up on a store that
   * keeps failing or does not answer, and says how much is lost with it.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#closed = true;
    const flushed = this.#flushAll();
    // one that is slow, but writes, is waited for
    for (let written = -1; written < this.#written; ) {
      written = this.#written;
      if (await doneWithin(CLOSE_MS.events, flushed, this.#options.clock)) break;
    }
    this.#gaveUp = true;
    this.#disarm();
    const { queued } = this.stats();
    if (queued > 0) this.#options.log.error({ lost: queued }, "The ledger failed to the end: events are lost");
    else await this.#attempt(this.#sayHead());
    await this.#attempt(this.#ledger.close());
  }

  /** Nothing is lost where the end of it all fails: the next start says that there was none. */
  async #attempt(ending: Promise<void>): Promise<void> {
    await doneWithin(CLOSE_MS.end, ending, this.#options.clock).catch((err: unknown) => {
      this.#options.log.error({ err }, "The ledger could not be closed in order");
    });
  }

  async #flushAll(): Promise<void> {
    for (let tries = 0; tries < CLOSE_TRIES && !this.#gaveUp; tries++) {
      await this.flush();
      if (this.#failing === null) return;
      await after(RETRY_MS.first * 2 ** tries, this.#options.clock);
    }
  }

  /** A head in the log is one kept elsewhere: `weir events verify --head` shows what was cut off behind it. */
  async #sayHead(): Promise<void> {
    const head = await this.#ledger.head();
    if (head === null) return;
    const jws = this.#options.signHead?.(head).jws;
    const signed = jws === undefined ? {} : { jws };
    this.#options.log.info({ head: `${head.seq}:${head.hash}`, ...signed }, "The ledger is closed");
    await this.#options.keepHead?.(head);
  }

  #lose(): void {
    this.#lost++;
    if (this.#unsaid === null) this.#unsaid = { lost: 0, since: this.#options.clock.now() };
    if (isPowerOfTwo(++this.#unsaid.lost)) {
      this.#options.log.error({ lost: this.#lost }, "The ledger's queue is full: an event is not kept");
    }
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#cancelTimer = null;
      void this.#run();
    });
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  async #run(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      const waits = this.#queue.size > 0 || this.#unsaid !== null;
      if (waits && !this.#closed && this.#cancelTimer === null)
        this.#arm(this.#failing?.retryMs ?? this.#options.flushMs);
    });
    return this.#running;
  }

  async #drain(): Promise<void> {
    while (!this.#gaveUp && (this.#queue.size > 0 || this.#unsaid !== null)) {
      this.#again ??= this.#batch();
      const { entries, rows, gap } = this.#again;
      this.#askedMs = this.#options.clock.monotonic();
      try {
        await this.#ledger.append(entries);
      } catch (thrown) {
        return this.#failed(thrown);
      } finally {
        this.#askedMs = null;
      }
      this.#again = null;
      this.#succeeded(rows, gap);
      // Requests go first: the rest of a long queue waits for the next turn of the loop.
      if (this.#queue.size > 0) await nextTurn();
    }
  }

  #batch() {
    const batch = this.#queue.first(this.#options.batchRows);
    const at = this.#options.clock.now();
    const unsaid = batch.length < this.#options.batchRows ? this.#unsaid : null;
    const gap: GapRecord | null = unsaid === null ? null : { kind: "gap", at, ...unsaid };
    return { entries: gap === null ? batch : [...batch, gap], rows: batch.length, gap };
  }

  #succeeded(rows: number, gap: GapRecord | null): void {
    this.#queue.drop(rows);
    this.#written += rows;
    if (gap !== null && this.#unsaid !== null) {
      const more = this.#unsaid.lost - gap.lost;
      this.#unsaid = more === 0 ? null : { lost: more, since: gap.at };
    }
    if (this.#failing === null) return;
    this.#failing = null;
    this.#options.log.info({ written: this.#written, lost: this.#lost }, "The ledger works again");
  }

  #failed(thrown: unknown): void {
    if (this.#gaveUp) return;
    this.#failures++;
    this.#failing ??= {
      sinceMs: this.#askedMs ?? this.#options.clock.monotonic(),
      retryMs: RETRY_MS.first / 2,
      times: 0,
    };
    const failing = this.#failing;
    failing.retryMs = Math.min(failing.retryMs * 2, RETRY_MS.most);
    failing.times++;
    if (!isPowerOfTwo(failing.times)) return;
    const fields = { err: thrown, queued: this.#queue.size, failures: failing.times };
    if (failing.times === 1 && isBusy(thrown)) this.#options.log.warn(fields, "The ledger is locked: trying again");
    else this.#options.log.error(fields, "The ledger could not be written: trying again");
  }
}
