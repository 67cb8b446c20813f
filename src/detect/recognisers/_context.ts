import { type Labels, OTHERS } from "./_label-names.ts";
import { namedBy } from "./_named.ts";
import { type Reading, readingOf, WINDOW } from "./_reading.ts";

export { type Labels, labels, unlessNamed } from "./_label-names.ts";

/** Whether anything in front is a label of anything that is looked for: where it is not, nothing is labelled. */
export function isNamed(before: string): boolean {
  return namedBy(before).own.length > 0;
}

/**
 * Whether one of the labels stands in front, at most `reach` characters away, no label of another thing being nearer:
 * `NIF 123456789, tel. 912345678` labels the second number as a telephone and not as a tax number.
 */
export function labelled(before: string, own: Labels, reach = WINDOW): boolean {
  return namedBy(before).own.includes(own) && (reach === WINDOW || isNearest(readingOf(before), own, { reach }));
}

/**
 * Whether the nearest label in front is of something else than `own`: an order, an invoice, a book, a version, or a
 * personal thing of another kind.
 */
export function disclaimed(before: string, own: Labels): boolean {
  const named = namedBy(before);
  return named.isOther && !named.own.includes(own);
}

// What may stand between a label and its own number.
const OF_LABEL =
  /^(?:n|nos?|nr|num|number|nummer|numer[oa]?|id|code|is|was|are|the|ist|lautet|est|es|era|to|jest|of|von|de|du|van)$/;

// Figures, and what parts them from the next ones: of `order 12 345-6`, 12 may be the beginning.
const SERVED = /^[^\p{L}\d].*\d\b\s*(?:[,;:|)"']|\p{L})/su;

/**
 * Whether `far` words stand behind the nearest label of something else, or figures of its own, so that it is not about the
 * figures here: `The order was paid with 4111 …`, `order 12 to 4111 …`. Words like "number is" do not count.
 */
export function isApart(before: string, far: number): boolean {
  const { words, end } = readingOf(before);
  const label = words.findLastIndex(({ labels }) => labels.includes(OTHERS));
  if (label === -1) return false;
  if (words.slice(label + 1).filter(({ word }) => !OF_LABEL.test(word)).length >= far) return true;
  const { word, start } = words[label]!;
  return SERVED.test(before.slice(before.length - (end - start - word.length)));
}

/**
 * Whether the nearest label in front is of something else than `own`, and what follows is that thing's: no other word
 * stands between, unless the label is of a personal thing of another kind. `The order of AB123456C` is nobody's order.
 */
export function isAnothers(before: string, own: Labels, far = 1): boolean {
  const reading = readingOf(before);
  if (!reading.isOther || reading.own.includes(own)) return false;
  return reading.own.length > 1 || !isApart(before, far);
}

/**
 * Whether one of the labels is among the last words in front, no label of another thing being nearer and
 * nothing following it that may not.
 */
export function isAmongLast(before: string, own: Labels, last: Last): boolean {
  return namedBy(before).own.includes(own) && isNearest(readingOf(before), own, last);
}

/** Whether a country is named in front, in English, and not one of `own` (as `german`). */
export function isOfOtherCountry(before: string, own: string): boolean {
  return readingOf(before).words.some(({ word }) => COUNTRIES.has(word) && word !== own);
}

/** Whether a letter stands within the last characters: where there is none, no label can be near. */
export function hasLetterNear(before: string, reach: number): boolean {
  for (let at = before.length - 1; at >= Math.max(0, before.length - reach); at--) {
    const code = before.charCodeAt(at);
    const small = code | 32;
    if ((small >= 97 && small <= 122) || code >= 0xaa) return true;
  }
  return false;
}

/** How many words to look back, and the only ones that may follow the label. */
export interface Last {
  readonly most?: number;
  readonly between?: ReadonlySet<string>;
}

/** How far to look back, in characters too. */
interface Reach extends Last {
  /** Everything where absent. */
  readonly reach?: number;
}

const COUNTRIES = new Set(
  [
    "austrian belgian bulgarian croatian cypriot czech danish dutch estonian finnish french german greek hungarian icelandic irish",
    "italian latvian lithuanian luxembourg luxembourgish maltese norwegian polish portuguese romanian slovak slovenian spanish",
    "swedish swiss british american",
  ]
    .join(" ")
    .split(" "),
);

function isNearest({ words, end }: Reading, own: Labels, { reach = WINDOW, most = WINDOW, between }: Reach): boolean {
  for (let at = words.length - 1; at >= 0 && at >= words.length - most; at--) {
    const { word, labels: named, start } = words[at]!;
    if (end - start > reach) return false;
    if (named.length > 0) {
      if (named.includes(own)) return true;
      if (named.includes(OTHERS)) return false;
    }
    if (between?.has(word) === false) return false;
  }
  return false;
}
