import { useEffect, useRef, useState } from "preact/hooks";
import type { EventRow } from "../events-model.ts";

/** How the feed does. */
export type FeedState = "off" | "connecting" | "live" | "again" | "lost";

/** Rows between two drawings; a page has no room for more. */
const MOST_WAITING = 1_000;

/** Who hears of the feed. */
export interface FeedTaker {
  /** Rows came in; gathered, so that a flood draws the page four times a second. */
  readonly take: (rows: readonly EventRow[]) => void;
  /** Rows are left out: more came than a page has room for, or than a feed that was away makes up for. */
  readonly lost: () => void;
}

/** Tells of what comes in by the live feed while `on`. */
export function useFeed(on: boolean, taker: FeedTaker): FeedState {
  const [state, setState] = useState<FeedState>("off");
  const newest = useRef(taker);
  newest.current = taker;
  useEffect(() => {
    if (!on) return setState("off");
    setState("connecting");
    const source = new EventSource("/api/events/stream");
    let waiting: EventRow[] = [];
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const rows = waiting;
      waiting = [];
      newest.current.take(rows);
    }, 250);
    let before: FeedState = "connecting";
    source.onopen = () => {
      before = "again";
      setState("live");
    };
    source.onmessage = ({ data }) => {
      waiting.push(JSON.parse(data as string) as EventRow);
      if (waiting.length > MOST_WAITING) lost();
    };
    const lost = (): void => {
      waiting = [];
      newest.current.lost();
    };
    source.addEventListener("gap", lost);
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? "lost" : before);
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [on]);
  return state;
}
