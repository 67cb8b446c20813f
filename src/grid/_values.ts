/** Blanks that services put between thousands: plain, no-break, narrow no-break, thin. */
const THOUSANDS = /[ \u00a0\u202f\u2009]/g;
/** A number as services write it as text. A comma is refused: it parts thousands for one and decimals for another. */
const NUMBER = /^[+-]?\d{1,12}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,2})?$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

/** A finite number, or one written as text, blanks between thousands included; null for `ND`, `-`, null and all else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const text = value.replace(THOUSANDS, "").replace("\u2212", "-");
  return NUMBER.test(text) ? Number(text) : null;
}

/** g/kWh above which no power station is: lignite and oil shale burnt in old ones stay below 2,000. */
const MOST_GRAMS = 5_000;

/** Grams per kWh, as there may be: what is below zero or absurd would decide, and stand in sums for good. */
export function gramsOf(value: unknown): number | null {
  const grams = numberOf(value);
  return grams !== null && grams >= 0 && grams <= MOST_GRAMS ? grams : null;
}

/** Epoch milliseconds of an ISO 8601 date-time that says its zone; null for one that does not, and for all else. */
export function instantOf(value: unknown): number | null {
  return momentOf(value, null);
}

/** The same where the service's date-times are UTC though they do not say so. One that says its zone is taken at its word. */
export function utcOf(value: unknown): number | null {
  return momentOf(value, "Z");
}

function momentOf(value: unknown, zone: string | null): number | null {
  const parts = typeof value === "string" ? ISO.exec(value) : null;
  if (parts === null) return null;
  const [, day, time, seconds = ":00", fraction = "", own] = parts;
  const said = own ?? zone;
  if (said === null) return null;
  const offset = said === "Z" || said.includes(":") ? said : `${said.slice(0, 3)}:${said.slice(3)}`;
  // milliseconds are all that a Date holds
  const at = Date.parse(`${day}T${time}${seconds}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(at) ? null : at;
}

/** The word of an option; options are checked when the configuration is loaded. */
export function wordOf<Word extends string>(options: Readonly<Record<string, unknown>>, name: string): Word {
  return options[name] as Word;
}
