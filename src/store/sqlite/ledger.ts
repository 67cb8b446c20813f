import type { Database } from "bun:sqlite";
import type { Clock } from "../../lib/clock.ts";
import type { SumRow } from "../../lib/sums/sum-rows.ts";
import type { ChainHead, LedgerEntry, SealRecord } from "../../schema/ledger.ts";
import { headOf } from "../ledger/chain.ts";
import { newestOf, SEGMENT_ROWS } from "../ledger/segments.ts";
import { eventPage, stored } from "../ledger/stored.ts";
import { verifyChain } from "../ledger/verify.ts";
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
import { storeError } from "./error.ts";
import { EscalationTable } from "./escalation-table.ts";
import { Facets } from "./facets.ts";
import type { Folding } from "./folding.ts";
import { Meta } from "./meta.ts";
import { Pages } from "./pages.ts";
import { ReceiptTable } from "./receipt-table.ts";
import { SumTable } from "./sum-table.ts";

/** How long the orderly end waits for another process that holds the file: no request waits any more. */
const CLOSE_BUSY_MS = 2000;

/** What a ledger over SQLite is made of. */
export interface SqliteLedgerParts {
  readonly db: Database;
  /** Shown in errors. */
  readonly path: string;
  readonly clock: Clock;
  /** Opens and ends chains; a visitor only adds rows. */
  readonly own: boolean;
  /** Above this many rows the oldest are removed; absent: no bound. */
  readonly maxRows?: number;
  /** Throws where the file is no longer the one that was opened; absent: there is no file. */
  readonly isThere?: () => void;
  /** Told of every commit of rows; absent: there is no file, or it is another process's. */
  readonly folding?: Folding | undefined;
  /** Called once when the database is closed. */
  readonly released?: () => void;
}

/**
 * The ledger over one SQLite database. Every append reads the head inside its own transaction, so several processes
 * can add rows and the chain never forks.
 */
export class SqliteLedger implements ChainedLedger {
  readonly receipts: ReceiptTable;
  readonly escalations: EscalationTable;
  readonly #parts: SqliteLedgerParts;
  readonly #db: Database;
  readonly #meta: Meta;
  readonly #facets: Facets;
  readonly #sums: SumTable;
  readonly #pages: Pages;
  readonly #end: ChainEnd;
  #closed = false;

  constructor(parts: SqliteLedgerParts) {
    this.#parts = parts;
    this.#db = parts.db;
    this.#meta = new Meta(parts.db);
    this.#facets = new Facets(parts.db);
    this.#sums = new SumTable(parts.db, this.#meta);
    this.#pages = new Pages(parts.db, this.#facets);
    this.#end = new ChainEnd({ ...parts, meta: this.#meta, facets: this.#facets, segmentRows: segmentRows(parts) });
    this.receipts = new ReceiptTable(parts);
    this.escalations = new EscalationTable(parts.db, parts.path);
    if (parts.own) this.#commit(() => this.#begin());
  }

  append(entries: readonly LedgerEntry[]): Promise<void> | void {
    const running = this.#parts.folding?.running ?? null;
    return running === null ? this.#append(entries) : running.then(() => this.#append(entries));
  }

  async rows(query: RowQuery): Promise<RowPage> {
    return this.#pages.page(query, (step) => this.#guard(step));
  }

  async events(query: EventQuery): Promise<EventPage> {
    return eventPage(await this.rows({ ...query, kind: "request" }));
  }

  async event(id: string): Promise<StoredEvent | null> {
    return this.#guard(() => this.#pages.withId(id, 1))[0] ?? null;
  }

  async eventsOf(id: string): Promise<readonly StoredEvent[]> {
    return this.#guard(() => this.#pages.withId(id, 100));
  }

  async rowsAfter(seq: number, limit: number): Promise<readonly StoredRow[]> {
    return this.#guard(() => this.#pages.after(seq, limit).map(stored));
  }

  async head(): Promise<ChainHead | null> {
    return this.#guard(() => this.#end.head);
  }

  async sums(query: SumQuery): Promise<readonly SumRow[]> {
    try {
      if (this.#parts.own && this.#sums.unsaved) this.#commit(() => this.#saveSums());
    } catch {
      // nothing can be written now: what was counted a second ago will do
    }
    return this.#guard(() => this.#sums.read(query));
  }

  audit(): AuditSettings {
    return this.#guard(() => this.#meta.audit);
  }

  setAudit(settings: AuditSettings): void {
    this.#guard(() => {
      if (this.#meta.audit.logAllAccess !== settings.logAllAccess) this.#meta.setAudit(settings);
    });
  }

  async verify(expected?: ChainHead, kept: readonly ChainHead[] = []): Promise<ChainReport> {
    // One transaction: a gateway that writes meanwhile must not look like tampering.
    return this.#guard(() =>
      this.#db.transaction(() => {
        const pruned = this.#meta.chainHead("base");
        const closed = this.#meta.chainHead("closed");
        const after = (seq: number, limit: number) => this.#pages.chain(seq, limit);
        return verifyChain({ after, pruned, known: closed === null ? kept : [closed, ...kept] }, expected);
      })(),
    );
  }

  async prune(beforeMs: number): Promise<number> {
    while (!this.#closed && this.#commit(() => this.#thin(beforeMs))) await Bun.sleep(0);
    for (let total = 0; ; await Bun.sleep(0)) {
      const removed = this.#closed ? 0 : this.#commit(() => this.#removeDue(beforeMs));
      total += removed;
      if (removed === 0) return total;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#parts.own) {
        this.#guard(() => this.#db.run(`PRAGMA busy_timeout = ${CLOSE_BUSY_MS}`));
        this.#commit(() => this.#sayEnd());
      }
    } finally {
      await this.#parts.folding?.close();
      // `true` finalises the statements; without it SQLite keeps the file open until they are collected.
      this.#db.close(true);
      this.#parts.released?.();
    }
  }

  #append(entries: readonly LedgerEntry[]): void {
    if (entries.length === 0) return;
    const { own, maxRows } = this.#parts;
    this.#parts.isThere?.();
    this.#commit(() => this.#write(entries), entries.length);
    if (own) this.#sums.count(entries);
    if (maxRows !== undefined) this.#commit(() => this.#removeAbove(maxRows));
  }

  #guard<T>(use: () => T): T {
    try {
      return use();
    } catch (thrown) {
      this.#facets.forget();
      throw storeError(thrown, this.#parts.path);
    }
  }

  /** A transaction that writes, and how many new rows. */
  #commit<T>(write: () => T, rows = 0): T {
    return this.#guard(() => {
      try {
        const done = this.#db.transaction(write).immediate();
        this.#parts.folding?.committed(rows);
        this.#sums.settle();
        return done;
      } catch (thrown) {
        this.#sums.doubt();
        throw thrown;
      }
    });
  }

  #saveSums(): void {
    if (this.#parts.own) this.#sums.save(this.#end.link.seq, this.#parts.clock.now());
  }

  #write(entries: readonly LedgerEntry[]): void {
    if (this.#parts.own && this.#sums.isDue(this.#parts.clock.now())) this.#saveSums();
    this.#end.write(entries);
  }

  #thin(beforeMs: number): boolean {
    this.#saveSums();
    return this.#sums.thin(beforeMs, this.#parts.clock.now());
  }

  /** Whole segments from the old end, until there are no more rows than that. */
  #removeAbove(maxRows: number): void {
    for (;;) {
      const rows = this.#end.link.seq - (this.#meta.chainHead("base")?.seq ?? 0);
      const seal = rows > maxRows ? this.#end.oldestSeal() : null;
      if (seal === null) return;
      this.#remove(seal, 0);
    }
  }

  #begin(): void {
    this.#saveSums();
    // the row that opens a chain names what stands right before it, which may be a seal that is due
    if (this.#end.link.seq > 0 && this.#meta.open) this.#end.sealIfDue();
    const { link } = this.#end;
    const reason = link.seq === 0 ? "new" : this.#meta.open ? "crash" : null;
    const previous = link.seq === 0 ? null : headOf(link);
    const at = this.#parts.clock.now();
    if (reason !== null) this.#write([{ kind: "chain", at, chain: Bun.randomUUIDv7(), reason, previous }]);
    this.#meta.setOpen(true);
  }

  #sayEnd(): void {
    this.#saveSums();
    this.#meta.setChainHead("closed", headOf(this.#end.link));
    this.#meta.setOpen(false);
  }

  /** The oldest segment, where it is sealed and none of its rows is young enough to stay; returns how many went. */
  #removeDue(beforeMs: number): number {
    // an idle gateway writes no row that would do it
    if (this.#parts.own) this.#end.sealIfDue();
    const seal = this.#end.oldestSeal();
    if (seal === null || newestOf(seal, this.#parts.clock.now()) >= beforeMs) return 0;
    return this.#remove(seal, beforeMs);
  }

  #remove({ through, rows }: SealRecord, before: number): number {
    this.#saveSums();
    return this.#end.remove(through, { rows, before });
  }
}

function segmentRows({ own, maxRows }: SqliteLedgerParts): number | null {
  if (!own) return null;
  return maxRows === undefined ? SEGMENT_ROWS : Math.ceil(maxRows / 10);
}
