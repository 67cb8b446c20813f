import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { MOMENT_FORMS, parseMoment } from "../../lib/moment.ts";
import type { Parameter } from "../route.ts";

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

/** A whole number from 1 to `most` out of the query; `usual` where there is none. Throws for any other. */
export function countOf(
  query: URLSearchParams,
  name: string,
  { most, usual }: { most: number; usual: number },
): number {
  const given = query.get(name) ?? String(usual);
  if (/^\d{1,6}$/.test(given) && Number(given) >= 1 && Number(given) <= most) return Number(given);
  throw badParameter(name, `must be 1 to ${most}`);
}
