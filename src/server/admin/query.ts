import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { MOMENT_FORMS, parseMoment } from "../../lib/moment.ts";
import type { Parameter, Route } from "../route.ts";

/** A parameter of the query that is any text, for the documents. */
export function textParameter(name: string, description: string): Parameter {
  return { name, in: "query", schema: Type.String(), description };
}

/** What is wrong with a parameter of the query: `what` goes on after its name. */
export function badParameter(name: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `The query parameter "${name.slice(0, 64)}" ${what}`, { param: name });
}

/**
 * A point in time out of the query, epoch milliseconds; null where there is none or an empty one. Throws for what is no
 * point in time.
 */
export function momentOf(query: URLSearchParams, name: string, nowMs: number): number | null {
  const given = query.get(name);
  if (given === null || given === "") return null;
  const moment = parseMoment(given, nowMs);
  if (moment === null) throw badParameter(name, `is no point in time: give ${MOMENT_FORMS}`);
  return moment;
}

/** The `limit` of the query, a whole number from 1 to `most`; `usual` where there is none. Throws for any other. */
export function limitOf(query: URLSearchParams, { most, usual }: { most: number; usual: number }): number {
  const given = query.get("limit") ?? String(usual);
  if (/^\d{1,6}$/.test(given) && Number(given) >= 1 && Number(given) <= most) return Number(given);
  throw badParameter("limit", `must be 1 to ${most}`);
}

/**
 * The same route, refusing parameters in the query that it does not take, and one that is given twice, with
 * `invalid_request`. Who mistypes `since` would else read the figures of another day, and whoever filters a feed that
 * cannot be filtered would take all of it for some.
 */
export function withKnownQuery(route: Route): Route {
  const known = (route.parameters ?? []).filter((parameter) => parameter.in === "query").map(({ name }) => name);
  const taken = known.length === 0 ? "none is taken here" : `there are ${known.join(", ")}`;
  return {
    ...route,
    handle: (call) => {
      for (const name of call.query.keys()) {
        if (!known.includes(name)) throw badParameter(name, `is unknown: ${taken}`);
        if (call.query.getAll(name).length > 1) throw badParameter(name, "is given more than once");
      }
      return route.handle(call);
    },
  };
}
