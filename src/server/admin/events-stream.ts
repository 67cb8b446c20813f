import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { pause } from "../../lib/pause.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { AdminDoor } from "../auth.ts";
import type { ServerOptions } from "../options.ts";
import type { Call, Route } from "../route.ts";
import { ADMIN, accessBy } from "./route-facts.ts";

/** How often the ledger is looked at for news. */
const POLL_MS = 400;
/** A comment after so much silence: proxies cut what is quiet, and a client that has gone is noticed. */
const HEARTBEAT_MS = 15_000;
/** Rows read at one time. */
const PAGE = 200;
/** How far back a client that comes again is caught up. */
const MAX_CATCH_UP = 1_000;
/** Feeds at one time. */
const MAX_FEEDS = 32;

/** `/api/events/stream`: requests as they reach the ledger, by server-sent events. */
export function eventsStreamRoute(options: ServerOptions, door: AdminDoor): Route {
  let open = 0;
  return {
    ...ADMIN,
    method: "GET",
    path: "/api/events/stream",
    summary: "Events of requests as they are written, by server-sent events",
    description: `Each event's id is its place in the ledger and its data what /api/events shows; with Last-Event-ID it goes on behind that one, ${MAX_CATCH_UP} rows back at most: were there more, an event "gap" says first how many are left out. Comments keep it alive.`,
    parameters: [
      {
        name: "last-event-id",
        in: "header",
        schema: Type.String(),
        description: "Place in the ledger behind which to go on",
      },
    ],
    answer: { description: "Without end", mediaTypes: ["text/event-stream"] },
    errors: ["too_many_streams"],
    handle: async (call) => {
      if (open >= MAX_FEEDS) {
        throw new GatewayError("too_many_streams", `Cannot open another feed: ${MAX_FEEDS} are open, close one`);
      }
      open += 1;
      try {
        await options.recordAccess(accessBy(call, {}));
        const begin = await beginOf(options, call);
        call.peer.received();
        return answerOf(feed({ options, begin, call, admits: () => door.admits(call.request.headers) }, () => open--));
      } catch (error) {
        open -= 1;
        throw error;
      }
    },
  };
}

function answerOf(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-store",
      "x-accel-buffering": "no",
    },
  });
}

interface Begin {
  /** The row behind which the feed begins. */
  readonly seq: number;
  /** Rows between the last one that the client has and that one. */
  readonly missed: number;
}

async function beginOf({ ledger }: ServerOptions, { request }: Call): Promise<Begin> {
  const head = (await ledger.head())?.seq ?? 0;
  const last = request.headers.get("last-event-id") ?? "";
  if (!/^\d{1,15}$/.test(last)) return { seq: head, missed: 0 };
  const missed = Math.max(0, head - MAX_CATCH_UP - Number(last));
  return { seq: Math.min(head, Number(last) + missed), missed };
}

interface Feed {
  readonly options: ServerOptions;
  readonly begin: Begin;
  readonly call: Call;
  /** Whether whoever opened the feed may still read. */
  readonly admits: () => boolean;
}

/** Reads on as the client takes it; ends when the client goes, the token changes, or the process stops. */
function feed({ options, begin, call, admits }: Feed, onEnd: () => void): ReadableStream<Uint8Array> {
  const { ledger, clock, draining } = options;
  const { signal } = call.request;
  const encoder = new TextEncoder();
  let { seq, missed } = begin;
  let ended = false;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const end = (): void => {
    if (ended) return;
    ended = true;
    onEnd();
  };
  signal.addEventListener("abort", end);
  const next = async (): Promise<string | null> => {
    if (missed > 0) {
      const text = `event: gap\ndata: ${JSON.stringify({ missed })}\n\n`;
      missed = 0;
      return text;
    }
    while (!ended && !draining() && admits()) {
      const rows = await ledger.rowsAfter(seq, PAGE);
      seq = rows.at(-1)?.seq ?? seq;
      const text = rows.map(({ entry, ...place }) => ("kind" in entry ? "" : eventText(entry, place))).join("");
      if (text !== "") return text;
      if (clock.monotonic() - saidAtMs >= HEARTBEAT_MS) return ": alive\n\n";
      if (rows.length < PAGE) await pause(POLL_MS, clock, signal);
    }
    return null;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await next();
          if (text !== null) {
            saidAtMs = clock.monotonic();
            controller.enqueue(encoder.encode(text));
            return;
          }
        } catch {
          // the client comes again by itself, behind the last row it has
        }
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function eventText(event: RequestEvent, { seq, hash }: { seq: number; hash: string }): string {
  return `id: ${seq}\ndata: ${JSON.stringify({ ...event, seq, hash })}\n\n`;
}
