import { useEffect, useRef, useState } from "preact/hooks";
import type { EventRow } from "../events-model.ts";

/** How the feed does. */
export type FeedState = "off" | "connecting" | "live" | "again" | "lost";

/** Calls `take` with what comes in by the live feed while `on`; gathered, so that a flood draws the page four times a second. */
export function useFeed(on: boolean, take: (rows: readonly EventRow[]) => void): FeedState {
  const [state, setState] = useState<FeedState>("off");
  const newest = useRef(take);
  newest.current = take;
  useEffect(() => {
    if (!on) return setState("off");
    setState("connecting");
    const source = new EventSource("/api/events/stream");
    let waiting: EventRow[] = [];
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const rows = waiting;
      waiting = [];
      newest.current(rows);
    }, 250);
    let before: FeedState = "connecting";
    source.onopen = () => {
      before = "again";
      setState("live");
    };
    source.onmessage = ({ data }) => {
      waiting.push(JSON.parse(data as string) as EventRow);
      if (waiting.length > 1_000) waiting = waiting.slice(-500);
    };
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? "lost" : before);
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [on]);
  return state;
}
