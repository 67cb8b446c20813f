import { type CharSet, charsOf, has, union } from "./char-set.ts";
import { foldedTerm, unfolded, unseen } from "./fold-sets.ts";
import { assertion, chars, choice, EMPTY, type PatternTree, repeat, sequence } from "./pattern-tree.ts";
import { SPACE } from "./unicode.ts";

/**
 * How freely terms may be written. `exact`: as they are given; `folded`: in capitals or not, in other forms of the same
 * letters, with invisible characters in between; `loose`: also inside words, with signs and blanks between the letters
 * and digits in their place.
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

const SIGNS: CharSet = union(charsOf("-_.*·•'’/\\"), SPACE);
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
    ...(bounded.next.size === 0 ? [] : [sequence(assertion("no-word-before"), branchTree(bounded, spelling, null))]),
    ...(free.next.size === 0 ? [] : [branchTree(free, spelling, null)]),
  ];
  return trees.length === 0 ? null : choice(trees);
}

/** The letters of a term: folded, and where folding takes signs apart (™, ½, ´) also as it is given. */
function writings(term: string, spelling: Spelling): readonly (readonly string[])[] {
  if (spelling === "exact") return [[...term.trim()]];
  const given = term.replace(UNSEEN, "").trim().replace(/\s+/g, " ");
  const small = [given, given.normalize("NFC")].map((text) => [...text].map(smallLetter).join(""));
  return [...new Set([foldedTerm(term), ...small])].map((text) => [...text.replace(SHARP_S, "ß")]);
}

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

function branchTree({ ends, next }: Branch, spelling: Spelling, before: string | null): PatternTree {
  const options = [...next].map(([letter, rest]) =>
    sequence(
      before === null ? EMPTY : between(spelling),
      letterTree(letter, spelling),
      branchTree(rest, spelling, letter),
    ),
  );
  if (ends) {
    const bound = spelling !== "loose" && before !== null && isBound(before);
    options.push(bound ? assertion("no-word-after") : EMPTY);
  }
  return options.length === 1 ? options[0]! : choice(options);
}

/** What may stand between two letters: one tree for all of them. */
const betweens = new Map<Spelling, PatternTree>();

function between(spelling: Spelling): PatternTree {
  if (spelling === "exact") return EMPTY;
  const known = betweens.get(spelling);
  if (known !== undefined) return known;
  const tree = spelling === "folded" ? repeat(chars(unseen()), 0, null) : repeat(chars(union(unseen(), SIGNS)), 0, 3);
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
  if (/\s/.test(letter)) return repeat(chars(SPACE), 1, 4);
  if (spelling === "exact") return written(letter);
  if (letter === "ß") {
    const s = letterTree("s", spelling);
    return choice([chars(charsOf("ßẞ")), sequence(s, between(spelling), s)]);
  }
  const set = union(unfolded(letter), spelling === "loose" ? charsOf(LEET[letter] ?? "") : []);
  const decomposed = letter.normalize("NFD");
  if (decomposed === letter) return chars(set);
  const [base, ...marks] = decomposed;
  return choice([chars(set), sequence(chars(unfolded(base!)), ...marks.map(written))]);
}

function written(letter: string): PatternTree {
  const code = letter.codePointAt(0)!;
  return chars([code, code]);
}
