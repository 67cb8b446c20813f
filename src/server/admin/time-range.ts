import { DAY_MS, HOUR_MS } from "../../lib/durations.ts";
import { MOMENT_FORMS } from "../../lib/moment.ts";
import { BUCKET_MS, FINE_MS } from "../../lib/sums/sum-rows.ts";
import type { Call, Parameter } from "../route.ts";
import { badParameter, momentOf, textParameter } from "./query.ts";

const MAX_BUCKETS = 120;

/** The parameters that {@link rangeOf} reads. */
export const RANGE: readonly Parameter[] = [
  textParameter(
    "since",
    `From: ${MOMENT_FORMS}; 24h where absent. Counted in whole five minutes, hours from two days ago on`,
  ),
  textParameter("until", "To, written as since; now where absent"),
];

/** A stretch of time, epoch milliseconds. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** The stretch of time that `since` and `until` ask for; the last 24 hours without them. Throws `invalid_request`. */
export function rangeOf({ query }: Call, nowMs: number): Span {
  const until = momentOf(query, "until", nowMs) ?? nowMs;
  const since = momentOf(query, "since", nowMs) ?? until - DAY_MS;
  if (since >= until) throw badParameter("since", "must lie before until");
  return { since, until };
}

/** Width of the steps in which the course of a stretch of time is shown: {@link MAX_BUCKETS} or fewer. */
export function stepOf({ since, until }: Span, nowMs: number): number {
  const least = since < nowMs - FINE_MS ? HOUR_MS : BUCKET_MS;
  return Math.max(1, Math.ceil((until - since) / MAX_BUCKETS / least)) * least;
}
