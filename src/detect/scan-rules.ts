import { Automaton } from "./pattern/automaton.ts";
import { parsePattern } from "./pattern/parser.ts";
import { assertion, type PatternTree, sequence } from "./pattern/tree.ts";
import type { Boundary, Head, Recogniser } from "./recognisers/recogniser.ts";
import { inAllForms } from "./written-forms.ts";

/** One kind of thing a scanner looks for. */
export interface ScanRule {
  /** What is found, as markers and findings name it. */
  readonly entity: string;
  /** Any of them may match. Boundaries are part of the tree. */
  readonly trees: readonly PatternTree[];
  /** Which of several matches of equal length counts: the smaller number. */
  readonly priority: number;
  /** What many rules need in front; see {@link Recogniser.needs}. */
  needs?(before: string): boolean;
  /** Which words that cannot be; see {@link Recogniser.unlessNeeded}. */
  unlessNeeded?(run: string, previous: string): string | null;
  /** What every match begins with; see {@link Recogniser.head}. */
  readonly head?: Head;
  /** Whether one can begin behind `before`; see {@link Recogniser.canBegin}. */
  canBegin?(before: string, isNext?: boolean): boolean;
  /** Whether a match is one; see {@link Recogniser.valid}. */
  valid?(text: string, before: string, isNext?: boolean): boolean;
  /** How many units at the head of a match are only its label; see {@link Recogniser.begins}. */
  begins?(text: string, before: string): number;
  /** Whether what is held can still become one; see {@link Recogniser.canBecome}. */
  canBecome?(head: string, before: string): boolean;
  /** How many units at the head of a match are what is found; see {@link Recogniser.ends}. */
  ends?(text: string): number;
  /** It passes over characters that take no place, and reads letters that are written in tags. */
  readonly passesUnseen?: boolean;
  /** In JSON it may begin in the name of a member and end in its value. */
  readonly fromNames?: boolean;
  /** It looks for entities of HTML as they are written. */
  readonly namesEntities?: boolean;
  /** It looks for a backslash, or for escapes, as they are written. */
  readonly namesEscapes?: boolean;
  /** A match is no hit, and nothing is looked for in it; see {@link Recogniser.harmless}. */
  readonly harmless?: boolean;
  /** What may follow a match without bound; see {@link Recogniser.swallow}. */
  readonly swallow?: { readonly while: RegExp; readonly until: string };
}

/** Rules ready to scan with. Shared by all scanners that look for the same things. */
export interface RuleSet {
  readonly rules: readonly ScanRule[];
  readonly automaton: Automaton;
}

/** The rules in the order they count, as one automaton. */
export function ruleSet(rules: readonly ScanRule[]): RuleSet {
  const sorted = [...rules].sort((a, b) => a.priority - b.priority);
  return { rules: sorted, automaton: new Automaton(sorted, sorted.map(markOf)) };
}

/** Mark of a state with a rule that can begin anywhere; see {@link Automaton.marksIn}. */
export const FREE = 1;
/** With a rule that needs its head. */
export const HEADED = 2;
/** With a rule that is asked whether it can begin. */
export const ASKED = 4;
/** With one that needs its head and is asked. */
export const ASKED_AND_HEADED = 8;

function markOf({ canBegin, head }: ScanRule): number {
  if (canBegin === undefined) return head === undefined ? FREE : HEADED;
  return head === undefined ? ASKED : ASKED_AND_HEADED;
}

const MAX_REMEMBERED = 16;
const remembered = new Map<string, RuleSet>();

/**
 * The rule set that `key` names, made once per thread and not before it is first looked at (that takes a tenth of a
 * second): a configuration that is loaded anew keeps the automaton of the one before it, and what that has learnt of
 * texts. The latest few are kept.
 */
export function sharedRuleSet(key: string, rules: () => readonly ScanRule[]): RuleSet {
  const set = remembered.get(key) ?? lazyRuleSet(rules);
  remembered.delete(key);
  remembered.set(key, set);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return set;
}

function lazyRuleSet(rules: () => readonly ScanRule[]): RuleSet {
  let made: RuleSet | null = null;
  const make = (): RuleSet => {
    made ??= ruleSet(rules());
    return made;
  };
  return {
    get rules() {
      return make().rules;
    },
    get automaton() {
      return make().automaton;
    },
  };
}

/** Priority of a rule that names none. */
export const PRIORITY = 50;

const BEFORE = { word: "no-word-before", letter: "no-letter-before", digit: "no-digit-before" } as const;
const AFTER = { word: "no-word-after", letter: "no-letter-after", digit: "no-digit-after" } as const;

/** A tree that only matches where its sides allow it. */
export function bounded(tree: PatternTree, left: Boundary, right: Boundary): PatternTree {
  return sequence(
    ...(left === "none" ? [] : [assertion(BEFORE[left])]),
    tree,
    ...(right === "none" ? [] : [assertion(AFTER[right])]),
  );
}

/**
 * The rule of a recogniser, in all written forms of its digits and signs. Throws a TypeError for a pattern that cannot be
 * taken: a mistake in its file.
 */
export function ruleOf(recogniser: Recogniser): ScanRule {
  const {
    name,
    entity,
    patterns,
    ignoreCase = false,
    left = "letter",
    right = "letter",
    priority = PRIORITY,
  } = recogniser;
  const { swallow, harmless = false } = recogniser;
  const trees = patterns.map((source) => {
    const parsed = parsePattern(source, { ignoreCase });
    if ("problem" in parsed) throw new TypeError(`The pattern ${source} of ${name} cannot be taken: ${parsed.problem}`);
    return bounded(inAllForms(parsed.tree), left, swallow === undefined ? right : "none");
  });
  const { valid, begins, canBecome, ends, head, needs, unlessNeeded, canBegin } = recogniser;
  return {
    entity,
    trees,
    priority,
    harmless,
    ...(valid && { valid }),
    ...(begins && { begins }),
    ...(canBecome && { canBecome }),
    ...(ends && { ends }),
    ...(head && { head }),
    ...(needs && { needs }),
    ...(unlessNeeded && { unlessNeeded }),
    ...(canBegin && { canBegin }),
    ...(swallow && { swallow: { while: new RegExp(`^${swallow.while}`, "u"), until: swallow.until ?? "" } }),
  };
}
