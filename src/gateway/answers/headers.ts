import { GatewayError } from "../../lib/errors.ts";
import { totalCost, usdText } from "../budgets/cost.ts";
import type { RequestRecord } from "../record.ts";
import type { Target } from "../targets/target.ts";
import type { Finish } from "./finish.ts";

/** The headers of an answer of a target. */
export function answerHeaders(finish: Finish, type: string, target: Target): Record<string, string> {
  const { context, run, record } = finish;
  const headers: Record<string, string> = {
    "content-type": type,
    "x-request-id": context.id,
    "x-weir-target": target.id,
    "x-weir-attempts": String(record.attempts.length),
    "server-timing": record.serverTiming(finish.clock.monotonic()),
  };
  if (target.place !== null) headers["x-weir-region"] = target.place.region.code;
  const receipt = record.routing === null ? null : (record.receipt?.promise(target) ?? null);
  if (receipt !== null) headers["x-weir-receipt-id"] = receipt;
  const policy = run.header();
  if (policy !== null) headers["x-weir-policy"] = policy;
  if (record.pass !== null) Object.assign(headers, record.pass.headers());
  if (context.stream) {
    headers["cache-control"] = "no-cache";
    headers["x-accel-buffering"] = "no";
  }
  return headers;
}

/** What all attempts cost so far, as far as somebody knows. */
export function tellCost({ attempts }: RequestRecord, headers: Record<string, string>): void {
  const { usd, basis } = totalCost(attempts.map(({ record }) => record));
  headers["x-weir-cost-basis"] = basis;
  if (usd !== null) headers["x-weir-cost-usd"] = usdText(usd);
}

/** The error with what is known of the request in its headers. */
export function withFacts(error: GatewayError, record: RequestRecord, nowMs: number): GatewayError {
  const headers: Record<string, string> = { ...error.details.headers, "server-timing": record.serverTiming(nowMs) };
  const policy = record.run?.header() ?? null;
  if (policy !== null) headers["x-weir-policy"] = policy;
  if (record.attempts.length > 0) {
    headers["x-weir-attempts"] = String(record.attempts.length);
    tellCost(record, headers);
  }
  if (record.pass !== null) Object.assign(headers, record.pass.headers());
  return new GatewayError(error.code, error.message, { ...error.details, headers });
}
