import { GatewayError } from "../lib/errors.ts";
import { type Meter, remaining, type Unit, waitFor } from "./rate-limits.ts";

/** Throws `rate_limited` where nothing is left on one of the meters; names the one that stays full the longest. */
export function refuseFull(meters: readonly Meter[], nowMs: number): void {
  let longest: { meter: Meter; waitMs: number } | null = null;
  for (const meter of meters) {
    if (remaining(meter, nowMs) > 0) continue;
    const waitMs = waitFor(meter, nowMs);
    if (longest === null || waitMs > longest.waitMs) longest = { meter, waitMs };
  }
  if (longest === null) return;
  const { meter, waitMs } = longest;
  const { max, windowMs } = meter.window.limit;
  throw new GatewayError(
    "rate_limited",
    `Over the rate limit of ${max} ${meter.unit} in ${windowMs / 1000} s (${meter.setting}): try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s`,
    { retryAfterMs: waitMs, headers: rateHeaders(meters, nowMs) },
  );
}

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` as OpenAI sends them (platform.openai.com, "Rate limits in
 * headers"): of each unit the meter on which the least is left; reset is the time until nothing of it is used any more.
 */
export function rateHeaders(meters: readonly Meter[], nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const unit of ["requests", "tokens"] as const) {
    const meter = tightest(meters, unit, nowMs);
    if (meter === null) continue;
    headers[`x-ratelimit-limit-${unit}`] = String(meter.window.limit.max);
    headers[`x-ratelimit-remaining-${unit}`] = String(remaining(meter, nowMs));
    headers[`x-ratelimit-reset-${unit}`] = showDuration(meter.window.resetMs(nowMs));
  }
  return headers;
}

function tightest(meters: readonly Meter[], unit: Unit, nowMs: number): Meter | null {
  let found: Meter | null = null;
  for (const meter of meters) {
    if (meter.unit !== unit) continue;
    if (found === null || remaining(meter, nowMs) < remaining(found, nowMs)) found = meter;
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
