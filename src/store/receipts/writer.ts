import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { after } from "../../lib/pause.ts";
import { isPowerOfTwo } from "../../lib/power-of-two.ts";
import type { ReceiptRow } from "../../schema/receipt.ts";
import type { ReceiptBook } from "../receipts.ts";

/** Receipts wait so long for company. */
const FLUSH_MS = 25;
/** And so long where the store fails. */
const RETRY_MS = 1_000;
/** At the end a store that fails is tried so often, after this pause and twice as long each time: 1.5 s, as the ledger. */
const CLOSE = { tries: 5, pauseMs: 100 } as const;
/** So many are kept in one transaction. */
const BATCH = 256;
/** So many may wait: a client has its own all the same. */
const MAX_QUEUED = 20_000;

/** The queue between the request path and the kept receipts: never waits, never throws. */
export class ReceiptWriter {
  readonly #book: ReceiptBook;
  readonly #clock: Clock;
  readonly #log: Logger;
  #queue: ReceiptRow[] = [];
  #cancel: (() => void) | null = null;
  #lost = 0;
  /** Failed writes in a row. */
  #failures = 0;

  constructor(book: ReceiptBook, { clock, log }: { clock: Clock; log: Logger }) {
    this.#book = book;
    this.#clock = clock;
    this.#log = log;
  }

  push(receipt: ReceiptRow): void {
    if (this.#queue.length >= MAX_QUEUED) {
      this.#lost++;
      if (isPowerOfTwo(this.#lost)) this.#log.error({ lost: this.#lost }, "receipts are not kept");
      return;
    }
    this.#queue.push(receipt);
    this.#cancel ??= this.#clock.after(FLUSH_MS, () => this.flush());
  }

  /** Keeps what waits, one batch now and the rest with pauses for requests; where the store fails, later. */
  flush(): void {
    const busy = this.#book.busy ?? null;
    if (busy !== null) return void busy.then(() => this.flush());
    this.#stop();
    if (this.#write() && this.#queue.length > 0) this.#cancel = this.#clock.after(0, () => this.flush());
  }

  /** Keeps everything that waits: somebody may just be reading the file. Says so where the store fails to the end. */
  async close(): Promise<void> {
    for (let tries = 0; tries < CLOSE.tries; tries++) {
      if (tries > 0) await after(CLOSE.pauseMs * 2 ** (tries - 1), this.#clock);
      this.drain();
      this.#stop();
      if (this.#queue.length === 0) return;
    }
    if (this.#queue.length > 0) this.#log.error({ lost: this.#queue.length }, "receipts could not be kept at the end");
  }

  /** Keeps everything that waits, for a reader; what fails is tried again later. */
  drain(): void {
    while (this.#queue.length > 0 && this.#write());
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #write(): boolean {
    const batch = this.#queue.slice(0, BATCH);
    if (batch.length === 0) return true;
    try {
      this.#book.keep(batch);
      this.#queue = this.#queue.slice(batch.length);
      if (this.#failures > 0) this.#log.info({ failures: this.#failures }, "receipts are kept again");
      this.#failures = 0;
      return true;
    } catch (err) {
      const failures = ++this.#failures;
      if (isPowerOfTwo(failures)) {
        this.#log.error({ err, queued: this.#queue.length, failures }, "receipts could not be kept: trying again");
      }
      this.#cancel ??= this.#clock.after(RETRY_MS, () => this.flush());
      return false;
    }
  }
}
