import type { KeptReceipt, ReceiptRow } from "../schema/receipt.ts";

/** Which receipts to read, the oldest first. */
export interface ReceiptQuery {
  /** Epoch milliseconds of the request, both inclusive. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** 1 to 10,000. */
  readonly limit: number;
  /** Continue behind this place (the `next` of the last page). */
  readonly after?: number | undefined;
}

/** One page of receipts. */
export interface ReceiptPage {
  readonly receipts: readonly KeptReceipt[];
  /** Give it as `ReceiptQuery.after` to read on; null at the end. */
  readonly next: number | null;
}

/** Where receipts are kept: beside the audit ledger, for as long as `store.retention_days` says, else as its rows. */
export interface ReceiptBook {
  /** What a writer that can wait waits for before it keeps more: the disk is behind. Null or absent: nothing. */
  readonly busy?: Promise<void> | null;
  /** Keeps all or none. Throws when they could not be kept. */
  keep(receipts: readonly ReceiptRow[]): void;
  find(id: string): KeptReceipt | null;
  page(query: ReceiptQuery): ReceiptPage;
  /** The JWS that was kept last; null: none is there. */
  lastJws(): string | null;
  /**
   * Removes some of the oldest, of requests before `beforeMs`, and says how many; 0: no more are due. The last that was
   * kept stays: the next chain names it. One call takes some milliseconds, so that requests go on in between.
   */
  prune(beforeMs: number): number;
}
