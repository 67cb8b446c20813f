/** A code such as `other_region` as words; a sentence stays as it is, with the names in it. */
export function inWords(reason: string): string {
  return /^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(reason) ? reason.replaceAll("_", " ") : reason;
}

/** What stands where nothing is known. */
export const NOTHING = "–";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `12,345`; from a hundred thousand on `123.5K`. */
export function count(value: number | null): string {
  if (value === null) return NOTHING;
  return Math.abs(value) >= 100_000 ? short.format(value) : whole.format(value);
}

/** Tokens in and out: `12 → 30`. */
export function tokens(of: {
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
}): string {
  if (of.prompt_tokens === null && of.completion_tokens === null) return NOTHING;
  return `${count(of.prompt_tokens)} → ${count(of.completion_tokens)}`;
}

/** `1 request`, `12,345 requests`. */
export const many = (number: number, what: string): string => `${count(number)} ${what}${number === 1 ? "" : "s"}`;

/** US dollars, small ones with as many digits as say something; 0 is 0, not "less than". */
export function usd(value: number | null): string {
  if (value === null) return NOTHING;
  if (value === 0) return "$0";
  const digits = value >= 100 ? 0 : value >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(value)));
  return `$${value.toLocaleString("en", { minimumFractionDigits: Math.min(digits, 2), maximumFractionDigits: digits })}`;
}

/** Milliseconds as `850 ms`, `1.24 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms === 0) return "0 ms";
  if (ms < 1) return "<1 ms";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** How old something is, no finer than anybody needs: `<1 min`, `12 min`, `3 h`, `2 days`. */
export function age(ms: number | null): string {
  if (ms === null) return NOTHING;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "<1 min";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** A share of 1 as per cent; of nothing there is none. */
export function percent(part: number, total: number): string {
  return perCent(total === 0 ? null : (100 * part) / total);
}

/** A number of hundredths. */
export function perCent(value: number | null): string {
  if (value === null) return NOTHING;
  if (value > 0 && value < 0.05) return "<0.1 %";
  return `${value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** Grams of CO2 equivalent, small ones in milligrams. */
export function grams(value: number | null): string {
  if (value === null) return NOTHING;
  if (value === 0) return "0 g";
  if (value < 0.001) return `${Number((value * 1e6).toPrecision(2))} µg`;
  if (value < 1) return `${Number((value * 1000).toPrecision(3))} mg`;
  if (value < 1000) return `${Number(value.toPrecision(3))} g`;
  return `${Number((value / 1000).toPrecision(3))} kg`;
}

/** Watt-hours. */
export function energy(value: number | null): string {
  if (value === null) return NOTHING;
  if (value === 0) return "0 Wh";
  if (value < 1) return `${Number((value * 1000).toPrecision(3))} mWh`;
  return value < 1000 ? `${Number(value.toPrecision(3))} Wh` : `${Number((value / 1000).toPrecision(3))} kWh`;
}

const two = (value: number): string => String(value).padStart(2, "0");

const dayOf = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const minuteOf = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;
const secondOf = (date: Date): string => `${minuteOf(date)}:${two(date.getSeconds())}`;

/** Local time of day; with the date where that is not today's. */
export function moment(ms: number, nowMs: number = Date.now()): string {
  const date = new Date(ms);
  if (new Date(nowMs).toDateString() === date.toDateString()) return secondOf(date);
  return `${dayOf(date)} ${secondOf(date)}`;
}

/** How local time stands to UTC at a moment: `UTC`, `UTC+01:00`. */
export function zone(ms: number = Date.now()): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const of = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(of / 60))}:${two(of % 60)}`;
}

/** Local date and time to the millisecond, with its zone: what is told to somebody elsewhere. */
export function exactly(ms: number): string {
  const date = new Date(ms);
  return `${dayOf(date)} ${secondOf(date)}.${String(date.getMilliseconds()).padStart(3, "0")} ${zone(ms)}`;
}

/** Labels of an axis of evenly set times, in seconds: the time of day, under the first of a day its date. */
export function timeLabels(ticks: readonly number[]): string[] {
  const [first = 0, second = first + 3600] = ticks;
  const stepSeconds = second - first;
  let before = "";
  return ticks.map((seconds) => {
    const date = new Date(seconds * 1000);
    const day = dayOf(date);
    if (stepSeconds >= 86_400) return day.slice(5);
    const time = stepSeconds < 60 ? secondOf(date) : minuteOf(date);
    const label = day === before ? time : `${time}\n${day}`;
    before = day;
    return label;
  });
}

/** Steps of an axis without fractions, where what is said of a value is whole: no tick has the label of another. */
export const WHOLE_STEPS: readonly number[] = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();

/** How long ago, in one word or two. */
export function ago(ms: number, nowMs: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

/** How a figure stands against the one of as long a time before; of nothing nothing is said. */
export function compared(now: number | null, before: number | null, show: (value: number | null) => string): string {
  if (now === null || before === null) return "";
  const shown = show(before);
  return shown === show(now) ? "as in the time before" : `${now > before ? "▲" : "▼"} from ${shown}`;
}
