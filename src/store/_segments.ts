import type { Database } from "bun:sqlite";
import { DAY_MS, dayOf } from "../lib/durations.ts";
import type { ChainHead, SealRecord } from "../schema/ledger.ts";
import { type ChainRow, parseBody } from "./_chain.ts";
import type { Meta } from "./sqlite/meta.ts";

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

/** Where the ledger's sealed segments are. */
export class Segments {
  readonly #meta: Meta;
  readonly #oldest;
  readonly #newest;
  readonly #seal;

  constructor(db: Database, meta: Meta) {
    this.#meta = meta;
    this.#oldest = db.prepare<{ seq: number; at: number }, []>("SELECT seq, at FROM ledger ORDER BY seq LIMIT 1");
    this.#newest = db.prepare<{ at: number }, []>(
      "SELECT at FROM ledger INDEXED BY ledger_find ORDER BY at DESC LIMIT 1",
    );
    // in the order of the index: no further than one segment has to be read to find the seal at its end
    this.#seal = db.prepare<{ body: string }, [number]>(
      `SELECT l.body FROM (SELECT seq FROM ledger INDEXED BY ledger_find WHERE kind = 'seal' AND seq > ?
        ORDER BY at, seq LIMIT 1) AS k CROSS JOIN ledger AS l ON l.seq = k.seq`,
    );
  }

  /** The one that is being written; a ledger from before there were segments is one. */
  open(nowMs: number): OpenSegment {
    const kept = this.#meta.segment;
    if (kept !== null) return kept;
    const oldest = this.#oldest.get();
    const segment = oldest === null ? { first: 1, sinceMs: nowMs } : { first: oldest.seq, sinceMs: oldest.at };
    this.#meta.setSegment(segment);
    return segment;
  }

  /** The row that seals `segment`, which ends at `through`. */
  sealOf(segment: OpenSegment, through: ChainHead, nowMs: number): SealRecord {
    const newest = this.#newest.get()?.at ?? nowMs;
    return { kind: "seal", at: nowMs, rows: through.seq - segment.first + 1, newest, through };
  }

  /** What seals the oldest segment that is still there, or null where none is sealed. */
  oldestSeal(): SealRecord | null {
    return sealIn(this.#seal.get(this.#oldest.get()?.seq ?? 0));
  }

  /** The rows before the seal whose number is given have become a segment of their own. */
  begin(segment: OpenSegment): void {
    this.#meta.setSegment(segment);
  }
}
