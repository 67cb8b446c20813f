import type { RequestEvent } from "../schema/event.ts";

/** Which events to read; all members narrow. */
export interface EventQuery {
  /** Epoch milliseconds, inclusive. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly verdict?: string | undefined;
  readonly target?: string | undefined;
  /** At most this many, newest first; 1 to 10,000. */
  readonly limit: number;
  /** Continue behind this cursor (the `cursor` of the last page). */
  readonly cursor?: string | undefined;
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
