import { DAY_MS, HOUR_MS, MINUTE_MS } from "./durations.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** What {@link parseMoment} accepts, for messages. */
export const MOMENT_FORMS = "30m, 24h, 7d, 2026-07-01, 2026-07-01T12:00:00Z or epoch milliseconds";

/**
 * Epoch milliseconds of a point in time as people write it: a time back from `nowMs` (`90s`, `30m`, `24h`, `7d`, `2w`),
 * an ISO 8601 date or date-time (UTC where no zone stands), or an epoch in seconds (up to eleven digits) or
 * milliseconds. Null for anything else.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const back = /^(\d{1,9}(?:\.\d{1,3})?)(ms|[smhdw])$/.exec(text);
  if (back !== null) return nowMs - Number(back[1]) * UNITS_MS[back[2]!]!;
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,15}(?:\.\d+)?$/.test(text)) return Number(text);
  const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  // 30 February is no day, and would be one of March
  if (iso === null || !isDay(text.slice(0, 10))) return null;
  const zoned = text.length > 10 && iso[1] === undefined ? `${text}Z` : text;
  const at = Date.parse(zoned.replace(" ", "T"));
  return Number.isNaN(at) ? null : at;
}

/** Whether the calendar has a day, as `2026-07-01`. */
export function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
