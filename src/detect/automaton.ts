import { type Alphabet, alphabetOf, DIGIT, EDGE, KINDS, LETTER, LINE_END } from "./alphabet.ts";
import { buildNfa, type Nfa, type NfaRule } from "./nfa.ts";
import type { Assertion } from "./pattern-tree.ts";

/** The state from which nothing can match any more. */
export const DEAD = 0;

/** Entries of the table of transitions at most (4 bytes each); then it is begun anew. */
const MAX_ENTRIES = 2 ** 21;
const FIRST_STATES = 64;
const NO_RULES: readonly number[] = [];

/**
 * All rules as one deterministic automaton, whose states are made when a text first leads to them. Bounded: a table
 * that is full is begun anew, so **a state is only good until the next call of {@link step}**; what must live longer is
 * found again by reading the text again. Reading one character takes constant time once its state is known.
 */
export class Automaton {
  readonly alphabet: Alphabet;
  readonly #nfa: Nfa;
  readonly #maxStates: number;
  /** Next state by state and class; -1: not known yet. */
  #next: Int32Array;
  /** Index into #accepted by state and kind of the next character; -1: not known yet. */
  #accepts: Int32Array;
  /** The states of the other automaton that each state stands for. */
  #sets: (readonly number[])[] = [];
  #before: number[] = [];
  readonly #rules = new Map<number, readonly number[]>();
  #ids = new Map<string, number>();
  #starts = new Int32Array(KINDS).fill(-1);
  readonly #accepted: (readonly number[])[] = [NO_RULES];
  readonly #acceptedIds = new Map<string, number>([["", 0]]);
  /** Marks of the closure being worked out. */
  readonly #seen: Uint32Array;
  #round = 0;

  constructor(rules: readonly NfaRule[]) {
    this.#nfa = buildNfa(rules);
    this.alphabet = alphabetOf(this.#nfa.sets);
    this.#maxStates = Math.max(512, Math.floor(MAX_ENTRIES / this.alphabet.classes));
    this.#seen = new Uint32Array(this.#nfa.nodes.length);
    this.#next = new Int32Array(FIRST_STATES * this.alphabet.classes).fill(-1);
    this.#accepts = new Int32Array(FIRST_STATES * KINDS).fill(-1);
    this.#clear();
  }

  /** The state in front of a text, after a character of kind `before`. */
  start(before: number): number {
    const known = this.#starts[before]!;
    if (known >= 0) return known;
    const found = this.#intern(this.#closure(this.#nfa.starts, before, null), before);
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
    const known = this.#accepts[state * KINDS + after]!;
    return this.#accepted[known >= 0 ? known : this.#makeAccepted(state, after)]!;
  }

  /** Whether what follows cannot change what matches here: nothing is read any more, nor asked of the next character. */
  isSettled(state: number): boolean {
    return this.#sets[state]!.every((node) => this.#nfa.nodes[node]!.does === "accept");
  }

  /** The rules that may still match from here, one character on or at this very place; ascending. */
  rulesIn(state: number): readonly number[] {
    const known = this.#rules.get(state);
    if (known !== undefined) return known;
    const rules = new Set<number>();
    for (const index of this.#sets[state]!) {
      const node = this.#nfa.nodes[index]!;
      if (node.does !== "fork") rules.add(node.rule);
    }
    const sorted = [...rules].sort((a, b) => a - b);
    this.#rules.set(state, sorted);
    return sorted;
  }

  /** The rules that go on with at least one more character, and per class whether a character of it does so. */
  alive(state: number): { readonly rules: readonly number[]; readonly members: Uint8Array } {
    const members = new Uint8Array(this.alphabet.classes);
    const rules = new Set<number>();
    for (const index of this.#sets[state]!) {
      const node = this.#nfa.nodes[index]!;
      if (node.does !== "read") continue;
      rules.add(node.rule);
      const set = this.alphabet.members[node.set]!;
      for (let at = 0; at < set.length; at++) members[at]! |= set[at]!;
    }
    return { rules: [...rules].sort((a, b) => a - b), members };
  }

  #clear(): void {
    this.#sets = [[]];
    this.#before = [EDGE];
    this.#ids = new Map([["", DEAD]]);
    this.#rules.clear();
    this.#starts.fill(-1);
    this.#next.fill(-1);
    this.#accepts.fill(-1);
    this.#next.fill(DEAD, 0, this.alphabet.classes);
    this.#accepts.fill(0, 0, KINDS);
  }

  #makeStep(state: number, read: number): number {
    const { kinds, members } = this.alphabet;
    const { nodes } = this.#nfa;
    const before = this.#before[state]!;
    const after = kinds[read]!;
    const reached: number[] = [];
    for (const index of this.#resolved(state, after, before)) {
      const node = nodes[index]!;
      if (node.does === "read" && members[node.set]![read] === 1) reached.push(node.next);
    }
    const target = this.#closure(reached, after, null);
    const generation = this.#ids;
    const found = this.#intern(target, after);
    // a table begun anew no longer holds the state this step began from
    if (this.#ids === generation) this.#next[state * this.alphabet.classes + read] = found;
    return found;
  }

  #makeAccepted(state: number, after: number): number {
    const rules = new Set<number>();
    for (const index of this.#resolved(state, after, this.#before[state]!)) {
      const node = this.#nfa.nodes[index]!;
      if (node.does === "accept") rules.add(node.rule);
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

  /** The states a state stands for, with the conditions decided that ask for the next character. */
  #resolved(state: number, after: number, before: number): readonly number[] {
    const set = this.#sets[state]!;
    const { nodes } = this.#nfa;
    return set.some((node) => nodes[node]!.does === "check") ? this.#closure(set, before, after) : set;
  }

  /** What can be reached without reading. A condition stands for itself while the next character is not known (null). */
  #closure(from: readonly number[], before: number, after: number | null): number[] {
    const { nodes } = this.#nfa;
    const seen = this.#seen;
    const round = ++this.#round;
    const found: number[] = [];
    const stack = [...from];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen[index] === round) continue;
      seen[index] = round;
      const node = nodes[index]!;
      if (node.does === "fork") stack.push(...node.ways);
      else if (node.does === "check") {
        const holds = decide(node.assertion, before, after);
        if (holds === null) found.push(index);
        else if (holds) stack.push(node.next);
      } else found.push(index);
    }
    return found.sort((a, b) => a - b);
  }

  #intern(set: readonly number[], before: number): number {
    const kept = set.some((index) => this.#asksBefore(index)) ? before : EDGE;
    const key = set.length === 0 ? "" : `${kept}:${set.join()}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#sets.length >= this.#maxStates) this.#clear();
    const id = this.#sets.length;
    this.#sets.push(set);
    this.#before.push(kept);
    this.#ids.set(key, id);
    if ((id + 1) * this.alphabet.classes > this.#next.length) this.#grow();
    return id;
  }

  #asksBefore(index: number): boolean {
    const node = this.#nfa.nodes[index]!;
    return node.does === "check" && (node.assertion === "word-edge" || node.assertion === "no-word-edge");
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

const isWord = (kind: number): boolean => kind === DIGIT || kind === LETTER;

/** Whether a condition holds between two kinds of character; null: that depends on the next one, which is not known. */
function decide(assertion: Assertion, before: number, after: number | null): boolean | null {
  switch (assertion) {
    case "text-start":
      return before === EDGE;
    case "line-start":
      return before === EDGE || before === LINE_END;
    case "no-word-before":
      return !isWord(before);
    case "no-digit-before":
      return before !== DIGIT;
    case "text-end":
      return after === null ? null : after === EDGE;
    case "line-end":
      return after === null ? null : after === EDGE || after === LINE_END;
    case "no-word-after":
      return after === null ? null : !isWord(after);
    case "no-digit-after":
      return after === null ? null : after !== DIGIT;
    case "word-edge":
      return after === null ? null : isWord(before) !== isWord(after);
    case "no-word-edge":
      return after === null ? null : isWord(before) === isWord(after);
  }
}
