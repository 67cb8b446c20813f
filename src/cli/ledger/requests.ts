import type { RequestEvent } from "../../schema/event.ts";
import type { ChainedLedger, EventQuery } from "../../store/store.ts";
import { firstOf, type Page, type PagePlace, pagesOf } from "./pages.ts";

/** When requests were received. */
type Stretch = Pick<EventQuery, "sinceMs" | "untilMs">;

/** Every request of a stretch of time, oldest first, a page at a time. */
export function requestPages(ledger: ChainedLedger, stretch: Stretch): AsyncGenerator<readonly RequestEvent[]> {
  return pagesOf(reader(ledger, { ...stretch, oldestFirst: true }));
}

/** The newest `limit` requests of a stretch of time, oldest first. */
export async function newestRequests(ledger: ChainedLedger, stretch: Stretch, limit: number): Promise<RequestEvent[]> {
  return (await firstOf(limit, reader(ledger, stretch))).reverse();
}

function reader(ledger: ChainedLedger, query: Omit<EventQuery, "limit">) {
  return async (place: PagePlace): Promise<Page<RequestEvent>> => {
    const { events, cursor } = await ledger.events({ ...query, ...place });
    return { rows: events.map(({ event }) => event), cursor };
  };
}
