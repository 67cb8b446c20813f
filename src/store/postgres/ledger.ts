import type { Clock } from "../../lib/clock.ts";
import type { SumRow } from "../../lib/sums/sum-rows.ts";
import type { ChainHead, LedgerEntry } from "../../schema/ledger.ts";
import type { EscalationBook } from "../escalations.ts";
import { headOf, type Link } from "../ledger/chain.ts";
import { column } from "../ledger/facts.ts";
import { newestOf } from "../ledger/segments.ts";
import { eventPage, pageOf, stored, storedEvent } from "../ledger/stored.ts";
import { type StoredSums, sumRow } from "../ledger/stored-sums.ts";
import { walkChain } from "../ledger/verify.ts";
import type { ReceiptBook } from "../receipts.ts";
import type {
  AuditSettings,
  ChainedLedger,
  ChainReport,
  EventPage,
  EventQuery,
  RowPage,
  RowQuery,
  StoredEvent,
  StoredRow,
  SumQuery,
} from "../store.ts";
import { ChainEnd } from "./chain-end.ts";
import type { Asker, PostgresLink } from "./link.ts";
import { keep, kept } from "./meta.ts";
import { COLUMNS, chainRow, facetsSql, type PostgresRow, pageSql, rowsWithFacts } from "./rows.ts";
import { sumsSql, thinSums } from "./sums.ts";
import { Tables } from "./tables.ts";

/** What a ledger in PostgreSQL is made of. */
export interface PostgresLedgerParts {
  readonly link: PostgresLink;
  readonly clock: Clock;
  /** Makes the tables and begins the chain; a visitor only adds rows. */
  readonly own: boolean;
  /** Receipts and what waits for a person are kept in the state directory, beside the keys that sign them. */
  readonly receipts: ReceiptBook;
  readonly escalations: EscalationBook;
  /** Called once when the ledger is closed. */
  readonly released: () => void;
}

/**
 * The ledger over one PostgreSQL database. Whoever appends holds an advisory lock for the length of its transaction, so
 * any number of gateways can share a database and the chain never forks. What the server acknowledged is on its disk,
 * so the end of a gateway, however sudden, leaves no gap.
 */
export class PostgresLedger implements ChainedLedger {
  readonly receipts: ReceiptBook;
  readonly escalations: EscalationBook;
  readonly #parts: PostgresLedgerParts;
  readonly #tables: Tables;
  /** The gateway's own word; it is the latest, whether it could be written down yet or not. */
  #audit: AuditSettings | null = null;
  #appended: Promise<unknown> = Promise.resolve();
  /** Appends whose connection was cut before the server's word, with where the chain would then end. */
  readonly #doubted = new WeakMap<readonly LedgerEntry[], Link>();
  #closed: Promise<void> | null = null;

  constructor(parts: PostgresLedgerParts) {
    this.#parts = parts;
    this.receipts = parts.receipts;
    this.escalations = parts.escalations;
    this.#tables = new Tables(parts.link, parts.own ? (asker) => this.#begin(asker) : null);
    // so that they are there before anybody asks; who asks gets the error
    this.#tables.opened().catch(() => {});
  }

  append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    const done = this.#appended.then(() => this.#append(entries));
    this.#appended = done.catch(() => {});
    return done;
  }

  async rows(query: RowQuery): Promise<RowPage> {
    const asked = facetsSql(query);
    const facets = asked === null ? [] : await this.#tables.ask<{ id: string }>(asked.sql, asked.values);
    const ids = facets.map(({ id }) => id);
    const { sql, values } = pageSql(query, ids);
    return pageOf((await this.#tables.ask<PostgresRow>(sql, values)).map(chainRow), query.limit);
  }

  async events(query: EventQuery): Promise<EventPage> {
    return eventPage(await this.rows({ ...query, kind: "request" }));
  }

  async event(id: string): Promise<StoredEvent | null> {
    return (await this.#eventsOf(id, 1))[0] ?? null;
  }

  eventsOf(id: string): Promise<readonly StoredEvent[]> {
    return this.#eventsOf(id, 100);
  }

  async rowsAfter(seq: number, limit: number): Promise<readonly StoredRow[]> {
    const sql = `SELECT ${COLUMNS} FROM weir_ledger WHERE seq > $1 ORDER BY seq LIMIT $2`;
    return (await this.#tables.ask<PostgresRow>(sql, [seq, limit])).map((row) => stored(chainRow(row)));
  }

  async head(): Promise<ChainHead | null> {
    const [row] = await this.#tables.ask<PostgresRow>(`SELECT ${COLUMNS} FROM weir_ledger ORDER BY seq DESC LIMIT 1`);
    return row === undefined ? null : headOf(chainRow(row));
  }

  async audit(): Promise<AuditSettings> {
    return this.#audit ?? (await kept(this.#tables, "audit")) ?? { logAllAccess: false };
  }

  async setAudit(settings: AuditSettings): Promise<void> {
    this.#audit = settings;
    try {
      await keep(this.#tables, "audit", settings);
    } catch (thrown) {
      this.#tables.reopen();
      throw thrown;
    }
  }

  async verify(expected?: ChainHead, heads: readonly ChainHead[] = []): Promise<ChainReport> {
    // one snapshot: a gateway that writes meanwhile must not look like tampering
    return this.#tables.begin(async (asker) => {
      const closed = await kept(asker, "closed");
      const ends = { pruned: await kept(asker, "base"), known: closed === null ? heads : [closed, ...heads] };
      const walk = walkChain(ends, expected);
      let step = walk.next();
      while (step.done !== true) step = walk.next(await rowsWithFacts(asker, step.value));
      return step.value;
    }, "isolation level repeatable read read only");
  }

  async sums(query: SumQuery): Promise<readonly SumRow[]> {
    const { sql, values } = sumsSql(query);
    return (await this.#tables.ask<StoredSums>(sql, values)).map(sumRow);
  }

  async prune(beforeMs: number): Promise<number> {
    while (await this.#thin(beforeMs));
    for (let total = 0; ; ) {
      const removed = await this.#tables.begin(async (asker) => {
        const end = await ChainEnd.take(asker, this.#parts.clock);
        await end.sealIfDue();
        const seal = await end.oldestSeal();
        if (seal === null || newestOf(seal, this.#parts.clock.now()) >= beforeMs) return 0;
        return end.remove(seal.through, { rows: seal.rows, before: beforeMs });
      });
      total += removed;
      if (removed === 0) return total;
    }
  }

  #thin(beforeMs: number): Promise<boolean> {
    const { clock } = this.#parts;
    return this.#tables.begin(async (asker) => {
      await ChainEnd.take(asker, clock);
      return thinSums(asker, beforeMs, clock.now());
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const { link, own, released } = this.#parts;
    try {
      if (own) {
        await this.#tables.begin(async (asker) => {
          const { link: last } = await ChainEnd.take(asker, this.#parts.clock);
          await keep(asker, "closed", headOf(last));
        });
      }
    } finally {
      await link.close();
      released();
    }
  }

  /** Begins the chain where there is none, and writes down what could not be written before. */
  async #begin(asker: Asker): Promise<void> {
    const { clock } = this.#parts;
    const end = await ChainEnd.take(asker, clock);
    if (end.link.seq === 0)
      await end.write([{ kind: "chain", at: clock.now(), chain: Bun.randomUUIDv7(), reason: "new", previous: null }]);
    if (this.#audit !== null) await keep(asker, "audit", this.#audit);
  }

  async #append(entries: readonly LedgerEntry[]): Promise<void> {
    let end: Link | null = null;
    try {
      await this.#tables.begin(async (asker) => {
        const chain = await ChainEnd.take(asker, this.#parts.clock);
        if (await this.#isThere(entries, asker)) return;
        await chain.write(entries);
        end = chain.link;
      });
      this.#doubted.delete(entries);
    } catch (thrown) {
      // whatever came between the last statement and the server's word: it may have been done all the same
      if (end !== null) this.#doubted.set(entries, end);
      throw thrown;
    }
  }

  /** Whether an append in doubt was done after all: then the chain runs through the row it ended with. */
  async #isThere(entries: readonly LedgerEntry[], asker: Asker): Promise<boolean> {
    const end = this.#doubted.get(entries);
    if (end === undefined) return false;
    const [row] = await asker.ask<PostgresRow>("SELECT hash FROM weir_ledger WHERE seq = $1", [end.seq]);
    return row !== undefined && row.hash.toHex() === end.hash.toHex();
  }

  async #eventsOf(id: string, limit: number): Promise<readonly StoredEvent[]> {
    const sql = `SELECT ${COLUMNS} FROM weir_ledger WHERE id = $1 ORDER BY at DESC, seq DESC LIMIT $2`;
    const rows = await this.#tables.ask<PostgresRow>(sql, [column(id), limit]);
    return rows.map((row) => storedEvent(stored(chainRow(row))));
  }
}
