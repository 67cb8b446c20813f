import { type Alphabet, alphabetOf, DIGIT, EDGE, KINDS, LETTER, LINE_END, UNDERSCORE } from "./alphabet.ts";
import { ACCEPT, CHECK, type FlatNfa, flatNfa, READ } from "./flat-nfa.ts";
import { buildNfa, type NfaRule } from "./nfa.ts";
import { ascending, hashOf, isSame } from "./node-sets.ts";
import type { Assertion } from "./pattern-tree.ts";

/** The state from which nothing can match any more. */
export const DEAD = 0;

/** Entries of the table of transitions at most (4 bytes each); then it is begun anew. */
const MAX_ENTRIES = 2 ** 22;
const FIRST_STATES = 64;
const NO_NODES = new Int32Array(0);
const NO_RULES: readonly number[] = [];

/**
 * All rules as one deterministic automaton, whose states are made when a text first leads to them. Bounded: a table
 * that is full is begun anew, so **a state is only good until the next call of {@link step}**; what must live longer is
 * found again by reading the text again. Reading one character takes constant time once its state is known.
 */
export class Automaton {
  readonly alphabet: Alphabet;
  readonly #nfa: FlatNfa;
  readonly #maxStates: number;
  /** Next state by state and class; -1: not known yet. */
  #next: Int32Array;
  /** Index into #accepted by state and kind of the next character; -1: not known yet. */
  #accepts: Int32Array;
  /** The states of the other automaton that each state stands for. */
  #sets: Int32Array[] = [];
  #before: number[] = [];
  readonly #rules: (readonly number[] | undefined)[] = [];
  /** States by the hash of their sets. */
  #ids = new Map<number, number[]>();
  #starts = new Int32Array(KINDS).fill(-1);
  readonly #accepted: (readonly number[])[] = [NO_RULES];
  readonly #acceptedIds = new Map<string, number>([["", 0]]);
  /** Marks of the closure being worked out. */
  readonly #seen: Uint32Array;
  #round = 0;
  readonly #stack: number[] = [];
  readonly #found: Int32Array;
  readonly #reached: Int32Array;
  /** 1 for conditions behind which something is read. */
  readonly #asksWithin: Uint8Array;
  /** 1 for conditions that ask for the character before as well as for the next one. */
  readonly #asksBefore: Uint8Array;

  constructor(rules: readonly NfaRule[]) {
    const nfa = buildNfa(rules);
    this.alphabet = alphabetOf(nfa.sets);
    this.#nfa = flatNfa(nfa);
    this.#maxStates = Math.max(512, Math.floor(MAX_ENTRIES / this.alphabet.classes));
    const { does, next, assertions } = this.#nfa;
    this.#seen = new Uint32Array(does.length);
    this.#found = new Int32Array(does.length);
    this.#reached = new Int32Array(does.length);
    this.#asksWithin = Uint8Array.from(does, (kind, at) => (kind === CHECK && does[next[at]!] !== ACCEPT ? 1 : 0));
    this.#asksBefore = Uint8Array.from(assertions, (asked) =>
      asked === "word-edge" || asked === "no-word-edge" ? 1 : 0,
    );
    this.#next = new Int32Array(FIRST_STATES * this.alphabet.classes).fill(-1);
    this.#accepts = new Int32Array(FIRST_STATES * KINDS).fill(-1);
    this.#clear();
  }

  /** The state in front of a text, after a character of kind `before`. */
  start(before: number): number {
    const known = this.#starts[before]!;
    if (known >= 0) return known;
    const found = this.#intern(
      this.#closure(this.#nfa.starts, this.#nfa.starts.length, { before, after: null }),
      before,
    );
    this.#starts[before] = found;
    return found;
  }

  /** The state after reading a character of class `read`. */
  step(state: number, read: number): number {
    const known = this.#next[state * this.alphabet.classes + read]!;
    return known >= 0 ? known : this.#makeStep(state, read);
  }

  /** The rules that match here when a character of kind `after` follows, ascending; the same list for the same rules. */
  accepted(state: number, after: number): readonly number[] {
    return this.#accepted[this.acceptedId(state, after)]!;
  }

  /** Which rules match here, as a number for {@link acceptedBy} that stays good; 0: none. */
  acceptedId(state: number, after: number): number {
    const known = this.#accepts[state * KINDS + after]!;
    return known >= 0 ? known : this.#makeAccepted(state, after);
  }

  /** The rules that {@link acceptedId} has numbered. */
  acceptedBy(id: number): readonly number[] {
    return this.#accepted[id]!;
  }

  /** Whether what follows cannot change what matches here: nothing is read any more, nor asked of the next character. */
  isSettled(state: number): boolean {
    return this.#sets[state]!.every((node) => this.#nfa.does[node] === ACCEPT);
  }

  /** The rules that may still match from here, one character on or at this very place; ascending. */
  rulesIn(state: number): readonly number[] {
    const known = this.#rules[state];
    if (known !== undefined) return known;
    const rules = new Set<number>();
    for (const index of this.#sets[state]!) rules.add(this.#nfa.rules[index]!);
    const sorted = [...rules].sort((a, b) => a - b);
    this.#rules[state] = sorted;
    return sorted;
  }

  /** The rules that go on with at least one more character, and per class whether a character of it does so. */
  alive(state: number): { readonly rules: readonly number[]; readonly members: Uint8Array } {
    const members = new Uint8Array(this.alphabet.classes);
    const rules = new Set<number>();
    for (const index of this.#sets[state]!) {
      if (this.#nfa.does[index] !== READ) continue;
      rules.add(this.#nfa.rules[index]!);
      const set = this.alphabet.members[this.#nfa.sets[index]!]!;
      for (let at = 0; at < set.length; at++) members[at]! |= set[at]!;
    }
    return { rules: [...rules].sort((a, b) => a - b), members };
  }

  #clear(): void {
    this.#sets = [new Int32Array(0)];
    this.#before = [EDGE];
    this.#ids = new Map();
    this.#rules.length = 0;
    this.#starts.fill(-1);
    this.#next.fill(-1);
    this.#accepts.fill(-1);
    this.#next.fill(DEAD, 0, this.alphabet.classes);
    this.#accepts.fill(0, 0, KINDS);
  }

  #makeStep(state: number, read: number): number {
    const { kinds, members } = this.alphabet;
    const { does, next, sets } = this.#nfa;
    const before = this.#before[state]!;
    const after = kinds[read]!;
    const set = this.#sets[state]!;
    const reached = this.#reached;
    let size = 0;
    // conditions at the end of a rule decide what matches, not what is read
    const within = this.#holdsAny(set, this.#asksWithin) ? this.#closure(set, set.length, { before, after }) : set;
    for (let at = 0; at < within.length; at++) {
      const node = within[at]!;
      if (does[node] === READ && members[sets[node]!]![read] === 1) reached[size++] = next[node]!;
    }
    const target = size === 0 ? NO_NODES : this.#closure(reached, size, { before: after, after: null });
    const generation = this.#ids;
    const found = this.#intern(target, after);
    // a table begun anew no longer holds the state this step began from
    if (this.#ids === generation) this.#next[state * this.alphabet.classes + read] = found;
    return found;
  }

  #makeAccepted(state: number, after: number): number {
    const rules = new Set<number>();
    const set = this.#sets[state]!;
    for (const index of this.#closure(set, set.length, { before: this.#before[state]!, after })) {
      if (this.#nfa.does[index] === ACCEPT) rules.add(this.#nfa.rules[index]!);
    }
    const sorted = [...rules].sort((a, b) => a - b);
    const key = sorted.join();
    let found = this.#acceptedIds.get(key);
    if (found === undefined) {
      found = this.#accepted.push(sorted) - 1;
      this.#acceptedIds.set(key, found);
    }
    this.#accepts[state * KINDS + after] = found;
    return found;
  }

  /** What can be reached without reading. A condition stands for itself while the next character is not known (null). */
  #closure(from: ArrayLike<number>, count: number, { before, after }: Sides): Int32Array {
    const { does, next, leaves, assertions } = this.#nfa;
    const seen = this.#seen;
    const round = ++this.#round;
    const found = this.#found;
    let size = 0;
    const stack = this.#stack;
    for (let at = 0; at < count; at++) stack.push(from[at]!);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen[index] === round) continue;
      seen[index] = round;
      const ways = leaves[index]!;
      for (let way = 0; way < ways.length; way++) {
        const node = ways[way]!;
        if (node !== index && seen[node] === round) continue;
        seen[node] = round;
        const holds = does[node] === CHECK ? decide(assertions[node]!, before, after) : null;
        if (holds === null) found[size++] = node;
        else if (holds) stack.push(next[node]!);
      }
    }
    return ascending(found.slice(0, size));
  }

  #intern(set: Int32Array, before: number): number {
    if (set.length === 0) return DEAD;
    const kept = this.#holdsAny(set, this.#asksBefore) ? before : EDGE;
    const hash = hashOf(set, kept);
    for (const known of this.#ids.get(hash) ?? []) {
      if (this.#before[known] === kept && isSame(this.#sets[known]!, set)) return known;
    }
    if (this.#sets.length >= this.#maxStates) this.#clear();
    const id = this.#sets.length;
    this.#sets.push(set);
    this.#before.push(kept);
    const alike = this.#ids.get(hash);
    if (alike === undefined) this.#ids.set(hash, [id]);
    else alike.push(id);
    if ((id + 1) * this.alphabet.classes > this.#next.length) this.#grow();
    return id;
  }

  #holdsAny(set: Int32Array, marks: Uint8Array): boolean {
    for (let at = 0; at < set.length; at++) if (marks[set[at]!] === 1) return true;
    return false;
  }

  #grow(): void {
    const states = Math.min(this.#maxStates, (this.#next.length / this.alphabet.classes) * 2);
    const next = new Int32Array(states * this.alphabet.classes).fill(-1);
    next.set(this.#next);
    this.#next = next;
    const accepts = new Int32Array(states * KINDS).fill(-1);
    accepts.set(this.#accepts);
    this.#accepts = accepts;
  }
}

/** The kinds of character beside a position; `after` null: not known. */
interface Sides {
  readonly before: number;
  readonly after: number | null;
}

const isLetter = (kind: number): boolean => kind === DIGIT || kind === LETTER;
const isWord = (kind: number): boolean => isLetter(kind) || kind === UNDERSCORE;

/** Whether a condition holds between two kinds of character; null: that depends on the next one, which is not known. */
function decide(assertion: Assertion, before: number, after: number | null): boolean | null {
  switch (assertion) {
    case "text-start":
      return before === EDGE;
    case "line-start":
      return before === EDGE || before === LINE_END;
    case "no-word-before":
      return !isWord(before);
    case "no-letter-before":
      return !isLetter(before);
    case "no-digit-before":
      return before !== DIGIT;
    case "text-end":
      return after === null ? null : after === EDGE;
    case "line-end":
      return after === null ? null : after === EDGE || after === LINE_END;
    case "no-word-after":
      return after === null ? null : !isWord(after);
    case "no-letter-after":
      return after === null ? null : !isLetter(after);
    case "no-digit-after":
      return after === null ? null : after !== DIGIT;
    case "word-edge":
      return after === null ? null : isWord(before) !== isWord(after);
    case "no-word-edge":
      return after === null ? null : isWord(before) === isWord(after);
  }
}
