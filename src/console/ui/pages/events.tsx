import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { TargetView } from "../../../schema/target-view.ts";
import { type ApiError, asError, get, RETRY_MS, UNREACHED, useApi } from "../api.ts";
import {
  apiQuery,
  csv,
  type EventRow,
  FILTERS,
  isWanted,
  type Listed,
  NOTHING_LISTED,
  olderQuery,
  withNewest,
  withNews,
  withOlder,
} from "../events-model.ts";
import { type LeftList, leaveList, leftList } from "../left-list.ts";
import { Chip } from "../parts/chips.tsx";
import { EventFilters } from "../parts/event-filters.tsx";
import { EventTable } from "../parts/event-table.tsx";
import { type FeedState, useFeed } from "../parts/live.ts";
import { save } from "../parts/save.ts";
import { Bones, FirstVisit, Problem } from "../parts/states.tsx";
import { go, usePlace, withQuery } from "../router.ts";

const PAGE = 50;
/** Rows kept on the page; older ones are behind "Older", and newer ones behind "Newest" once there was no room for both. */
const MAX_ROWS = 1_000;
const MAX_EXPORT = 10_000;

interface Page {
  readonly events: EventRow[];
  readonly cursor: string | null;
}

interface Shown {
  readonly listed: Listed;
  /** Rows that came in after the page did. */
  readonly fresh: ReadonlySet<number>;
  readonly loaded: boolean;
  readonly error: ApiError | null;
}

const NOTHING: Shown = { listed: NOTHING_LISTED, fresh: new Set(), loaded: false, error: null };

/** The ledger: what comes in now, and all that was before. */
export function Events() {
  const { query } = usePlace();
  const live = query.get("live") !== "off";
  const { shown, take, older, again } = useEvents(query);
  const { rows, behind } = shown.listed;
  const feed = useFeed(live && !behind, { take, lost: again });
  const targets = useApi<{ targets: TargetView[] }>("/api/targets");
  const filtered = FILTERS.some((name) => (query.get(name) ?? "") !== "");
  const model = targets.data?.targets.find(({ available }) => available)?.model ?? null;
  return (
    <>
      <div class="head">
        <h1>Events</h1>
        <div class="row">
          <FeedChip state={feed} />
          {behind ? (
            <button type="button" onClick={again}>
              Newest
            </button>
          ) : (
            <button
              type="button"
              aria-pressed={live}
              onClick={() => go(withQuery({ live: live ? "off" : "" }), { replace: true })}
            >
              {live ? "Pause" : "Go live"}
            </button>
          )}
          <ExportButtons query={query} />
        </div>
      </div>
      <EventFilters query={query} targets={targets.data?.targets.map(({ id }) => id) ?? []} />
      {shown.error !== null && <Problem error={shown.error} again={again} />}
      {!shown.loaded && shown.error === null && (
        <div class="card">
          <Bones lines={8} />
        </div>
      )}
      {shown.loaded && rows.length === 0 && !filtered && (
        <FirstVisit
          what="Every request appears here as it ends: who asked for which model, what the policies said, which target answered, how long it took and what it cost."
          model={model}
        />
      )}
      {shown.loaded && rows.length === 0 && filtered && (
        <div class="card empty">
          <h2>No event is like that</h2>
          <p>
            <a href="/console/events">Show all events</a>
          </p>
        </div>
      )}
      {rows.length > 0 && (
        <div class="card" onClickCapture={(event) => leave(event, shown.listed)}>
          <EventTable rows={rows} fresh={shown.fresh} />
          {olderQuery(shown.listed) !== null && (
            <p>
              <button type="button" onClick={older}>
                Older
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}

/** Keeps the list for whoever comes back from one of its requests. */
function leave(event: Event, listed: Listed): void {
  const row = event.target instanceof Element ? event.target.closest("tr.row") : null;
  leaveList({
    search: location.search,
    listed,
    scrollY,
    opened: row?.querySelector("a")?.getAttribute("href") ?? null,
  });
}

/** What is shown before anything is read: the list that was left, where somebody comes back to it. */
function shownOf(left: LeftList | null): Shown {
  return left === null ? NOTHING : { ...NOTHING, listed: left.listed, loaded: true };
}

function useEvents(query: URLSearchParams) {
  const asked = apiQuery(query, { limit: String(PAGE) });
  const back = useRef(leftList(location.search));
  const [shown, setShown] = useState<Shown>(() => shownOf(back.current));
  const [turn, setTurn] = useState(0);
  useLayoutEffect(() => {
    if (back.current === null) return;
    const { scrollY, opened } = back.current;
    scrollTo(0, scrollY);
    const links = [...document.querySelectorAll<HTMLAnchorElement>("tr.row a")];
    links.find((link) => link.getAttribute("href") === opened)?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const stop = new AbortController();
    setShown(shownOf(back.current));
    back.current = null;
    get<Page>(`/api/events?${asked}`, stop.signal).then(
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
      listed: withNews(now.listed, wanted, MAX_ROWS),
      fresh: new Set([...[...now.fresh].slice(-200), ...wanted.map(({ seq }) => seq)]),
    }));
  };
  const older = () => {
    const from = olderQuery(shown.listed);
    if (from === null) return;
    get<Page>(`/api/events?${apiQuery(query, { limit: String(PAGE), ...from })}`).then(
      ({ events: rows, cursor }) =>
        setShown((now) => ({ ...now, listed: withOlder(now.listed, { rows, cursor }, MAX_ROWS) })),
      (thrown: unknown) => setShown((now) => ({ ...now, error: asError(thrown) })),
    );
  };
  return { shown, take, older, again: () => setTurn((now) => now + 1) };
}

function FeedChip({ state }: { state: FeedState }) {
  if (state === "live") return <Chip tone="good" sign="●" text="live" />;
  if (state === "off") return <Chip tone="plain" sign="❚❚" text="paused" />;
  if (state === "connecting") return <Chip tone="warn" sign="○" text="connecting" />;
  return <Chip tone="bad" sign="✕" text="feed lost, trying again" />;
}

function ExportButtons({ query }: { query: URLSearchParams }) {
  const [busy, setBusy] = useState("");
  const exported = async (form: "jsonl" | "csv") => {
    setBusy("Reading …");
    try {
      const rows = await allRows(query);
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
      if (form === "csv") save(`weir-events-${stamp}.csv`, "text/csv", csv(rows));
      else
        save(
          `weir-events-${stamp}.jsonl`,
          "application/x-ndjson",
          rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
        );
      setBusy(rows.length >= MAX_EXPORT ? `The newest ${MAX_EXPORT}; more by weir events export` : "");
    } catch (thrown) {
      setBusy(asError(thrown).message);
    }
  };
  return (
    <>
      <button type="button" aria-label="Export JSONL" onClick={() => void exported("jsonl")}>
        <span class="desk">Export</span> JSONL
      </button>
      <button type="button" aria-label="Export CSV" onClick={() => void exported("csv")}>
        <span class="desk">Export</span> CSV
      </button>
      <span class="small soft" role="status">
        {busy}
      </span>
    </>
  );
}

async function allRows(query: URLSearchParams): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  let cursor: string | null = null;
  do {
    const extra: Record<string, string> = { limit: "1000", ...(cursor === null ? {} : { cursor }) };
    const page: Page = await get<Page>(`/api/events?${apiQuery(query, extra)}`);
    rows.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== null && rows.length < MAX_EXPORT);
  return rows;
}
