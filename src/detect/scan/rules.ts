import { inOneGo } from "../../lib/in-one-go.ts";
import { Automaton } from "../pattern/automaton.ts";
import { partsInSteps } from "../pattern/automaton-parts.ts";
import { parsePattern } from "../pattern/parser.ts";
import { assertion, type PatternTree, sequence } from "../pattern/tree.ts";
import { lookingUpProperties } from "../pattern/unicode.ts";
import type { Boundary, Head, Recogniser } from "../recognisers/recogniser.ts";
import { inAllForms, unitForms } from "../terms/written-forms.ts";

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

/** Rules to scan with. Shared by all scanners that look for the same things. */
export interface RuleSet {
  readonly rules: readonly ScanRule[];
  readonly automaton: Automaton;
  /**
   * Does one step, of some milliseconds, of what is to be made before anything is read; false: all is made. Whoever reads
   * `rules` or `automaton` before has the rest made at once.
   */
  prepare(): boolean;
}

/** Rules of a set that is yet to be made, and in between, as undefined, chances to let others run. */
export type RulesInSteps = Iterable<ScanRule | undefined>;

/** The rules in the order they count, as one automaton. */
export function ruleSet(rules: readonly ScanRule[]): RuleSet {
  return { ...inOneGo(making(rules)), prepare: () => false };
}

function* making(all: RulesInSteps): Generator<undefined, Pick<RuleSet, "rules" | "automaton">> {
  const rules: ScanRule[] = [];
  for (const rule of all) {
    if (rule === undefined) yield undefined;
    else rules.push(rule);
  }
  rules.sort((a, b) => a.priority - b.priority);
  return { rules, automaton: new Automaton(yield* partsInSteps(rules), rules.map(markOf)) };
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
 * The rule set that `key` names, made once per thread and not before it is needed (that takes a fifth of a second): a
 * configuration that is loaded anew keeps the automaton of the one before it, and what that has learnt of texts. The
 * latest few are kept.
 */
export function sharedRuleSet(key: string, rules: () => RulesInSteps): RuleSet {
  const set = remembered.get(key) ?? laterRuleSet(rules);
  remembered.delete(key);
  remembered.set(key, set);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return set;
}

/** A rule set that is made when it is needed. */
export function laterRuleSet(rules: () => RulesInSteps): RuleSet {
  let steps: ReturnType<typeof making> | null = null;
  let made: Pick<RuleSet, "rules" | "automaton"> | null = null;
  const prepare = (): boolean => {
    if (made !== null) return false;
    steps ??= making(rules());
    const step = steps.next();
    if (step.done === true) [made, steps] = [step.value, null];
    return made === null;
  };
  const whole = (): Pick<RuleSet, "rules" | "automaton"> => {
    while (prepare());
    return made!;
  };
  return {
    get rules() {
      return whole().rules;
    },
    get automaton() {
      return whole().automaton;
    },
    prepare,
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

/** The rules of recognisers, with chances to let others run: a pattern of streets takes some milliseconds. */
export function* rulesOf(recognisers: readonly Recogniser[]): Generator<ScanRule | undefined> {
  yield* lookingUpProperties();
  unitForms();
  yield undefined;
  for (const recogniser of recognisers) {
    const trees: PatternTree[] = [];
    for (const source of recogniser.patterns) {
      const parsed = parsedOf(recogniser, source);
      yield undefined;
      trees.push(treeOf(recogniser, parsed));
      yield undefined;
    }
    yield ruleWith(recogniser, trees);
  }
}

/**
 * The rule of a recogniser, in all written forms of its digits and signs. Throws a TypeError for a pattern that cannot be
 * taken: a mistake in its file.
 */
export function ruleOf(recogniser: Recogniser): ScanRule {
  return ruleWith(
    recogniser,
    recogniser.patterns.map((source) => treeOf(recogniser, parsedOf(recogniser, source))),
  );
}

function parsedOf({ name, ignoreCase = false }: Recogniser, source: string): PatternTree {
  const parsed = parsePattern(source, { ignoreCase });
  if ("problem" in parsed) throw new TypeError(`The pattern ${source} of ${name} cannot be taken: ${parsed.problem}`);
  return parsed.tree;
}

function treeOf({ left = "letter", right = "letter", swallow }: Recogniser, parsed: PatternTree): PatternTree {
  return bounded(inAllForms(parsed), left, swallow === undefined ? right : "none");
}

function ruleWith(recogniser: Recogniser, trees: readonly PatternTree[]): ScanRule {
  const { entity, priority = PRIORITY, swallow, harmless = false } = recogniser;
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
