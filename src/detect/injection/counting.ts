/** What is counted of every block, by place in its row of numbers. */
export const SLOT = {
  characters: 0,
  words: 1,
  known: 2,
  capitals: 3,
  digits: 4,
  punctuation: 5,
  lines: 6,
  sentences: 7,
  questions: 8,
  quotes: 9,
  brackets: 10,
  markup: 11,
  foreign: 12,
  oddCase: 13,
  glued: 14,
  hardWords: 15,
  longWords: 16,
  repeats: 17,
} as const;
/** What is counted, in the order of a row. */
export const COUNTS: readonly (keyof typeof SLOT)[] = Object.keys(SLOT) as (keyof typeof SLOT)[];
/** Numbers of a row. */
export const ROW: number = COUNTS.length;

/** 1 where one whole number is below the other, else 0: counted with where a branch would be guessed wrong half the time. */
export const isBelow = (one: number, other: number): number => (one - other) >>> 31;
/** 1 where two whole numbers are the same, else 0. */
export const isSame = (one: number, other: number): number => 1 - isBelow(one, other) - isBelow(other, one);

/** a e i o u y, as bits of their columns. */
export const VOWELS: number = (1 << 0) | (1 << 4) | (1 << 8) | (1 << 14) | (1 << 20) | (1 << 24);
/** Signs that a sentence may begin behind, as bits of what `signOf` says. */
export const FRESHENING: number = (1 << 1) | (1 << 2) | (1 << 4);
/** What a sign counts as, by what `signOf` says. */
export const SIGN_SLOTS: readonly number[] = [
  SLOT.punctuation,
  SLOT.sentences,
  SLOT.quotes,
  SLOT.brackets,
  SLOT.markup,
];
