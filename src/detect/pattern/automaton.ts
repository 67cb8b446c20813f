import { type Alphabet, EDGE, KINDS } from "./alphabet.ts";
import { decide, type Sides } from "./assertions.ts";
import type { Parts } from "./automaton-parts.ts";
import { ACCEPT, CHECK, type FlatNfa, READ } from "./flat-nfa.ts";
import { hashOf, holdsAny } from "./node-sets.ts";
import { StateSets } from "./state-sets.ts";

/** The state from which nothing can match any more. */
export const DEAD = 0;

/** Entries of the table of transitions at most (2 bytes each); then it is begun anew. */
const MAX_ENTRIES = 2 ** 23;
/** A transition that was not asked for yet, and more than any state. */
const UNKNOWN = 0xffff;
const FIRST_STATES = 64;
/** In {@link Automaton.#facts}: something may match in the state, whatever follows or if the right thing does. */
const MATCHES = 0x80;
/** Whether something is read in it depends on the next character. */
const ASKS = 0x40;
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
  /** Next state by state and class. */
  #next: Uint16Array;
  /** Index into #accepted by state and kind of the next character; -1: not known yet. */
  #accepts: Int32Array;
  /** By state: what the marks of its rules come to, {@link ASKS} and {@link MATCHES}. */
  #facts: Uint8Array;
  readonly #marks: readonly number[];
  /** The states of the other automaton that each state stands for. */
  readonly #sets: StateSets;
  #generation = 0; // how often the table was begun anew
  readonly #rules: (readonly number[] | undefined)[] = [];
  /** By the kind of the character in front, with all rules and then with those alone that are always in question. */
  #starts = new Int32Array(2 * KINDS).fill(-1);
  readonly #heads: readonly (readonly number[])[];
  readonly #accepted: (readonly number[])[] = [NO_RULES];
  readonly #acceptedIds = new Map<string, number>([["", 0]]);
  /** Marks of the closure being worked out. */
  readonly #seen: Uint32Array;
  #round = 0;
  readonly #stack: Int32Array;
  readonly #found: Int32Array;
  readonly #reached: Int32Array;
  /** The state in which {@link run} stopped. */
  reached = DEAD;

  /** `marks`: what each rule adds to {@link marksIn} of the states it is in, bits below {@link ASKS}. */
  constructor({ alphabet, nfa, heads }: Parts, marks: readonly number[] = []) {
    this.alphabet = alphabet;
    this.#nfa = nfa;
    this.#marks = marks;
    this.#heads = heads;
    this.#maxStates = Math.min(UNKNOWN, Math.max(512, Math.floor(MAX_ENTRIES / this.alphabet.classes)));
    const { does } = this.#nfa;
    this.#seen = new Uint32Array(does.length);
    this.#sets = new StateSets(does.length);
    this.#stack = new Int32Array(2 * does.length);
    this.#found = new Int32Array(does.length);
    this.#reached = new Int32Array(does.length);
    this.#next = new Uint16Array(FIRST_STATES * this.alphabet.classes).fill(UNKNOWN);
    this.#accepts = new Int32Array(FIRST_STATES * KINDS).fill(-1);
    this.#facts = new Uint8Array(FIRST_STATES);
    this.#clear();
  }

  /**
   * The state in front of a text, after a character of kind `before`; with `always` for those rules alone that need
   * nothing in front.
   */
  start(before: number, always = false): number {
    const place = always ? KINDS + before : before;
    const known = this.#starts[place]!;
    if (known >= 0) return known;
    const heads = this.#heads[always ? 1 : 0]!;
    this.#reached.set(heads);
    const found = this.#intern(this.#closure(heads.length, { before, after: null }), before);
    this.#starts[place] = found;
    return found;
  }

  /** The state after reading a character of class `read`. */
  step(state: number, read: number): number {
    const known = this.#next[state * this.alphabet.classes + read]!;
    return known !== UNKNOWN ? known : this.#makeStep(state, read);
  }

  /**
   * Reads on in the state {@link reached}, from `from` to `to` at most and as long as nothing matches, and gives where it
   * stopped. Stops early where a step is not known yet, in front of half a character and behind the one with which all is
   * over ({@link DEAD}).
   */
  run(text: string, from: number, to: number): number {
    const { ofUnit, kinds, classes } = this.alphabet;
    const next = this.#next;
    const facts = this.#facts;
    let state = this.reached;
    let at = from;
    while (at < to) {
      const unit = text.charCodeAt(at);
      const read = ofUnit[unit]!;
      const known = next[state * classes + read]!;
      if (known === UNKNOWN || (unit >= 0xd800 && unit < 0xdc00)) break;
      if (facts[state]! >= MATCHES && this.#accepts[state * KINDS + kinds[read]!] !== 0) break;
      state = known;
      at++;
      if (known === DEAD) break;
    }
    this.reached = state;
    return at;
  }

  /** What the marks of all rules that may still match from here come to. */
  marksIn(state: number): number {
    return this.#facts[state]! & (ASKS - 1);
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
    return this.#sets.nodesOf(state).every((node) => this.#nfa.does[node] === ACCEPT);
  }

  /** The rules that may still match from here, one character on or at this very place; ascending. */
  rulesIn(state: number): readonly number[] {
    const known = this.#rules[state];
    if (known !== undefined) return known;
    const rules = new Set<number>();
    for (const index of this.#sets.nodesOf(state)) rules.add(this.#nfa.rules[index]!);
    const sorted = [...rules].sort((a, b) => a - b);
    this.#rules[state] = sorted;
    return sorted;
  }

  /** The rules that go on with at least one more character, and per class whether a character of it does so. */
  alive(state: number): { readonly rules: readonly number[]; readonly members: Uint8Array } {
    const members = new Uint8Array(this.alphabet.classes);
    const rules = new Set<number>();
    for (const index of this.#sets.nodesOf(state)) {
      if (this.#nfa.does[index] !== READ) continue;
      rules.add(this.#nfa.rules[index]!);
      const set = this.alphabet.members[this.#nfa.sets[index]!]!;
      for (let at = 0; at < set.length; at++) members[at]! |= set[at]!;
    }
    return { rules: [...rules].sort((a, b) => a - b), members };
  }

  #clear(): void {
    this.#sets.clear();
    // the one from which nothing can match
    this.#sets.add(new Int32Array(0), EDGE, 0);
    this.#generation++;
    this.#rules.length = 0;
    this.#starts.fill(-1);
    this.#next.fill(UNKNOWN);
    this.#accepts.fill(-1);
    this.#next.fill(DEAD, 0, this.alphabet.classes);
    this.#accepts.fill(0, 0, KINDS);
  }

  #makeStep(state: number, read: number): number {
    const { kinds, members } = this.alphabet;
    const { does, next, sets } = this.#nfa;
    const after = kinds[read]!;
    const reached = this.#reached;
    // conditions at the end of a rule decide what matches, not what is read
    const asks = (this.#facts[state]! & ASKS) !== 0;
    const from = asks ? 0 : this.#sets.start(state);
    const to = asks ? this.#closureOf(state, after) : this.#sets.start(state + 1);
    const within = asks ? this.#found : this.#sets.nodes;
    let size = 0;
    for (let at = from; at < to; at++) {
      const node = within[at]!;
      if (does[node] === READ && members[sets[node]!]![read] === 1) reached[size++] = next[node]!;
    }
    if (size > 0) size = this.#closure(size, { before: after, after: null });
    const generation = this.#generation;
    const found = this.#intern(size, after);
    // a table begun anew no longer holds the state this step began from
    if (this.#generation === generation) this.#next[state * this.alphabet.classes + read] = found;
    return found;
  }

  #makeAccepted(state: number, after: number): number {
    const count = this.#closureOf(state, after);
    const rules: number[] = [];
    for (let at = 0; at < count; at++) {
      const node = this.#found[at]!;
      if (this.#nfa.does[node] === ACCEPT) rules.push(this.#nfa.rules[node]!);
    }
    const found = rules.length === 0 ? 0 : this.#acceptedIdOf([...new Set(rules)].sort((a, b) => a - b));
    this.#accepts[state * KINDS + after] = found;
    return found;
  }

  #acceptedIdOf(rules: readonly number[]): number {
    const key = rules.join();
    let found = this.#acceptedIds.get(key);
    if (found === undefined) {
      found = this.#accepted.push(rules) - 1;
      this.#acceptedIds.set(key, found);
    }
    return found;
  }

  /** How many nodes a state stands for in front of a character of kind `after`; they are in #found until the next call. */
  #closureOf(state: number, after: number): number {
    const set = this.#sets.nodesOf(state);
    this.#reached.set(set);
    return this.#closure(set.length, { before: this.#sets.before(state), after });
  }

  /**
   * How many nodes can be reached from the first of #reached without reading; they are in #found until the next call. A
   * condition stands for itself while the next character is not known (null).
   */
  #closure(count: number, { before, after }: Sides): number {
    const { does, next, leaves, leafStarts, assertions } = this.#nfa;
    const seen = this.#seen;
    const round = ++this.#round;
    const found = this.#found;
    const stack = this.#stack;
    let size = 0;
    let height = 0;
    for (; height < count; height++) stack[height] = this.#reached[height]!;
    while (height > 0) {
      const index = stack[--height]!;
      if (seen[index] === round) continue;
      seen[index] = round;
      const end = leafStarts[index + 1]!;
      for (let way = leafStarts[index]!; way < end; way++) {
        const node = leaves[way]!;
        if (node !== index && seen[node] === round) continue;
        seen[node] = round;
        const holds = does[node] === CHECK ? decide(assertions[node]!, before, after) : null;
        if (holds === null) found[size++] = node;
        else if (holds) stack[height++] = next[node]!;
      }
    }
    return size;
  }

  /** The state that stands for the first nodes of #found. */
  #intern(size: number, before: number): number {
    if (size === 0) return DEAD;
    const found = this.#found;
    const kept = holdsAny(found, size, this.#nfa.asksBefore) ? before : EDGE;
    const hash = hashOf(found, size, kept);
    const set = found.subarray(0, size);
    const known = this.#sets.find(set, kept, hash);
    if (known >= 0) return known;
    if (this.#sets.size >= this.#maxStates) this.#clear();
    const id = this.#sets.add(set, kept, hash);
    if ((id + 1) * this.alphabet.classes > this.#next.length) this.#grow();
    this.#facts[id] = this.#factsOf(size);
    return id;
  }

  #factsOf(size: number): number {
    const { does, rules } = this.#nfa;
    let facts = holdsAny(this.#found, size, this.#nfa.asksWithin) ? ASKS : 0;
    for (let at = 0; at < size; at++) {
      const node = this.#found[at]!;
      facts |= (this.#marks[rules[node]!] ?? 0) | (does[node] === READ ? 0 : MATCHES);
    }
    return facts;
  }

  #grow(): void {
    const states = Math.min(this.#maxStates, (this.#next.length / this.alphabet.classes) * 2);
    const next = new Uint16Array(states * this.alphabet.classes).fill(UNKNOWN);
    next.set(this.#next);
    this.#next = next;
    const accepts = new Int32Array(states * KINDS).fill(-1);
    accepts.set(this.#accepts);
    this.#accepts = accepts;
    const facts = new Uint8Array(states);
    facts.set(this.#facts);
    this.#facts = facts;
  }
}
