import type { Database } from "bun:sqlite";
import type { Clock } from "../../lib/clock.ts";
import type { ChainHead, LedgerEntry, SealRecord } from "../../schema/ledger.ts";
import { beginOf, chained, headOf, type Link } from "../ledger/chain.ts";
import { isFull, type OpenSegment, sealIn, sealOf } from "../ledger/segments.ts";
import type { Facets } from "./facets.ts";
import type { Meta } from "./meta.ts";

/** What the end of a chain is written with. */
export interface ChainEndParts {
  readonly db: Database;
  readonly meta: Meta;
  readonly facets: Facets;
  readonly clock: Clock;
  /** Rows of a segment at the most; null for a visitor, which seals none. */
  readonly segmentRows: number | null;
}

/** The end of the chain in one SQLite database. What writes is to be called within a transaction. */
export class ChainEnd {
  readonly #parts: ChainEndParts;
  readonly #head;
  readonly #insert;
  readonly #oldest;
  readonly #newest;
  readonly #seal;

  constructor(parts: ChainEndParts) {
    const { db } = parts;
    this.#parts = parts;
    this.#head = db.prepare<Link, []>("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1");
    this.#insert = db.prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
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

  /** The last row; null where there is none. */
  get head(): ChainHead | null {
    const head = this.#head.get();
    return head === null ? null : headOf(head);
  }

  /** The last row, or what retention left of it. */
  get link(): Link {
    return this.#head.get() ?? beginOf(this.#parts.meta.chainHead("base"));
  }

  /** Writes rows behind the last one, and a seal where a segment is full. */
  write(entries: readonly LedgerEntry[]): void {
    let link = this.link;
    let segment = this.#parts.segmentRows === null ? null : this.#open();
    for (const entry of entries) {
      if (segment !== null && this.#isFull(segment, link)) {
        link = this.#close(segment, link);
        segment = { first: link.seq, sinceMs: this.#parts.clock.now() };
      }
      link = this.#put(link, entry);
    }
  }

  /** Seals the open segment if its day is over. */
  sealIfDue(): void {
    const link = this.link;
    const segment = this.#open();
    if (this.#isFull(segment, link)) this.#close(segment, link);
  }

  /** What seals the oldest segment that is still there, or null where none is sealed. */
  oldestSeal(): SealRecord | null {
    return sealIn(this.#seal.get(this.#oldest.get()?.seq ?? 0));
  }

  /** Removes the rows up to `through`; the row that says so comes first, so that the chain never is without a head. */
  remove(through: ChainHead, { rows, before }: { rows: number; before: number }): number {
    const { db, meta, clock } = this.#parts;
    this.write([{ kind: "prune", at: clock.now(), before, rows, through }]);
    const { changes } = db.query("DELETE FROM ledger WHERE seq <= ?").run(through.seq);
    meta.setChainHead("base", through);
    return changes;
  }

  /** The segment that is being written; a ledger from before there were segments is one. */
  #open(): OpenSegment {
    const { meta, clock } = this.#parts;
    const kept = meta.segment;
    if (kept !== null) return kept;
    const oldest = this.#oldest.get();
    const segment = oldest === null ? { first: 1, sinceMs: clock.now() } : { first: oldest.seq, sinceMs: oldest.at };
    meta.setSegment(segment);
    return segment;
  }

  #isFull(segment: OpenSegment, { seq }: Link): boolean {
    const { clock, segmentRows } = this.#parts;
    return segmentRows !== null && isFull(segment, { seq: seq + 1, nowMs: clock.now(), most: segmentRows });
  }

  #close(segment: OpenSegment, end: Link): Link {
    const { meta, clock } = this.#parts;
    const nowMs = clock.now();
    const newest = this.#newest.get()?.at ?? nowMs;
    const link = this.#put(end, sealOf(segment, headOf(end), { newest, nowMs }));
    meta.setSegment({ first: link.seq, sinceMs: nowMs });
    return link;
  }

  #put(previous: Link, entry: LedgerEntry): Link {
    const { seq, hash, kind, body } = chained(previous, entry);
    const facet = this.#parts.facets.idOf(entry);
    if ("kind" in entry) this.#insert.run(seq, kind, null, entry.at, null, null, body, hash, facet);
    else this.#insert.run(seq, kind, entry.id, entry.at, entry.verdict, entry.target, body, hash, facet);
    return { seq, hash };
  }
}
