import { OTHER_LABELS } from "./_other-labels.ts";

/** Names under which a thing is written in front of it, folded as `labels` does. */
export type Labels = ReadonlySet<string>;

/**
 * Label words, as one writes them: `"numéro de sécu"`, `"Steuer-ID"`. Of one to three words; compared without regard to
 * capitals, accents, hyphens and to being written as one word (`steuerId`, `steuer_id`).
 */
export function labels(...names: readonly string[]): Labels {
  const folded = names.map((name) => wordsOf(name).join(" "));
  return new Set(folded.flatMap((name) => [name, name.replaceAll(" ", "")]));
}

/**
 * Whether one of the labels stands in front, no label of another thing being nearer: `NIF 123456789, tel. 912345678`
 * labels the second number as a telephone and not as a tax number.
 */
export function labelled(before: string, own: Labels, reach = 60): boolean {
  return nearest(before, own, reach) === "own";
}

/**
 * Whether the nearest label in front is of something else than `own`: an order, an invoice, a book, a version, or a
 * personal thing of another kind.
 */
export function disclaimed(before: string, own: Labels): boolean {
  return nearest(before, own, 60) === "other";
}

/** The words in front, nearest last, in small letters without accents. At most those of 60 characters. */
export function wordsBefore(before: string): readonly string[] {
  if (before === remembered.before) return remembered.words;
  const words = wordsOf(before);
  // The first word of a full window may have lost its head: "hotel" would label as "tel".
  const whole = before.length >= 60 && WORD_START.test(before) ? words.slice(1) : words;
  remembered = { before, words: whole };
  return whole;
}

/** The answer to a question about what stands in front, asked once for all the matches that begin at one place. */
export function onceFor(ask: (before: string) => boolean): (before: string) => boolean {
  let last: string | null = null;
  let answer = false;
  return (before) => {
    if (before !== last) {
      answer = ask(before);
      last = before;
    }
    return answer;
  };
}

const WORD_START = /^\p{L}/u;
// Every recogniser that starts at one place asks with the same text.
let remembered: { readonly before: string; readonly words: readonly string[] } = { before: "", words: [] };

function nearest(before: string, own: Labels, reach: number): "own" | "other" | undefined {
  const words = wordsBefore(before.length > reach ? before.slice(-reach) : before);
  for (let at = words.length - 1; at >= 0; at--) {
    for (let size = 1; size <= 3 && size <= at + 1; size++) {
      if (own.has(phrase(words, at, size))) return "own";
    }
    for (let size = 1; size <= 3 && size <= at + 1; size++) {
      if (others.has(phrase(words, at, size))) return "other";
    }
  }
  return undefined;
}

function phrase(words: readonly string[], last: number, size: number): string {
  if (size === 1) return words[last] as string;
  return words.slice(last - size + 1, last + 1).join(" ");
}

const NO_WORDS: readonly string[] = [];
const MAY_HOLD_WORDS = /[A-Za-z\u0080-\uffff]/;
const BEYOND_ASCII = /[\u0080-\uffff]/;

function wordsOf(text: string): readonly string[] {
  // Rows of figures are the costliest text there is: nothing is to be read in them.
  if (!MAY_HOLD_WORDS.test(text)) return NO_WORDS;
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase().match(/[a-z]+/g) ?? NO_WORDS;
  return fold(text).match(/\p{L}+/gu) ?? [];
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

const others = labels(...OTHER_LABELS);
