import { latinOf, lookAlikes, scriptsIn } from "../decode/homoglyphs.ts";
import { type CharSet, charSet, charsOf, has, union } from "../pattern/char-set.ts";
import { assertion, chars, choice, EMPTY, type PatternTree, repeat, sequence } from "../pattern/tree.ts";
import { SPACE } from "../pattern/unicode.ts";
import { PRIORITY, type ScanRule } from "../scan/rules.ts";
import { foldedTerm, unfolded, unseen } from "./fold-sets.ts";
import { dashes, plainSigns, signForms } from "./sign-forms.ts";
import { blank, hyphen } from "./term-gaps.ts";

/**
 * How freely terms may be written. `exact`: as they are given; `folded`: in capitals or not, in other forms of the same
 * letters and signs, with invisible characters in between and with a dash, a line break or the signs of Markdown where
 * words meet; `loose`: also inside words, with signs and blanks between the letters or without, without accents and with
 * digits in their place.
 */
export type Spelling = "exact" | "folded" | "loose";

/** Digits and signs that are read as letters. */
const LEET: Readonly<Record<string, string>> = {
  a: "4@",
  b: "8",
  e: "3€",
  g: "9",
  i: "1!|",
  l: "1|",
  o: "0",
  s: "5$",
  t: "7+",
  z: "2",
};

/** Such a term may do without its own blanks and signs if so many letters remain. */
const FEWEST_BARE = 5;
/** Scripts that are written without blanks between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** One letter of some terms, and how they go on. */
interface Branch {
  /** Whether a term ends here. */
  ends: boolean;
  readonly next: Map<string, Branch>;
}

const branch = (): Branch => ({ ends: false, next: new Map() });

/**
 * One pattern for any number of terms: what they begin with in common is looked at once. Terms count as whole words
 * (not so the `loose`, nor in scripts without blanks). Empty terms are left out.
 */
export function termPattern(terms: readonly string[], spelling: Spelling): PatternTree | null {
  const bounded = branch();
  const free = branch();
  for (const letters of terms.flatMap((term) => writings(term, spelling))) {
    const first = letters[0];
    if (first === undefined) continue;
    let at = spelling !== "loose" && isBound(first) ? bounded : free;
    for (const letter of letters) {
      const known = at.next.get(letter);
      const next = known ?? branch();
      if (known === undefined) at.next.set(letter, next);
      at = next;
    }
    at.ends = true;
  }
  const trees = [
    ...(bounded.next.size === 0 ? [] : [branchTree(bounded, { spelling, before: EDGE })]),
    ...(free.next.size === 0 ? [] : [branchTree(free, { spelling, before: null })]),
  ];
  return trees.length === 0 ? null : choice(trees);
}

/** A word of fewer letters may be one of another script that looks the same: "cop" is no "сор". */
const FEWEST_ALIKE = 5;

/** The rule of any number of terms; null where none has a character that is seen. */
export function termRule(entity: string, terms: readonly string[], spelling: Spelling): ScanRule | null {
  const tree = termPattern(terms, spelling);
  if (tree === null) return null;
  const rule = { entity, trees: [tree], priority: PRIORITY, ...inside(terms), ...escapes(terms) };
  if (spelling === "exact") return rule;
  const short = new Map<string, Set<string>>();
  for (const term of terms) {
    const skeleton = inLatin(term);
    if (skeleton.length < FEWEST_ALIKE) short.set(skeleton, (short.get(skeleton) ?? new Set()).add(scriptsIn(term)));
  }
  return {
    ...rule,
    passesUnseen: true,
    valid(text) {
      const scripts = scriptsIn(text);
      if (scripts.length !== 1) return true;
      const skeleton = inLatin(text).replace(UNDERLINES, "");
      return skeleton.length >= FEWEST_ALIKE || short.get(skeleton)?.has(scripts) !== false;
    },
  };
}

/** A term with a backslash is looked for as it is written. */
const escapes = (terms: readonly string[]): Pick<ScanRule, "namesEscapes"> =>
  terms.some((term) => term.includes("\\")) ? { namesEscapes: true } : {};

/** Underlines that make a word one of Markdown's are no part of it, unless a term has some there itself. */
function inside(terms: readonly string[]): Pick<ScanRule, "begins" | "ends"> {
  if (terms.some((term) => /^\s*_|_\s*$/.test(term))) return {};
  return {
    begins: (text) => text.length - text.replace(/^_+/, "").length,
    ends: (text) => text.replace(/_+$/, "").length,
  };
}

const UNDERLINES = /^_+|_+$/g;

/** A text folded, with Latin letters in place of those that look like them. */
function inLatin(text: string): string {
  return [...foldedTerm(text)].map(latinOf).join("");
}

/** The letters of a term: folded, and where folding takes signs apart (™, ½, ´) also as it is given. */
function writings(term: string, spelling: Spelling): readonly (readonly string[])[] {
  if (spelling === "exact") return [[...term.trim()]];
  const given = plainSigns(term.replace(UNSEEN, "")).trim().replace(/\s+/g, " ");
  const small = [given, given.normalize("NFC")].map((text) => [...text].map(smallLetter).join(""));
  const folded = foldedTerm(term);
  const all = new Set([folded, ...small]);
  const bare = folded.replace(NO_LETTER, "");
  if (spelling === "loose" && bare.length >= FEWEST_BARE) all.add(bare);
  return [...all].map((text) => [...text.replace(SHARP_S, "ß")]);
}

const NO_LETTER = /[^\p{L}\p{M}\p{N}]/gu;

const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** ß is SS in capitals, and in Swiss texts ss. */
const SHARP_S = /ss|ß/g;

/** The same letter small, where that is read as this one too. */
function smallLetter(letter: string): string {
  const small = letter.toLowerCase();
  return [...small].length === 1 && has(unfolded(small), letter.codePointAt(0)!) ? small : letter;
}

function isBound(letter: string): boolean {
  return WORD.test(letter) && !UNSPACED.test(letter);
}

/** Where a branch stands. */
interface Standing {
  readonly spelling: Spelling;
  /** The letter in front of it; `EDGE`: a term begins, and only where no word goes on; null: one begins anywhere. */
  readonly before: string | null;
}

const EDGE = "";

function branchTree({ ends, next }: Branch, { spelling, before }: Standing): PatternTree {
  const gap = before === null || before === EDGE ? EMPTY : between(spelling);
  const options = [...next].flatMap(([letter, rest]) => {
    const on = branchTree(rest, { spelling, before: letter });
    const one = letterTree(letter, spelling);
    // tags are not seen: what one sees beside them is no part of their word
    const tag = spelling === "folded" && isBound(letter) ? tagOf(letter) : null;
    const first = before === EDGE ? sequence(assertion("no-word-before"), repeat(UNDERLINE, 0, 3), one) : one;
    const begins = tag === null || before !== EDGE ? first : choice([first, chars(tag)]);
    const whole = sequence(gap, begins, on);
    return tag === null || !rest.ends ? [whole] : [whole, sequence(gap, chars(tag))];
  });
  if (ends) {
    const bound = spelling !== "loose" && before !== null && isBound(before);
    options.push(bound ? sequence(repeat(UNDERLINE, 0, 3), assertion("no-word-after")) : EMPTY);
  }
  return options.length === 1 ? options[0]! : choice(options);
}

/** The letter and its capital written in tags; null where it is not of ASCII. */
function tagOf(letter: string): CharSet | null {
  const codes = [letter, letter.toUpperCase()].map((each) => each.codePointAt(0)!);
  if (codes.some((code) => code < 0x20 || code > 0x7e)) return null;
  return charSet(codes.map((code) => [code + TAGS, code + TAGS]));
}

const TAGS = 0xe0000;
const UNDERLINE = chars(charsOf("_"));

/** What may stand between the letters of `loose` terms: also marks that are put over or under them. */
function signs(): CharSet {
  return union(charsOf("_.*·•/\\~`+>&"), dashes(), signForms("'"), [0x300, 0x36f], SPACE);
}

/** What may stand between two letters: one tree for all of them. */
const betweens = new Map<Spelling, PatternTree>();

function between(spelling: Spelling): PatternTree {
  if (spelling === "exact") return EMPTY;
  const known = betweens.get(spelling);
  if (known !== undefined) return known;
  const tree = spelling === "folded" ? repeat(chars(unseen()), 0, null) : repeat(chars(union(unseen(), signs())), 0, 3);
  betweens.set(spelling, tree);
  return tree;
}

/** The trees of letters, by spelling: thousands of terms have few letters. */
const LETTERS: Readonly<Record<Spelling, Map<string, PatternTree>>> = {
  exact: new Map(),
  folded: new Map(),
  loose: new Map(),
};

function letterTree(letter: string, spelling: Spelling): PatternTree {
  const known = LETTERS[spelling].get(letter);
  if (known !== undefined) return known;
  const tree = makeLetterTree(letter, spelling);
  LETTERS[spelling].set(letter, tree);
  return tree;
}

function makeLetterTree(letter: string, spelling: Spelling): PatternTree {
  if (/\s/.test(letter)) return spelling === "exact" ? repeat(chars(SPACE), 1, 4) : blank(tagOf(" ")!);
  if (spelling === "exact") return written(letter);
  if (letter === "-") return hyphen(union(unfolded(letter), tagOf(letter)!));
  if (letter === "ß") {
    const s = letterTree("s", spelling);
    return choice([chars(charsOf("ßẞ")), sequence(s, between(spelling), s)]);
  }
  const set = union(
    unfolded(letter),
    charsOf(lookAlikes(letter)),
    tagOf(letter) ?? [],
    spelling === "loose" ? charsOf(LEET[letter] ?? "") : [],
  );
  const decomposed = letter.normalize("NFD");
  if (decomposed === letter) return chars(set);
  const [base, ...marks] = decomposed;
  const plain = union(unfolded(base!), charsOf(lookAlikes(base!)));
  const marked = sequence(chars(plain), ...marks.map(written));
  return choice([chars(spelling === "loose" ? union(set, plain) : set), marked]);
}

function written(letter: string): PatternTree {
  const code = letter.codePointAt(0)!;
  return chars([code, code]);
}
