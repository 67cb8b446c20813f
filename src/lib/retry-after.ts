/**
 * Milliseconds an upstream asks to be left alone: `retry-after-ms`, else `retry-after` as seconds or HTTP date (RFC 9110,
 * 10.2.3). A date is measured against the upstream's own `date` where it sent one, so that its clock need not agree with
 * ours. Undefined where nothing usable was said. Not capped: that is the caller's policy.
 */
export function retryAfterMs(headers: Headers, nowMs: number = Date.now()): number | undefined {
  const millis = count(headers.get("retry-after-ms"));
  // Azure sends `retry-after-ms: 0` beside `retry-after: 1`
  if (millis !== undefined && millis > 0) return Math.ceil(millis);
  const given = headers.get("retry-after");
  const seconds = count(given);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  // HTTP dates begin with a weekday; Date.parse alone would take "-1" for one
  const until = /^\s*[a-z]{3}/i.test(given ?? "") ? Date.parse(given!) : Number.NaN;
  if (Number.isNaN(until)) return millis;
  const sent = Date.parse(headers.get("date") ?? "");
  return Math.max(0, until - (Number.isNaN(sent) ? nowMs : sent));
}

function count(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
