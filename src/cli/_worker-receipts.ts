import { ReceiptChain, readKey } from "../carbon/sign.ts";
import type { Clock } from "../lib/clock.ts";
import type { ReceiptDesk } from "../lib/context.ts";
import type { ReceiptRow, SealedReceipt, UnsignedReceipt } from "../schema/receipt.ts";

/** What a worker's chain of receipts begins with. */
export interface WorkerReceiptStart {
  /** The key of the process, which its threads share. */
  readonly pem: string;
  /** SHA-256 of the JWS that was last known; null: there was none. */
  readonly prevChain: string | null;
}

/** Receipts are sent so many at a time, or after so long. */
const BATCH = 64;
const LATEST_MS = 5;

/** A worker's own chain, and its receipts on their way to the thread that keeps them. */
export class WorkerReceipts implements ReceiptDesk {
  readonly #chain: ReceiptChain;
  readonly #clock: Clock;
  readonly #send: (receipts: readonly ReceiptRow[]) => void;
  #batch: ReceiptRow[] = [];
  #cancel: (() => void) | null = null;

  constructor(start: WorkerReceiptStart, clock: Clock, send: (receipts: readonly ReceiptRow[]) => void) {
    this.#chain = new ReceiptChain(readKey(start.pem), crypto.randomUUID(), start.prevChain);
    this.#clock = clock;
    this.#send = send;
  }

  seal(unsigned: UnsignedReceipt): SealedReceipt {
    return this.#chain.seal(unsigned);
  }

  keep(receipt: ReceiptRow): void {
    if (this.#batch.length >= BATCH) this.flush();
    this.#batch.push(receipt);
    this.#cancel ??= this.#clock.after(LATEST_MS, () => this.flush());
  }

  /** Sends what there is. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#send(batch);
  }
}
