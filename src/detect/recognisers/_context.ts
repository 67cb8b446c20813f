import { OTHER_LABELS } from "./_other-labels.ts";

/** Names under which a thing is written in front of it. Two are never the same thing, whatever their names. */
export interface Labels {
  readonly names: readonly string[];
}

/**
 * Label words, as one writes them: `"numéro de sécu"`, `"Steuer-ID"`. Of one to three words; compared without regard to
 * capitals, accents, hyphens and to being written as one word (`steuerId`, `steuer_id`).
 */
export function labels(...names: readonly string[]): Labels {
  const own: Labels = { names };
  unread.push(own);
  return own;
}

/** Labels whose names nobody has looked for yet: folding them all takes 3 ms that a start without detection saves. */
const unread: Labels[] = [];

const known = new Map<string, Labels[]>();

/** Who has a name as a label: one look tells it for all recognisers. */
function owners(): ReadonlyMap<string, readonly Labels[]> {
  for (const own of unread.splice(0)) {
    const folded = own.names.map((name) => (fold(name).match(WORDS) ?? []).join(" "));
    for (const name of new Set(folded.flatMap((each) => [each, each.replaceAll(" ", "")]))) {
      const sharing = known.get(name);
      if (sharing === undefined) known.set(name, [own]);
      else sharing.push(own);
    }
  }
  return known;
}

/**
 * Whether one of the labels stands in front, at most `reach` characters away, no label of another thing being nearer:
 * `NIF 123456789, tel. 912345678` labels the second number as a telephone and not as a tax number.
 */
export function labelled(before: string, own: Labels, reach = 60): boolean {
  return nearest(before, own, reach === 60 ? ANYWHERE : { reach }) === "own";
}

const ANYWHERE: Reach = {};

/**
 * Whether the nearest label in front is of something else than `own`: an order, an invoice, a book, a version, or a
 * personal thing of another kind.
 */
export function disclaimed(before: string, own: Labels): boolean {
  return nearest(before, own, ANYWHERE) === "other";
}

/**
 * Whether one of the labels is among the last words in front, no label of another thing being nearer and
 * nothing following it that may not.
 */
export function isAmongLast(before: string, own: Labels, last: Last): boolean {
  return nearest(before, own, last) === "own";
}

/** Whether a country is named in front, in English, and not one of `own` (as `german`). */
export function isOfOtherCountry(before: string, own: string): boolean {
  return readingOf(before).some(({ word }) => COUNTRIES.has(word) && word !== own);
}

/** Whether a letter stands within the last characters: where there is none, no label can be near. */
export function hasLetterNear(before: string, reach: number): boolean {
  for (let at = before.length - 1; at >= 0 && at >= before.length - reach; at--) {
    const code = before.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code >= 0xaa) return true;
  }
  return false;
}

/** The answer to a question about what stands in front, asked once for all the matches that begin at one place. */
export function onceFor<Answer>(ask: (before: string) => Answer): (before: string) => Answer {
  let last: { readonly before: string; readonly answer: Answer } | null = null;
  return (before) => {
    if (last === null || before !== last.before) last = { before, answer: ask(before) };
    return last.answer;
  };
}

/** How many words to look back, and the only ones that may follow the label. */
export interface Last {
  readonly most?: number;
  readonly between?: ReadonlySet<string>;
}

/** How far to look back, in characters too. */
interface Reach extends Last {
  /** 60 where absent: everything. */
  readonly reach?: number;
}

/** One word in front; what it labels, alone or with the one or two before it; where it begins, from the end. */
interface Word {
  readonly word: string;
  readonly labels: readonly Labels[];
  readonly distance: number;
}

const NO_LABELS: readonly Labels[] = [];

const NO_WORDS: readonly Word[] = [];
const WORDS = /\p{L}+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ASCII = /^[\x00-\x7f]*$/;
const others = labels(...OTHER_LABELS);

const COUNTRIES = new Set(
  [
    "austrian belgian bulgarian croatian cypriot czech danish dutch estonian finnish french german greek hungarian icelandic irish",
    "italian latvian lithuanian luxembourg luxembourgish maltese norwegian polish portuguese romanian slovak slovenian spanish",
    "swedish swiss british american",
  ]
    .join(" ")
    .split(" "),
);

const readingOf = onceFor((before): readonly Word[] => {
  if (!hasLetterNear(before, before.length)) return NO_WORDS;
  const isPlain = ASCII.test(before);
  const text = isPlain ? before : fold(before);
  const words: Word[] = [];
  const owning = owners();
  let last = "";
  let lastTwo = "";
  eachWord(text, isPlain, (word, start) => {
    // The first word of a full window may have lost its head: "hotel" would label as "tel".
    if (start === 0 && before.length >= 60) return;
    let named = owning.get(word) ?? NO_LABELS;
    if (last !== "") named = joined(named, owning.get(`${last} ${word}`));
    if (lastTwo !== "") named = joined(named, owning.get(`${lastTwo} ${word}`));
    words.push({ word, labels: named, distance: text.length - start });
    lastTwo = last === "" ? "" : `${last} ${word}`;
    last = word;
  });
  return words;
});

/** Hands over each run of letters, in order. ASCII is read by its codes: this is asked wherever a figure begins. */
function eachWord(text: string, isPlain: boolean, take: (word: string, start: number) => void): void {
  if (!isPlain) {
    for (const found of text.matchAll(WORDS)) take(found[0], found.index);
    return;
  }
  for (let at = 0; at < text.length; at++) {
    if (!isLetter(text.charCodeAt(at))) continue;
    const start = at;
    while (at < text.length && isLetter(text.charCodeAt(at))) at++;
    take(text.slice(start, at).toLowerCase(), start);
  }
}

/** A to Z, small or not. */
function isLetter(code: number): boolean {
  const small = code | 32;
  return small >= 97 && small <= 122;
}

function joined(some: readonly Labels[], more: readonly Labels[] | undefined): readonly Labels[] {
  if (more === undefined) return some;
  return some.length === 0 ? more : [...some, ...more];
}

function nearest(before: string, own: Labels, { reach = 60, most = 60, between }: Reach): "own" | "other" | undefined {
  const words = readingOf(before);
  for (let at = words.length - 1; at >= 0 && at >= words.length - most; at--) {
    const { word, labels: named, distance } = words[at]!;
    if (distance > reach) return undefined;
    if (named.length > 0) {
      if (named.includes(own)) return "own";
      if (named.includes(others)) return "other";
    }
    if (between?.has(word) === false) return undefined;
  }
  return undefined;
}

function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("đ", "d");
}
