import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { MOMENT_FORMS } from "../../lib/moment.ts";
import { OUTCOME_FORMS, outcomesOf } from "../../lib/outcomes.ts";
import { RequestEvent, VERDICTS } from "../../schema/event.ts";
import { Closed, nullable } from "../../schema/shapes.ts";
import { eventAt } from "../../store/ledger/event-at.ts";
import type { EventQuery, StoredEvent } from "../../store/store.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Parameter, type Route } from "../route.ts";
import { badParameter, limitOf, momentOf, textParameter } from "./query.ts";
import { ADMIN, accessBy } from "./route-facts.ts";

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 50;
/** Filters that are handed to the ledger as they are; an empty one is none. */
const TEXTS = ["verdict", "target", "consumer", "model", "region", "reason"] as const;

const EventRow = Closed({
  ...RequestEvent.properties,
  seq: Type.Integer({ description: "place in the ledger" }),
  hash: Type.String({ description: "SHA-256 that chains this row to all before it, hex" }),
});
const EventList = Closed({
  events: Type.Array(EventRow),
  cursor: nullable(Type.String(), { description: "give it back to read on; null at the end" }),
});

const FILTERS: readonly Parameter[] = [
  textParameter("since", `Not before: ${MOMENT_FORMS}`),
  textParameter("until", "Not after, written as since"),
  textParameter("verdict", VERDICTS.join(", ")),
  textParameter("target", "Id of the target that answered"),
  textParameter("consumer", "Id of the consumer who asked"),
  textParameter("model", "As the caller asked for it, or as the upstream names it"),
  textParameter("region", "Code of the region that answered"),
  textParameter(
    "reason",
    "Text within a policy's reason code, or within the code of what went wrong; in any case of letters",
  ),
  textParameter("outcome", OUTCOME_FORMS),
  {
    name: "limit",
    in: "query",
    schema: Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
    description: "Events per page",
  },
  textParameter("cursor", "The cursor of the last page"),
];

/** `/api/events`: the ledger, newest first, and all that is known of one request. */
export function eventsRoutes({ ledger, recordAccess, clock }: ServerOptions): Route[] {
  const facts = { ...ADMIN, method: "GET" } as const;
  return [
    {
      ...facts,
      path: "/api/events",
      summary: "Events of requests, newest first",
      parameters: FILTERS,
      answer: { description: "One page", schema: EventList },
      errors: ["invalid_request"],
      handle: async (call) => {
        const query = readQuery(call.query, clock.now());
        await recordAccess(accessBy(call));
        const page = await ledger.events(query);
        return json({ events: page.events.map(row), cursor: page.cursor });
      },
    },
    {
      ...facts,
      path: "/api/events/:id",
      summary: "All that is known of one request",
      parameters: [
        { name: "id", in: "path", schema: Type.String(), description: "Its x-request-id" },
        textParameter("row", "Its place in the ledger (seq), where callers have used the id more than once"),
      ],
      answer: { description: "The event with that id: the newest, or that of the row", schema: EventRow },
      errors: ["not_found", "invalid_request"],
      handle: async (call) => {
        const id = call.params["id"] ?? "";
        const seq = rowOf(call.query);
        await recordAccess(accessBy(call, { id, ...(seq === null ? {} : { row: String(seq) }) }));
        const found = await (seq === null ? ledger.event(id) : eventAt(ledger, id, seq));
        if (found !== null) return json(row(found));
        throw new GatewayError("not_found", `There is no event with the id "${id.slice(0, 128)}" in the ledger`);
      },
    },
  ];
}

function rowOf(query: URLSearchParams): number | null {
  const given = query.get("row");
  if (given === null || given === "") return null;
  if (!/^[1-9]\d{0,14}$/.test(given)) throw badParameter("row", "must be a place in the ledger, a number from 1");
  return Number(given);
}

function row({ event, seq, hash }: StoredEvent) {
  return { ...event, seq, hash };
}

function readQuery(query: URLSearchParams, nowMs: number): EventQuery {
  const verdict = query.get("verdict") ?? "";
  if (verdict !== "" && !VERDICTS.some((each) => each === verdict))
    throw badParameter("verdict", `must be one of ${VERDICTS.join(", ")}`);
  const outcome = query.get("outcome") ?? "";
  const outcomes = outcome === "" ? [] : outcomesOf(outcome);
  if (outcomes === null) throw badParameter("outcome", `must be ${OUTCOME_FORMS}`);
  return {
    limit: limitOf(query, { most: MAX_LIMIT, usual: DEFAULT_LIMIT }),
    sinceMs: momentOf(query, "since", nowMs) ?? undefined,
    untilMs: momentOf(query, "until", nowMs) ?? undefined,
    ...Object.fromEntries(TEXTS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []))),
    ...(outcome === "" ? {} : { outcomes }),
    cursor: query.get("cursor") ?? undefined,
  };
}
