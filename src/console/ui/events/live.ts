import { useEffect, useRef, useState } from "preact/hooks";
import { get, RETRY_MS } from "../api.ts";
import type { EventRow } from "./model.ts";

/** How the feed does. */
export type FeedState = "off" | "connecting" | "live" | "again";

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
  /** How often a feed was refused for good, and another one was opened in its place. */
  const [turn, setTurn] = useState(0);
  const newest = useRef(taker);
  newest.current = taker;
  useEffect(() => {
    if (!on) return setState("off");
    setState(turn === 0 ? "connecting" : "again");
    const source = new EventSource("/api/events/stream");
    let waiting: EventRow[] = [];
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const rows = waiting;
      waiting = [];
      newest.current.take(rows);
    }, 250);
    let before: FeedState = "connecting";
    let retry: ReturnType<typeof setTimeout> | undefined;
    source.onopen = () => {
      // what came between two feeds is not told by the second one
      if (turn > 0 && before === "connecting") lost();
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
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return setState(before);
      setState("again");
      // a browser asks no more after a refusal: where the log-in has ended this leads to the next one
      void get("/api/ledger/head").catch(() => null);
      retry ??= setTimeout(() => setTurn((now) => now + 1), RETRY_MS);
    };
    return () => {
      clearInterval(timer);
      clearTimeout(retry);
      source.close();
    };
  }, [on, turn]);
  return state;
}
