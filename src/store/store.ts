import type { Clock } from "../lib/clock.ts";
import type { SumKind, SumRow } from "../lib/sums/sum-rows.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { ChainHead, LedgerEntry, RowKind } from "../schema/ledger.ts";
import type { EscalationBook } from "./escalations.ts";
import type { ReceiptBook } from "./receipts.ts";

/** Which events to read; all members narrow. */
export interface EventQuery {
  /** Epoch milliseconds, inclusive. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly verdict?: string | undefined;
  readonly target?: string | undefined;
  readonly consumer?: string | undefined;
  /** As the caller asked for it, or as the upstream names it. */
  readonly model?: string | undefined;
  /** Code of the region that answered. */
  readonly region?: string | undefined;
  /** Text within a policy's reason code, or within the outcome of what was no success; upper and lower case are one. */
  readonly reason?: string | undefined;
  /** Ended as one of these: `cancelled`, or the code of an error. */
  readonly outcomes?: readonly string[] | undefined;
  /** At most this many, newest first; 1 to 10,000. */
  readonly limit: number;
  /** Continue behind this cursor (the `cursor` of the last page). */
  readonly cursor?: string | undefined;
  /** Oldest first instead of newest first. */
  readonly oldestFirst?: boolean | undefined;
}

/** A stored event and its place in the hash chain. */
export interface StoredEvent {
  readonly seq: number;
  /** SHA-256 over the previous hash and the row's text, in hex. */
  readonly hash: string;
  readonly event: RequestEvent;
}

/** One page of events, newest first. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Give it as `EventQuery.cursor` to read on; null at the end. */
  readonly cursor: string | null;
}

/** Where the audit ledger lives. Rows are appended in order and never edited. */
export interface Ledger {
  /** Appends all or none, in the order given. Throws when they could not be stored. */
  append(events: readonly RequestEvent[]): Promise<void> | void;
  events(query: EventQuery): Promise<EventPage>;
  /** The newest event with that request id. */
  event(id: string): Promise<StoredEvent | null>;
  close(): Promise<void>;
}

/** A row of any kind and its place in the hash chain. */
export interface StoredRow {
  readonly seq: number;
  readonly hash: string;
  readonly kind: RowKind;
  readonly entry: LedgerEntry;
}

/** As {@link EventQuery}, over rows of one kind or of all. Only requests have more than a time and a kind. */
export interface RowQuery extends EventQuery {
  readonly kind?: RowKind | undefined;
}

/** Which sums over requests to read: a page of a stretch of time, both ends included. */
export interface SumQuery {
  readonly kind: SumKind;
  /** Epoch milliseconds; a bucket that it falls into is read too. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Continue behind this row. */
  readonly after?: SumRow | undefined;
  readonly limit: number;
}

/** One page of rows, in the order asked for. */
export interface RowPage {
  readonly rows: readonly StoredRow[];
  readonly cursor: string | null;
}

/** What the `audit-logger` in force asks of whoever reads the ledger. */
export interface AuditSettings {
  /** Every reading is itself a row. */
  readonly logAllAccess: boolean;
}

/** Who reads, by which command or route, and with which filter. */
export interface Access {
  readonly who: string;
  readonly via: "cli" | "api";
  readonly what: string;
  readonly filter: Readonly<Record<string, string | number | boolean>>;
}

/** What is wrong with one row. */
export interface ChainProblem {
  readonly seq: number;
  readonly kind: "edited" | "removed" | "inserted" | "reordered";
  readonly message: string;
}

/** What a walk along the whole chain found. */
export interface ChainReport {
  readonly ok: boolean;
  readonly rows: number;
  /** The last row; null: the ledger is empty. */
  readonly head: ChainHead | null;
  /** How often a start after a crash opened a new chain. */
  readonly crashes: number;
  /** Events the ledger itself says were lost while its store failed. */
  readonly lost: number;
  /** The last row that retention removed; null: nothing was removed. */
  readonly pruned: ChainHead | null;
  /** The first 100 problems, in the order of the rows. */
  readonly problems: readonly ChainProblem[];
  readonly problemCount: number;
  /** Whether a head kept elsewhere shows that nothing was cut off the end up to it. */
  readonly end: "proven" | "not proven";
}

/** The ledger with everything the commands and the retention job need. */
export interface ChainedLedger extends Ledger {
  /** Requests that wait for a person; absent where this store keeps none. */
  readonly escalations?: EscalationBook;
  readonly receipts: ReceiptBook;
  append(entries: readonly LedgerEntry[]): Promise<void> | void;
  /** Rows of all kinds. */
  rows(query: RowQuery): Promise<RowPage>;
  /** Rows behind row number `seq`, oldest first: what a follower reads. */
  rowsAfter(seq: number, limit: number): Promise<readonly StoredRow[]>;
  /** Every event with that request id (callers may repeat theirs), newest first, at most 100. */
  eventsOf(id: string): Promise<readonly StoredEvent[]>;
  head(): Promise<ChainHead | null>;
  /**
   * Sums over the requests ever appended, in order of time and key. They are kept with the rows, so that nothing is
   * counted twice or not at all. Removing rows does not change them; they are removed by their own age.
   */
  sums(query: SumQuery): Promise<readonly SumRow[]>;
  audit(): Promise<AuditSettings> | AuditSettings;
  /** Keeps the settings beside the rows, so that a command that reads the file obeys them too. */
  setAudit(settings: AuditSettings): Promise<void> | void;
  /** Walks the whole chain; `expected` is a head that was kept elsewhere, `kept` are those that were kept beside it. */
  verify(expected?: ChainHead, kept?: readonly ChainHead[]): Promise<ChainReport>;
  /**
   * Removes whole sealed segments of which every row is older than `beforeMs` from the old end, and returns how many rows
   * that were. A segment is a day (UTC) or fewer rows, so a row stays for a day longer at the most. The chain stays
   * verifiable: each segment's closing hash stands in the row that sealed it. Sums from before go too, and older ones
   * become sums of an hour.
   */
  prune(beforeMs: number): Promise<number>;
}

/** How a ledger is opened. */
export interface OpenOptions {
  readonly clock: Clock;
  /** `own`: the one gateway of this ledger, which may create it; `visit`: a command beside it. */
  readonly role: "own" | "visit";
  /** What belongs to this gateway alone lies here. */
  readonly stateDir: string;
}

/** One backend: one file, one line in `index.ts`. */
export interface Store<Name extends string = string> {
  /** The scheme of `store.url`. */
  readonly name: Name;
  /** Opens what stands behind the scheme. Throws GatewayError with what is wrong and what would be right. */
  open(location: string, options: OpenOptions): ChainedLedger;
}
