import { ReceiptChain, readKey } from "../../carbon/sign.ts";
import { Batch } from "../../lib/batch.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ReceiptDesk } from "../../lib/context.ts";
import type { ReceiptRow, SealedReceipt, UnsignedReceipt } from "../../schema/receipt.ts";

/** What a worker's chain of receipts begins with. */
export interface WorkerReceiptStart {
  /** The key of the process, which its threads share. */
  readonly pem: string;
  /** SHA-256 of the JWS that was last known; null: there was none. */
  readonly prevChain: string | null;
}

/** When receipts are sent. */
const LIMITS = { most: 64, latestMs: 5 };

/** A worker's own chain, and its receipts on their way to the thread that keeps them. */
export class WorkerReceipts implements ReceiptDesk {
  readonly #chain: ReceiptChain;
  readonly #batch: Batch<ReceiptRow>;

  constructor(start: WorkerReceiptStart, clock: Clock, send: (receipts: readonly ReceiptRow[]) => void) {
    this.#chain = new ReceiptChain(readKey(start.pem), crypto.randomUUID(), start.prevChain);
    this.#batch = new Batch(clock, LIMITS, send);
  }

  seal(unsigned: UnsignedReceipt): SealedReceipt {
    return this.#chain.seal(unsigned);
  }

  keep(receipt: ReceiptRow): void {
    this.#batch.add(receipt);
  }

  /** Sends what there is. */
  flush(): void {
    this.#batch.flush();
  }
}
