import type { CharSet } from "./char-set.ts";

/** A condition on the characters left and right of a position. */
export type Assertion =
  | "text-start"
  | "text-end"
  | "line-start"
  | "line-end"
  | "word-edge"
  | "no-word-edge"
  /** Boundaries of recognisers: what may not stand in front, and behind. */
  | "no-word-before"
  | "no-letter-before"
  | "no-digit-before"
  | "no-word-after"
  | "no-letter-after"
  | "no-digit-after";

/** A pattern as a tree. `most` null: as often as one likes. */
export type PatternTree =
  | { readonly is: "chars"; readonly set: CharSet }
  | { readonly is: "sequence"; readonly parts: readonly PatternTree[] }
  | { readonly is: "choice"; readonly options: readonly PatternTree[] }
  | {
      readonly is: "repeat";
      readonly body: PatternTree;
      readonly least: number;
      readonly most: number | null;
      /** Whether it was written so that as few as possible are meant. */
      readonly isLazy?: true;
    }
  /** Characters of a set, up to and with the first row of signs that are of the sets in `stop`, one by one. */
  | { readonly is: "until"; readonly set: CharSet; readonly stop: readonly CharSet[] }
  | { readonly is: "assertion"; readonly assertion: Assertion };

/** Matches the empty text. */
export const EMPTY: PatternTree = { is: "sequence", parts: [] };

/** One after the other. */
export const sequence = (...parts: readonly PatternTree[]): PatternTree => ({ is: "sequence", parts });
/** One of them. */
export const choice = (options: readonly PatternTree[]): PatternTree => ({ is: "choice", options });
/** One character of a set. */
export const chars = (set: CharSet): PatternTree => ({ is: "chars", set });
/** A condition. */
export const assertion = (name: Assertion): PatternTree => ({ is: "assertion", assertion: name });
/** Up to the first row of signs; any two of the sets in `stop` are equal or have nothing in common, and are within `set`. */
export const until = (set: CharSet, stop: readonly CharSet[]): PatternTree => ({ is: "until", set, stop });
/** Several times. */
export const repeat = (body: PatternTree, least: number, most: number | null): PatternTree => ({
  is: "repeat",
  body,
  least,
  most,
});

const MIRRORED: Readonly<Record<Assertion, Assertion>> = {
  "text-start": "text-end",
  "text-end": "text-start",
  "line-start": "line-end",
  "line-end": "line-start",
  "word-edge": "word-edge",
  "no-word-edge": "no-word-edge",
  "no-word-before": "no-word-after",
  "no-letter-before": "no-letter-after",
  "no-digit-before": "no-digit-after",
  "no-word-after": "no-word-before",
  "no-letter-after": "no-letter-before",
  "no-digit-after": "no-digit-before",
};

/** The pattern of the same texts read backwards; where they go up to a first row of signs, of those up to a later one, too. */
export function reversed(tree: PatternTree): PatternTree {
  switch (tree.is) {
    case "chars":
      return tree;
    case "sequence":
      return { is: "sequence", parts: tree.parts.map(reversed).reverse() };
    case "choice":
      return { is: "choice", options: tree.options.map(reversed) };
    case "repeat":
      return { ...tree, body: reversed(tree.body) };
    case "until":
      return sequence(...tree.stop.map(chars).reverse(), repeat(chars(tree.set), 0, null));
    case "assertion":
      return { is: "assertion", assertion: MIRRORED[tree.assertion] };
  }
}

/** Whether the empty text can match (assertions granted). */
export function matchesEmpty(tree: PatternTree): boolean {
  switch (tree.is) {
    case "chars":
    case "until":
      return false;
    case "sequence":
      return tree.parts.every(matchesEmpty);
    case "choice":
      return tree.options.some(matchesEmpty);
    case "repeat":
      return tree.least === 0 || matchesEmpty(tree.body);
    case "assertion":
      return true;
  }
}

/** UTF-16 units of the longest text that matches; Infinity where there is none. */
export function longest(tree: PatternTree): number {
  switch (tree.is) {
    case "chars":
      return (tree.set.at(-1) ?? 0) > 0xffff ? 2 : 1;
    case "sequence":
      return tree.parts.reduce((sum, part) => sum + longest(part), 0);
    case "choice":
      return Math.max(0, ...tree.options.map(longest));
    case "repeat": {
      const each = longest(tree.body);
      return each === 0 ? 0 : each * (tree.most ?? Infinity);
    }
    case "until":
      return Infinity;
    case "assertion":
      return 0;
  }
}

/** How many automaton states a pattern takes, repeats written out. */
export function weight(tree: PatternTree): number {
  switch (tree.is) {
    case "chars":
    case "assertion":
      return 1;
    case "sequence":
      return tree.parts.reduce((sum, part) => sum + weight(part), 0);
    case "choice":
      return tree.options.reduce((sum, option) => sum + weight(option), 1);
    case "until":
      return 2 * tree.stop.length ** 2;
    case "repeat":
      return weight(tree.body) * Math.max(tree.most ?? tree.least + 1, 1) + 1;
  }
}
