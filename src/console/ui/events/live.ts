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
  /** Rows may be left out: a feed begins, more came than a page has room for, or than a feed that was away makes up for. */
  readonly lost: () => void;
}

/** Whether the tab is to be seen. */
function useSeen(): boolean {
  const [seen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const turned = () => setSeen(!document.hidden);
    document.addEventListener("visibilitychange", turned);
    return () => document.removeEventListener("visibilitychange", turned);
  }, []);
  return seen;
}

/**
 * Tells of what comes in by the live feed while `on` and the tab is to be seen: a browser has six connections for all
 * tabs of a site, and a feed takes one for good.
 */
export function useFeed(on: boolean, taker: FeedTaker): FeedState {
  const [state, setState] = useState<FeedState>("off");
  const seen = useSeen();
  /** How often a feed was refused for good, and another one was opened in its place. */
  const [turn, setTurn] = useState(0);
  const newest = useRef(taker);
  newest.current = taker;
  useEffect(() => {
    if (!on) return setState("off");
    if (!seen) return;
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
      // what came before it, since the page was read or since the feed before, is not told by this one
      if (before === "connecting") lost();
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
  }, [on, seen, turn]);
  return state;
}
