import { DAY_MS, dayOf } from "../../lib/durations.ts";
import type { ChainHead, SealRecord } from "../../schema/ledger.ts";
import { type ChainRow, parseBody } from "./chain.ts";

/** Rows of a segment at the most: removing one takes some milliseconds, so that requests go on in between. */
export const SEGMENT_ROWS = 2000;

/** The segment that is being written. */
export interface OpenSegment {
  /** Number of its first row. */
  readonly first: number;
  /** When that was written, epoch milliseconds. */
  readonly sinceMs: number;
}

/** A segment is one day's rows (UTC), or fewer where many come. */
export function isFull(segment: OpenSegment, next: { seq: number; nowMs: number; most: number }): boolean {
  const rows = next.seq - segment.first;
  if (rows <= 0) return false;
  return rows >= next.most || dayOf(segment.sinceMs) !== dayOf(next.nowMs);
}

/** The seal in a row that was found; null where none was, or its text is no seal. */
export function sealIn(row: Pick<ChainRow, "body"> | null | undefined): SealRecord | null {
  const entry = row == null ? null : parseBody(row.body);
  return entry !== null && "kind" in entry && entry.kind === "seal" ? entry : null;
}

/** Rows from further ahead than this were written by a clock that was wrong. */
export const AHEAD_MS = DAY_MS;

/** When the newest row of a sealed segment is from; where a clock was wrong, that was no later than it was sealed. */
export function newestOf({ newest, at }: SealRecord, nowMs: number): number {
  return newest > nowMs + AHEAD_MS ? at : newest;
}

/** The row that seals a segment, which ends at `through`; `newest` is when the newest row of all is from. */
export function sealOf(
  segment: OpenSegment,
  through: ChainHead,
  { newest, nowMs }: { readonly newest: number; readonly nowMs: number },
): SealRecord {
  return { kind: "seal", at: nowMs, rows: through.seq - segment.first + 1, newest, through };
}
