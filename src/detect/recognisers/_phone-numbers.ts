import { isIssued } from "./_card-issuers.ts";
import { digitsOf, luhn } from "./_checksums.ts";
import { isAmongLast, isAnothers, labelled } from "./_context.ts";
import { assignedNumber, internationalNumber, nationalNumber } from "./_numbering.ts";
import { onceFor } from "./_once.ts";
import { BETWEEN, CALLING, LABELS } from "./_phone-labels.ts";
import { unescaped } from "./_url-forms.ts";
import { isUsedUp } from "./_used-label.ts";

const GAP = "(?:[ .\\-/()\u00a0\u202f\u2010\u2011]{1,2}|%20|%2[dDfF])";
const PLUS = "(?:\\+|%2[bB]|&#43;)";
const EXTENSION = " ?(?:x|ext\\.?|extension|Durchwahl|poste|#) ?\\d{1,5}";
// A card's number may follow, which would be taken for more groups.
const CARD = "[ ,;/|]{1,2}\\d{4}[ \\-](?:\\d{4}[ \\-]\\d{4}[ \\-]\\d{4}|\\d{6}[ \\-]\\d{5})";
const END = `(?:${EXTENSION}|${CARD})?`;

// A sign between blanks parts the area from the rest: `0711 / 493 97 84`.
const APART = " [/\\-–] ";
// The extension of offices in German-speaking countries: `089 / 55 50 12 - 34`, `(0711) 123 45 - 0`.
const OFFICE = " [\\-–] ?\\d{1,4}";

/** Forms that show by themselves where a number begins: `+`, brackets, `00`. */
const MARKED: readonly string[] = [
  `${PLUS}\\d{1,15}(?:${GAP}\\d{1,11}){0,3}(?:${GAP}\\d{2,8}){0,4}${END}`,
  // in query strings: %2B44%20%2820%29%207946%200018
  "%2[bB]\\d{1,3}(?:(?:%20)?%2[89](?:%20)?\\d{1,9}|%20\\d{1,9}){1,5}",
  `${PLUS}\\d{1,3} ?\\(0\\) ?\\d{6,12}${END}`,
  `\\(\\+?\\d{1,4}\\)(?:${GAP})?\\d{1,12}(?:${GAP}\\d{2,8}){0,5}${END}`,
  `\\(0\\d{2,4}\\)(?:${GAP})?\\d{2,8}(?: \\d{2,4}){0,3}${OFFICE}`,
  `00\\d{1,3}${GAP}\\d{1,12}(?:${GAP}\\d{1,9}){0,6}${END}`,
  `(?:${PLUS}\\d{1,3}${GAP}(?:\\(0\\) ?)?\\d{2,5}|0 ?\\d{1,5})${APART}\\d{1,8}(?:${GAP}\\d{2,8}){0,4}(?:${EXTENSION}|${CARD}|${OFFICE})?`,
];

/** Forms of numbers that need no word in front: marked ones, with a trunk prefix, the American one. */
export const SELF_EVIDENT: readonly string[] = [
  ...MARKED,
  `0(?:\\d{5,14}|\\d{0,7}(?:${GAP}\\d{2,9}){1,6})${END}`,
  `(?:1[\\-. ])?(?:\\(\\d{3}\\) ?|\\d{3}[\\-. ])\\d{3}[\\-. ]\\d{4}${END}`,
];

/** All forms: any groups of figures. */
export const ANY_FORM: readonly string[] = [...MARKED, `(?:\\d{6,15}|\\d{1,8}(?:${GAP}\\d{2,9}){1,6})${END}`];

// Three groups that are a day, a clock's time or an address of a computer.
const DATE_LIKE =
  /(?:^|\D)(?:(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)\d\d)(?:\D|$)/;
// Days with short years, one behind the other.
const DAYS = /\d\d?([-./])\d\d?\1\d\d \d|\d \d\d?([-./])\d\d?\2\d\d$/;
// The head of a day written from its year, the rest of one written from its day.
const MONTH = /^(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])$|^(?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d$/;
// Denmark's, with its code.
const FEWEST_UNBROKEN = 10;
const UNBROKEN = /^\+\d+$/;
// A degree of latitude.
const DECIMAL = /^\+\d+\.\d+$/;
const BYTE = /(?:^|[^\da-z])(?:\d[a-f]|[a-f]\d) $/i;
const ROUND = /^[1-9]\d{0,2}(?:[ .\u00a0]\d{3})?[ .\u00a0]000$/;
const YEARS = /^(?:19|20)\d\d[-/. ](?:19|20)\d\d$/;
// Four bytes: no telephone number's groups are all so small, unless a nought leads one.
const BYTE_OF = "(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])";
const DOTTED = new RegExp(`^${BYTE_OF}(?:\\.${BYTE_OF}){3}$`);
// Polish for a mobile one, "tel. kom.", but who came in the North of Europe: "kom 250 000"
const CAME = /(?<!\p{L}|nr\.? |tel\.? )kom (?:\p{L}+ )?(?:\d+ )*$/iu;
// The issue of a month: 05 / 2023 - 2024
const ISSUE = /^[01]\d [/–-] (?:19|20)\d\d(?!\d)/;
// COM(2022) 123
const IN_YEAR = /^\((?:19|20)\d\d\)/;
const WIDE_GAP = /\s{2}/;
const SIGNS = "=*+/^";
const CURRENCIES = "$€£#";
const GAPS = " .-/";
const GAP_SIGNS = " .-/()\u00a0\u202f\u2010\u2011–";
// One, and those of the shortest card.
const FEWEST_WITH_CARD = 16;
const BLANK = /\s/;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const isFigure = (code: number): boolean => code >= 0x30 && code <= 0x39;
// The last groups of an account number whose check failed.
const ACCOUNT = /\b[A-Z]{2}\d{2}[ -]?(?:[\dA-Z]{4}[ -]?){1,7}$/;

// The form of the United States and Canada, which no trunk prefix marks; area codes begin with 2 to 9.
const AMERICAN = /^(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])\d{3}[-. ]\d{4}(?!\d)/;

// 10.1016/j.cell.2020.
const PATH = /[./]\p{L}{2,10}\.$/u;

// A number that ends a sentence: `until 18. +49 30 901820`
const SENTENCE = /\d\. $/;

// What stands in brackets of its own, and the number of a line: Max (sales), 1)
const ASIDE = /\([^()]*\p{L}{2}[^()]*\)$|(?:^|\s)\d{1,2}\)$/u;

// Clause 252.227-7013
const MIXED = /^\d{3}\.\d{3}[- ]|^\d{3}[- ]\d{3}\./;
// Escapes may stand for a plus.
const MARKS = "+(0%&";
// Six figures, a blank, and seventeen characters of the shortest card.
const SHORTEST_WITH_CARD = 24;
const CARD_BEHIND = /[ ,;/|]{1,2}\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})$/;

const OPENING = 0x28;
const CLOSING = 0x29;

const isBehindNumber = onceFor(goesOn);

/** What stands in front says: a label, somebody called a few words before, the number goes on from something else. */
const situationOf = onceFor((before) => ({
  isLabelled: labelled(before, LABELS) && !isUsedUp(before, LABELS) && !PATH.test(before) && !CAME.test(before),
  isSpokenOf: isAmongLast(before, CALLING, { most: 7 }),
  goesOn: isBehindNumber(before),
}));

/** Whether a number can begin there: not within another one, but behind a label. */
export function mayBePhone(before: string, isNext = false): boolean {
  return isNext || !isBehindNumber(before) || labelled(before, LABELS) || SENTENCE.test(before);
}

/** Whether something in front says that a telephone number follows: a label, or a word of calling. */
export function isAnnounced(before: string): boolean {
  const { isLabelled, isSpokenOf } = situationOf(before);
  return isLabelled || isSpokenOf;
}

/**
 * Whether a text of figures and gaps, with an extension perhaps, is a telephone number: behind a label whatever looks like
 * one, else what numbering metadata knows. `isNext` as recognisers has it.
 */
export function isPhone(written: string, before: string, isNext = false): boolean {
  const { isLabelled, isSpokenOf, goesOn } = situationOf(before);
  const isWithin = goesOn && !isNext && !(written.startsWith("+") && SENTENCE.test(before));
  // In rows of figures every figure may begin one.
  if (!isLabelled && !isSpokenOf && (isWithin || !isMarked(written))) return false;
  const text = unescaped(written.slice(0, phoneEnd(written)));
  const first = text[0] as string;
  // One slash stands in telephone numbers, two in days.
  if (!isLabelled && !isSpokenOf && first !== "+" && text.indexOf("/") !== text.lastIndexOf("/")) return false;
  const number = text.replace(/ ?(?:x|ext|#|Durchwahl|poste)[^\d]*\d+$|(?<=\d{3}.*\d{3}| \d\d) [-–] ?\d{1,4}$/i, "");
  const digits = digitsOf(number);
  if (digits.length < 6 || digits.length > 15 || isNoNumber(number) || isAmount(number, before)) return false;
  if (isLabelled && looksLikeOne(number)) return true;
  if (isWithin) return false;
  if (isSpokenOf && looksLikeOne(number) && isCalled(before)) return true;
  if (first === "+" || number.startsWith("(+")) return isInternational(number, digits);
  // South and west, or below nothing; bytes.
  if (/[-+]$/.test(before) || BYTE.test(before.slice(-4)) || ISSUE.test(number)) return false;
  return (unlabelled(number, digits) || unlabelled(text, digitsOf(text))) && !isAnothers(before, LABELS, 2);
}

/** Of what begins with `+`: whether it is a number that can be. Nothing in front speaks against that: no order has a `+`. */
function isInternational(number: string, digits: string): boolean {
  // a difference of lines or of points
  if (UNBROKEN.test(number)) return digits.length >= FEWEST_UNBROKEN && assignedNumber(number);
  return !DECIMAL.test(number) && internationalNumber(number);
}

/** Whether a number begins there by its looks, and has as many figures as such have. */
function isMarked(written: string): boolean {
  if (written[0] === "0") return hasGroupsOfNumber(written);
  return MARKS.includes(written[0]!) || AMERICAN.test(written);
}

/**
 * Whether figures behind a nought can be what {@link unlabelled} takes for a number, by how many there are: of rows of
 * figures every end is asked for. True where there is more than figures and gaps.
 */
function hasGroupsOfNumber(written: string): boolean {
  let digits = 0;
  let group = 0;
  let groups = 0;
  let hasSingle = false;
  for (let at = 0; at <= written.length; at++) {
    const code = written.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      digits++;
      group++;
      continue;
    }
    if (at < written.length && !GAP_SIGNS.includes(written[at]!)) return true;
    if (group === 1) hasSingle = true;
    if (group > 0) groups++;
    group = 0;
  }
  if (digits >= FEWEST_WITH_CARD) return true;
  if (written[1] === "0" || written[2] === "0") return digits >= 9;
  return digits >= 9 && digits <= 12 && groups >= 2 && !hasSingle;
}

/** How much of a text is the telephone number: a payment card's behind it is none of it. */
export function phoneEnd(text: string): number {
  if (text.length < SHORTEST_WITH_CARD) return text.length;
  const card = CARD_BEHIND.exec(text);
  if (card === null) return text.length;
  const digits = digitsOf(card[0]);
  return luhn(digits) && isIssued(digits) ? card.index : text.length;
}

/** Whether a number has begun in front, or a price, or an account number; what is calculated with is none of these. */
function goesOn(before: string): boolean {
  if (before === "") return false;
  const last = before.length - 1;
  const code = before.charCodeAt(last);
  // right behind a letter or a figure: most places
  if (isFigure(code)) return true;
  const isBlank = code === SPACE || (code !== HYPHEN && BLANK.test(before[last]!));
  const sign = isBlank ? before[last - 1] : before[last];
  if (sign !== undefined && SIGNS.includes(sign)) return false;
  if (CURRENCIES.includes(before[last]!)) return true;
  let at = last;
  while (at > last - 2 && at > 0 && GAPS.includes(before[at]!)) at--;
  if (isFigure(before.charCodeAt(at))) return true;
  if (before[at] === ")") return at === last || !isAside(before.slice(0, at + 1));
  // an account number ends with a digit or a capital
  const end = before.charCodeAt(" -".includes(before[last]!) ? last - 1 : last);
  return end >= 65 && end <= 90 && ACCOUNT.test(before.slice(-40));
}

/** Whether a closing bracket at the end is none of a number's: `(030) 90` has begun one. */
function isAside(before: string): boolean {
  return ASIDE.test(before);
}

/** Whether somebody is called, reached or rung right before the number. */
const isCalled = onceFor((before) => isAmongLast(before, CALLING, { most: 4, between: BETWEEN }));

/** Groups of two digits up, at most one pair of brackets; without gaps at least seven digits. */
function looksLikeOne(number: string): boolean {
  // an area, and pairs from the right: 0911 / 5 30 81 22
  if (/^0\d{2,4} [/–-] \d(?: \d\d){2,3}$/.test(number)) return true;
  let groups = 0;
  let size = 0;
  let hasSingle = false;
  for (let at = 0; at < number.length; at++) {
    if (!isFigure(number.charCodeAt(at))) continue;
    const start = at;
    while (at < number.length && isFigure(number.charCodeAt(at))) at++;
    size = at - start;
    groups++;
    if (size === 1 && groups > 1) hasSingle = true;
  }
  if (groups === 1) return size >= 7;
  return groups <= 7 && (!hasSingle || number.includes("("));
}

/** What is a number by its looks alone: a trunk prefix and groups as the country writes them, or the American form. */
function unlabelled(number: string, digits: string): boolean {
  if (AMERICAN.test(number)) return !MIXED.test(number) && nationalNumber(digits, ["US"]);
  if (digits.startsWith("00"))
    return /^00 ?[1-9]/.test(number) && isInternational(number.replace(/^00 ?/, "+"), digits.slice(2));
  if (!digits.startsWith("0") || digits.length < 9 || digits.length > 12) return false;
  const groups = number.match(/\d+/g) ?? [];
  if (groups.length < 2) return false;
  // The columns of a table; a decimal; the numbers of a list; days in a row.
  if (WIDE_GAP.test(number) || /^\d+\.\d{6,}$/.test(number) || counts(groups) || DAYS.test(number)) return false;
  // Twelve has none but German mobile telephones.
  if (digits.length === 12 && !/^01[567]/.test(digits)) return false;
  if ((groups[0] as string).length > 5 || (groups[0] as string).length < 2) return false;
  // Five and four is how American postal codes are written.
  if (groups.some((group) => group.length === 1) || /^\d{5}-\d{4}$/.test(number)) return false;
  return nationalNumber(digits);
}

/** Whether it is a day, a month, an address of a computer, one digit over and over, or has brackets that do not close. */
function isNoNumber(number: string): boolean {
  if (YEARS.test(number) || IN_YEAR.test(number) || DATE_LIKE.test(number) || DOTTED.test(number) || MONTH.test(number))
    return true;
  return !balanced(number) || /^\D*(\d)(?:\D*\1)+$/.test(number);
}

/** Thousands or millions: fewer figures than numbers of such groups have, or right behind others. */
function isAmount(number: string, before: string): boolean {
  return ROUND.test(number) && (number.length < 11 || /\d\D{1,6}$/.test(before));
}

/** `01 02 03 04 05`: each one more than the one before. */
function counts(groups: readonly string[]): boolean {
  return groups.length > 3 && groups.every((group, at) => at === 0 || Number(group) === Number(groups[at - 1]) + 1);
}

function balanced(number: string): boolean {
  let open = 0;
  let closed = 0;
  for (let at = 0; at < number.length; at++) {
    const code = number.charCodeAt(at);
    if (code === OPENING) open++;
    else if (code === CLOSING) closed++;
  }
  return open === closed && open <= 1;
}
