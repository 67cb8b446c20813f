import type { Style } from "./style.ts";

/** Controls (also those of the C1 block), and marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text of callers as it may stand on a terminal: what could move the cursor or turn text around is shown as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unit) => `\\u{${unit.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** A verdict, or text that stands in its place, marked by how bad it is. */
export function markVerdict(verdict: string, text: string, style: Style): string {
  if (verdict === "block" || verdict === "error") return style.bad(text);
  return verdict === "escalate" || verdict === "redact" ? style.warn(text) : text;
}

/** `2026-07-01 12:00:00.123` in UTC; the number itself where it is no time. */
export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace("T", " ").replace("Z", "");
}

/** `1 row`, `2 rows`; `many` where it is not the word with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A number with so many digits that count; 0 has no sign. */
export function short(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits)) + 0;
  // no powers of ten: the price of one embedding is below a millionth
  return rounded.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: digits });
}
