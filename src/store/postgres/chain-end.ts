import type { Clock } from "../../lib/clock.ts";
import type { ChainHead, LedgerEntry, SealRecord } from "../../schema/ledger.ts";
import { beginOf, type ChainRow, chained, headOf, type Link } from "../ledger/chain.ts";
import { column, FACTS, factsOf, factsText } from "../ledger/facts.ts";
import { AHEAD_MS, isFull, type OpenSegment, SEGMENT_ROWS, sealIn, sealOf } from "../ledger/segments.ts";
import type { Asker } from "./link.ts";
import { keep, kept } from "./meta.ts";
import { LOCK } from "./schema.ts";
import { addSums } from "./sums.ts";

interface NewRow extends Omit<ChainRow, "asked" | "facts" | "hash"> {
  /** Its hash, in hex. */
  readonly hash: string;
  readonly facts: string;
}

const INSERT = `INSERT INTO weir_ledger
  SELECT r.seq, r.kind, r.id, r.at, r.verdict, r.target, r.body, decode(r.hash, 'hex'), f.id
  FROM json_to_recordset($1::text::json) AS r(seq BIGINT, kind TEXT, id TEXT, at DOUBLE PRECISION, verdict TEXT,
    target TEXT, body TEXT, hash TEXT, facts TEXT) JOIN weir_facet AS f ON f.facts = r.facts`;
const INSERT_FACETS = `INSERT INTO weir_facet (facts, ${FACTS.join(", ")})
  SELECT facts, ${FACTS.join(", ")} FROM json_to_recordset($1::text::json) AS r(facts TEXT,
    ${FACTS.map((name) => `${name} TEXT`).join(", ")}) ON CONFLICT (facts) DO NOTHING`;

/** One writer's hold of the chain within one transaction. Others wait until it is over. */
export class ChainEnd {
  readonly #asker: Asker;
  readonly #clock: Clock;
  #link: Link;
  #segment: OpenSegment;

  private constructor(asker: Asker, clock: Clock, at: { link: Link; segment: OpenSegment }) {
    this.#asker = asker;
    this.#clock = clock;
    this.#link = at.link;
    this.#segment = at.segment;
  }

  /** Takes the end of the chain. */
  static async take(asker: Asker, clock: Clock): Promise<ChainEnd> {
    await asker.ask("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const link = await linkOf(asker);
    let segment = await kept(asker, "segment");
    if (segment === null) {
      segment = { first: link.seq + 1, sinceMs: clock.now() };
      await keep(asker, "segment", segment);
    }
    return new ChainEnd(asker, clock, { link, segment });
  }

  get link(): Link {
    return this.#link;
  }

  /** Writes rows behind the last one, and a seal where a segment is full. */
  async write(entries: readonly LedgerEntry[]): Promise<void> {
    const rows: NewRow[] = [];
    let newest: number | null = null;
    const begun = this.#segment;
    for (const entry of entries) {
      if (this.#isFull()) {
        newest ??= await this.#newest();
        for (const row of rows) newest = Math.max(newest, row.at);
        rows.push(this.#seal(newest));
      }
      rows.push(this.#next(entry));
    }
    await this.#insert(rows);
    await addSums(this.#asker, entries);
    if (this.#segment !== begun) await keep(this.#asker, "segment", this.#segment);
  }

  /** Seals the open segment if its day is over; nobody may have written since. */
  async sealIfDue(): Promise<void> {
    if (!this.#isFull()) return;
    await this.#insert([this.#seal(await this.#newest())]);
    await keep(this.#asker, "segment", this.#segment);
  }

  /** What seals the oldest segment that is still there, or null where none is; one from the future waits for the next. */
  async oldestSeal(): Promise<SealRecord | null> {
    const sql = `SELECT body FROM weir_ledger WHERE kind = 'seal' AND seq > (SELECT min(seq) FROM weir_ledger) AND at <= $1
      ORDER BY seq LIMIT 1`;
    const [row] = await this.#asker.ask<{ body: string }>(sql, [this.#clock.now() + AHEAD_MS]);
    return sealIn(row);
  }

  /** Removes the rows up to `through`; the row that says so comes first, so that the chain never is without a head. */
  async remove(through: ChainHead, { rows, before }: { rows: number; before: number }): Promise<number> {
    await this.write([{ kind: "prune", at: this.#clock.now(), before, rows, through }]);
    const sql =
      "WITH gone AS (DELETE FROM weir_ledger WHERE seq <= $1 RETURNING 1) SELECT count(*)::int AS n FROM gone";
    const [gone] = await this.#asker.ask<{ n: number }>(sql, [through.seq]);
    await keep(this.#asker, "base", through);
    return gone?.n ?? 0;
  }

  #isFull(): boolean {
    return isFull(this.#segment, { seq: this.#link.seq + 1, nowMs: this.#clock.now(), most: SEGMENT_ROWS });
  }

  #seal(newest: number): NewRow {
    const nowMs = this.#clock.now();
    const row = this.#next(sealOf(this.#segment, headOf(this.#link), { newest, nowMs }));
    this.#segment = { first: row.seq, sinceMs: nowMs };
    return row;
  }

  #next(entry: LedgerEntry): NewRow {
    const { seq, hash, kind, body } = chained(this.#link, entry);
    this.#link = { seq, hash };
    const { id, verdict, target } = "kind" in entry ? { id: null, verdict: null, target: null } : entry;
    return {
      seq,
      kind,
      id: column(id),
      at: entry.at,
      verdict: column(verdict),
      target: column(target),
      body,
      hash: hash.toHex(),
      facts: factsText(factsOf(entry)),
    };
  }

  async #newest(): Promise<number> {
    const [row] = await this.#asker.ask<{ at: number }>("SELECT at FROM weir_ledger ORDER BY at DESC LIMIT 1");
    return row?.at ?? this.#clock.now();
  }

  async #insert(rows: readonly NewRow[]): Promise<void> {
    const facets = new Map(rows.map(({ facts }) => [facts, facetRow(facts)]));
    await this.#asker.ask(INSERT_FACETS, [JSON.stringify([...facets.values()])]);
    await this.#asker.ask(INSERT, [JSON.stringify(rows)]);
  }
}

function facetRow(facts: string): Readonly<Record<string, string | null>> {
  const values = JSON.parse(facts) as readonly (string | null)[];
  return { facts, ...Object.fromEntries(FACTS.map((name, at) => [name, column(values[at] ?? null)])) };
}

/** The last row, or what retention left of it. */
async function linkOf(asker: Asker): Promise<Link> {
  const sql = "SELECT seq, hash FROM weir_ledger ORDER BY seq DESC LIMIT 1";
  const [head] = await asker.ask<{ seq: string; hash: Uint8Array }>(sql);
  if (head !== undefined) return { seq: Number(head.seq), hash: new Uint8Array(head.hash) };
  return beginOf(await kept(asker, "base"));
}
