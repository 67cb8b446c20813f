import { GatewayError } from "../../lib/errors.ts";

/** The request's own deadline (`Clock.monotonic()`): the configuration's, or less where the caller says so. */
export function deadlineOf(headers: Headers, startedMs: number, totalMs: number): number {
  const given = headers.get("x-request-timeout-ms");
  if (given === null) return startedMs + totalMs;
  const ms = Number(given);
  if (!/^\d{1,9}$/.test(given) || ms < 1) {
    throw new GatewayError(
      "invalid_request",
      "The header x-request-timeout-ms must be a whole number of milliseconds, 1 to 999999999",
      { param: "x-request-timeout-ms" },
    );
  }
  return startedMs + Math.min(ms, totalMs);
}
