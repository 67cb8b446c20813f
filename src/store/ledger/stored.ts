import { GatewayError } from "../../lib/errors.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { RowKind } from "../../schema/ledger.ts";
import type { EventPage, RowPage, StoredEvent, StoredRow } from "../store.ts";
import { type ChainRow, parseBody } from "./chain.ts";
import { cursorBehind } from "./query.ts";

/** A row as readers get it. Throws where its text is no entry. */
export function stored(row: ChainRow): StoredRow {
  const entry = parseBody(row.body);
  if (entry !== null) return { seq: row.seq, hash: row.hash.toHex(), kind: row.kind as RowKind, entry };
  throw new GatewayError(
    "service_unavailable",
    `Row ${row.seq} of the ledger holds no entry: it was edited; "weir events verify" says more`,
  );
}

/** A page of at most `limit` of the rows found, which are one more where there is a next page. */
export function pageOf(found: readonly ChainRow[], limit: number): RowPage {
  const last = found.length > limit ? found[limit - 1] : undefined;
  return { rows: found.slice(0, limit).map(stored), cursor: last === undefined ? null : cursorBehind(last) };
}

/** A row that is known to be of a request. */
export function storedEvent({ seq, hash, entry }: StoredRow): StoredEvent {
  return { seq, hash, event: entry as RequestEvent };
}

/** A page of rows that are known to be of requests. */
export function eventPage({ rows, cursor }: RowPage): EventPage {
  return { events: rows.map(storedEvent), cursor };
}
