import { GatewayError } from "../../lib/errors.ts";
import type { Reading, Unit } from "../../store/counters/counters.ts";

/** The error where nothing is left on one of the meters; names the one that stays full the longest. */
export function overRate(readings: readonly Reading[], nowMs: number): GatewayError {
  let longest = readings[0]!;
  let waitMs = -1;
  for (const reading of readings) {
    if (reading.left(nowMs) > 0 || reading.waitMs(nowMs) <= waitMs) continue;
    longest = reading;
    waitMs = reading.waitMs(nowMs);
  }
  const { max, windowMs, unit, setting } = longest.rate;
  const retryAfterMs = Math.max(0, waitMs);
  return new GatewayError(
    "rate_limited",
    `Over the rate limit of ${max} ${unit} in ${windowMs / 1000} s (${setting}): try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`,
    { retryAfterMs, headers: rateHeaders(readings, nowMs) },
  );
}

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` as OpenAI sends them (platform.openai.com, "Rate limits in
 * headers"): of each unit the meter on which the least is left; reset is the time until nothing of it is used any more.
 */
export function rateHeaders(readings: readonly Reading[], nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const unit of ["requests", "tokens"] as const) {
    const reading = tightest(readings, unit, nowMs);
    if (reading === null) continue;
    headers[`x-ratelimit-limit-${unit}`] = String(reading.rate.max);
    headers[`x-ratelimit-remaining-${unit}`] = String(reading.left(nowMs));
    headers[`x-ratelimit-reset-${unit}`] = showDuration(reading.resetMs(nowMs));
  }
  return headers;
}

function tightest(readings: readonly Reading[], unit: Unit, nowMs: number): Reading | null {
  let found: Reading | null = null;
  for (const reading of readings) {
    if (reading.rate.unit !== unit) continue;
    if (found === null || reading.left(nowMs) < found.left(nowMs)) found = reading;
  }
  return found;
}

/** `1h2m3s`, `6m0s`, `1.5s`, `20ms`: the form of Go's durations, as in OpenAI's headers. */
export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const tenths = Math.ceil(ms / 100);
  const seconds = (tenths % 600) / 10;
  const minutes = Math.floor(tenths / 600) % 60;
  const hours = Math.floor(tenths / 36_000);
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
