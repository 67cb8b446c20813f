import { MAX_DEPTH } from "../../lib/json/depth.ts";
import { isObject, parsedJson } from "../../lib/json/json.ts";

/** Words that make a member an amount of money wherever they stand in its name: `amount_eur`, `transferAmount`. */
const AMOUNT_WORDS: ReadonlySet<string> = new Set(["amount", "price", "cost", "payment", "sum", "fee"]);
/** Names that mean money only by themselves: `total_pages` does not. */
const AMOUNT_NAMES: ReadonlySet<string> = new Set(["total", "value", "grand total", "total value", "total due"]);

/**
 * How much money a tool call moves, as its arguments say: the largest amount of an object, lists added up, so that a
 * batch counts as a whole. 0 where nothing in it is an amount; null where the arguments are no JSON and so cannot be
 * read. Amounts are told by their members' names, signs and currencies make no difference.
 */
export function transactionValue(input: unknown): number | null {
  const value = typeof input === "string" ? parsedJson(input.trim() === "" ? "{}" : input) : (input ?? {});
  return value === undefined ? null : moneyIn(value, false, 0);
}

function moneyIn(value: unknown, isAmount: boolean, depth: number): number {
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  if (typeof value === "number") return isAmount ? Math.abs(value) : 0;
  if (typeof value === "string") return isAmount ? amountIn(value) : 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + moneyIn(item, isAmount, depth + 1), 0);
  if (!isObject(value)) return 0;
  let most = 0;
  for (const [name, member] of Object.entries(value)) {
    most = Math.max(most, moneyIn(member, isAmount || isAmountName(name), depth + 1));
  }
  return most;
}

function isAmountName(name: string): boolean {
  const words = name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.some((word) => AMOUNT_WORDS.has(word)) || AMOUNT_NAMES.has(words.join(" "));
}

const LONGEST_AMOUNT = 200;

/** The largest number in a text: `12,000.50`, `1.234,5 €`, `EUR 5e4`. */
function amountIn(text: string): number {
  let most = 0;
  for (const [found] of text.slice(0, LONGEST_AMOUNT).matchAll(/\d[\d.,' _]{0,60}(?:e\+?\d{1,3})?/gi)) {
    most = Math.max(most, numberOf(found));
  }
  return most;
}

/** A separator after a lone 0, or with one or two digits behind it at the end, is the decimal one; others group digits. */
function numberOf(found: string): number {
  const [digits = "", exponent] = found.toLowerCase().split("e");
  const trimmed = digits.replace(/[^\d]+$/, "");
  const point = /^0[.,](\d+)$/.exec(trimmed) ?? /[.,](\d{1,2})$/.exec(trimmed);
  const whole = (point === null ? trimmed : trimmed.slice(0, -point[1]!.length)).replace(/\D/g, "");
  return Number(`${whole === "" ? "0" : whole}.${point?.[1] ?? "0"}e${exponent ?? "0"}`);
}
