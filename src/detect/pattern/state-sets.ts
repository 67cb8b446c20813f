import { grown } from "./flat-nfa.ts";

const FIRST_NODES = 256;
const FIRST_STATES = 16;
/** Slots per state at least: few are looked at in vain. */
const SLOTS_EACH = 2;

/**
 * The sets of nodes, each node once, that the states of an automaton stand for, one behind the other in one array: a
 * hostile text makes ten thousands of them, and as many objects would be collected for longer than they took to make.
 */
export class StateSets {
  /** The nodes of all states; those of one from {@link start} to the start of the next. */
  nodes: Int32Array = new Int32Array(FIRST_NODES);
  /** How many states there are. */
  size = 0;
  #starts = new Int32Array(FIRST_STATES + 1);
  #befores = new Uint8Array(FIRST_STATES);
  #hashes = new Int32Array(FIRST_STATES);
  /** States by their hash, plus one; 0: free. */
  #slots = new Int32Array(SLOTS_EACH * FIRST_STATES);
  /** By node in which round it was marked last. */
  readonly #marks: Uint32Array;
  #round = 0;

  /** For sets of nodes below `nodes`. */
  constructor(nodes: number) {
    this.#marks = new Uint32Array(nodes);
  }

  /** Where the nodes of a state begin in {@link nodes}, or of the one behind the last. */
  start(state: number): number {
    return this.#starts[state]!;
  }

  /** The kind in front that the state asks for. */
  before(state: number): number {
    return this.#befores[state]!;
  }

  /** The nodes of a state, as long as none is added. */
  nodesOf(state: number): Int32Array {
    return this.nodes.subarray(this.start(state), this.start(state + 1));
  }

  /** The state of a set, in whatever order, behind a kind, which have that hash together; -1: there is none. */
  find(set: Int32Array, before: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const state = this.#slots[slot]! - 1;
      if (this.#hashes[state] !== hash || this.#befores[state] !== before) continue;
      if (this.#isSame(state, set)) return state;
    }
    return -1;
  }

  /** Adds a set that is not found; gives its state. */
  add(set: Int32Array, before: number, hash: number): number {
    const state = this.size++;
    if (SLOTS_EACH * this.size > this.#slots.length) this.#growStates();
    const start = this.#starts[state]!;
    const end = start + set.length;
    if (end > this.nodes.length) this.nodes = grown(this.nodes, Math.max(end, 2 * this.nodes.length));
    this.nodes.set(set, start);
    this.#starts[state + 1] = end;
    this.#befores[state] = before;
    this.#hashes[state] = hash;
    this.#put(state);
    return state;
  }

  /** Forgets all. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(0);
  }

  #isSame(state: number, set: Int32Array): boolean {
    const { nodes } = this;
    const start = this.start(state);
    const end = this.start(state + 1);
    if (end - start !== set.length) return false;
    const marks = this.#marks;
    const round = ++this.#round;
    for (let at = 0; at < set.length; at++) marks[set[at]!] = round;
    for (let at = start; at < end; at++) if (marks[nodes[at]!] !== round) return false;
    return true;
  }

  #put(state: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[state]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = state + 1;
  }

  #growStates(): void {
    const states = 2 * this.#hashes.length;
    const befores = new Uint8Array(states);
    befores.set(this.#befores);
    this.#befores = befores;
    this.#starts = grown(this.#starts, states + 1);
    this.#hashes = grown(this.#hashes, states);
    this.#slots = new Int32Array(SLOTS_EACH * states);
    for (let state = 0; state < this.size - 1; state++) this.#put(state);
  }
}
