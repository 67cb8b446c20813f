import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asError, get, RETRY_MS, UNREACHED } from "../api.ts";
import { type LeftList, leftList } from "./left-list.ts";
import {
  apiQuery,
  type EventPage,
  type EventRow,
  isWanted,
  type Listed,
  NOTHING_LISTED,
  olderQuery,
  withNewest,
  withNews,
  withOlder,
} from "./model.ts";

const PAGE = 50;
/** Rows kept on the page; older ones are behind "Older", and newer ones behind "Newest" once there was no room for both. */
const MAX_ROWS = 1_000;
/** Rows that what comes in may make of a page: to draw more of them in a flood keeps the browser from all else. */
const LIVE_ROWS = 200;

interface Shown {
  readonly listed: Listed;
  /** Rows that came in after the page did. */
  readonly fresh: ReadonlySet<number>;
  readonly loaded: boolean;
  readonly error: ApiError | null;
}

const NOTHING: Shown = { listed: NOTHING_LISTED, fresh: new Set(), loaded: false, error: null };

/** What is shown before anything is read: the list that was left, where somebody comes back to it. */
function shownOf(left: LeftList | null): Shown {
  return left === null ? NOTHING : { ...NOTHING, listed: left.listed, loaded: true };
}

/** The events of a query: the newest, what comes in (`take`), and what was before (`older`). */
export function useEvents(query: URLSearchParams) {
  const asked = apiQuery(query, { limit: String(PAGE) });
  const back = useRef(leftList(location.search));
  const [shown, setShown] = useState<Shown>(() => shownOf(back.current));
  const [turn, setTurn] = useState(0);
  const read = useRef(asked);
  useLayoutEffect(() => {
    if (back.current === null) return;
    const { scrollY, opened } = back.current;
    scrollTo(0, scrollY);
    const links = [...document.querySelectorAll<HTMLAnchorElement>("tr.row a")];
    links.find((link) => link.getAttribute("href") === opened)?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const stop = new AbortController();
    const isOther = read.current !== asked;
    read.current = asked;
    // what is read again stays, so that nobody loses the place
    if (isOther || turn > 0) setShown((now) => (isOther || now.listed.behind ? NOTHING : now));
    get<EventPage>(`/api/events?${asked}`, stop.signal).then(
      ({ events: rows, cursor }) =>
        setShown((now) => {
          const listed = withNewest(now.listed, { rows, cursor }, MAX_ROWS);
          return { ...now, listed, loaded: true, error: null };
        }),
      (thrown: unknown) => {
        if (!stop.signal.aborted) setShown((now) => ({ ...now, error: asError(thrown) }));
      },
    );
    return () => stop.abort();
  }, [asked, turn]);
  const unanswered = shown.error?.status === UNREACHED;
  useEffect(() => {
    if (!unanswered) return;
    const timer = setInterval(() => setTurn((now) => now + 1), RETRY_MS);
    return () => clearInterval(timer);
  }, [unanswered]);
  const take = (rows: readonly EventRow[]) => {
    const wanted = rows.filter((row) => isWanted(row, query));
    if (wanted.length === 0) return;
    setShown((now) => ({
      ...now,
      listed: withNews(now.listed, wanted, Math.max(LIVE_ROWS, now.listed.rows.length)),
      fresh: new Set([...[...now.fresh].slice(-200), ...wanted.map(({ seq }) => seq)]),
    }));
  };
  const older = () => {
    const from = olderQuery(shown.listed);
    if (from === null) return;
    get<EventPage>(`/api/events?${apiQuery(query, { limit: String(PAGE), ...from })}`).then(
      ({ events: rows, cursor }) =>
        setShown((now) => ({ ...now, listed: withOlder(now.listed, { rows, cursor }, MAX_ROWS) })),
      (thrown: unknown) => setShown((now) => ({ ...now, error: asError(thrown) })),
    );
  };
  return { shown, take, older, again: () => setTurn((now) => now + 1) };
}
