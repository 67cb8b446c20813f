import type { TargetView } from "../../../schema/views/target-view.ts";
import { useApi } from "../api.ts";
import { ExportButtons } from "../events/export.tsx";
import { EventFilters } from "../events/filters.tsx";
import { leaveList } from "../events/left-list.ts";
import { useEvents } from "../events/list.ts";
import { type FeedState, useFeed } from "../events/live.ts";
import { FILTERS, type Listed, olderQuery } from "../events/model.ts";
import { EventTable } from "../events/table.tsx";
import { Chip } from "../parts/chips.tsx";
import { Bones, FirstVisit, firstModel, Problem } from "../parts/states.tsx";
import { go, usePlace, withQuery } from "../router.ts";

/** The ledger: what comes in now, and all that was before. */
export function Events() {
  const { query } = usePlace();
  const live = query.get("live") !== "off";
  const { shown, take, older, again } = useEvents(query);
  const { rows, behind } = shown.listed;
  const feed = useFeed(live && !behind, { take, lost: again });
  const targets = useApi<{ targets: TargetView[] }>("/api/targets");
  const filtered = FILTERS.some((name) => (query.get(name) ?? "") !== "");
  const model = firstModel(targets.data);
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

function FeedChip({ state }: { state: FeedState }) {
  if (state === "live") return <Chip tone="good" sign="●" text="live" />;
  if (state === "off") return <Chip tone="plain" sign="❚❚" text="paused" />;
  if (state === "connecting") return <Chip tone="warn" sign="○" text="connecting" />;
  return <Chip tone="bad" sign="✕" text="feed lost, trying again" />;
}
