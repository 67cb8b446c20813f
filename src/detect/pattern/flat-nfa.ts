import type { Nfa } from "./nfa.ts";
import type { Assertion } from "./tree.ts";

/** {@link FlatNfa.does}: reads a character. */
export const READ = 0;
/** Goes on in several ways. */
export const FORK = 1;
/** Goes on where a condition holds. */
export const CHECK = 2;
/** A rule matches. */
export const ACCEPT = 3;

const KINDS = { read: READ, fork: FORK, check: CHECK, accept: ACCEPT } as const;

/** The automaton of {@link Nfa} by columns, as its states are worked out from: there are many, while a text is read. */
export interface FlatNfa {
  readonly does: Uint8Array;
  readonly next: Int32Array;
  /** The set that is read. */
  readonly sets: Int32Array;
  readonly rules: Int32Array;
  readonly assertions: readonly (Assertion | null)[];
  /** 1 for conditions behind which something is read. */
  readonly asksWithin: Uint8Array;
  /** 1 for conditions that ask for the character before, or behind which one is that does, with nothing read in between. */
  readonly asksBefore: Uint8Array;
  /**
   * Per node the nodes that its forks lead to, itself where it is no fork: those of one stand in `leaves` from its place in
   * `leafStarts` to that of the next.
   */
  readonly leaves: Int32Array;
  readonly leafStarts: Int32Array;
}

/** So many nodes are put into columns between two chances to let others run. */
const NODES_A_STEP = 4_096;

/** The same automaton by columns. Gives way now and then: all recognisers have 65,000 nodes. */
export function* flattening({ nodes }: Nfa): Generator<undefined, FlatNfa> {
  const does = new Uint8Array(nodes.length);
  const next = new Int32Array(nodes.length);
  const sets = new Int32Array(nodes.length);
  const rules = new Int32Array(nodes.length);
  const assertions: (Assertion | null)[] = [];
  for (const [index, node] of nodes.entries()) {
    does[index] = KINDS[node.does];
    if ("next" in node) next[index] = node.next;
    if ("set" in node) sets[index] = node.set;
    if ("rule" in node) rules[index] = node.rule;
    assertions.push(node.does === "check" ? node.assertion : null);
    if (index % NODES_A_STEP === 0) yield undefined;
  }
  const leaves = yield* leavesOf(nodes);
  const asksWithin = does.map((kind, at) => (kind === CHECK && does[next[at]!] !== ACCEPT ? 1 : 0));
  yield undefined;
  return {
    does,
    next,
    sets,
    rules,
    assertions,
    asksWithin,
    asksBefore: asksBefore(assertions, next, leaves),
    ...leaves,
  };
}

/** What is decided by the next character alone. */
const ASKS_NEXT: ReadonlySet<Assertion> = new Set<Assertion>([
  "text-end",
  "line-end",
  "no-word-after",
  "no-letter-after",
  "no-digit-after",
]);

function asksBefore(
  assertions: FlatNfa["assertions"],
  next: Int32Array,
  { leaves, leafStarts }: Leaves,
): FlatNfa["asksBefore"] {
  const asks = Uint8Array.from(assertions, (asked) => (asked === null || ASKS_NEXT.has(asked) ? 0 : 1));
  // rows of conditions are short: `$\b`
  for (let grown = true; grown; ) {
    grown = false;
    for (const [at, asked] of assertions.entries()) {
      if (asked === null || asks[at] === 1) continue;
      const behind = next[at]!;
      if (!leaves.subarray(leafStarts[behind], leafStarts[behind + 1]).some((node) => asks[node] === 1)) continue;
      asks[at] = 1;
      grown = true;
    }
  }
  return asks;
}

type Leaves = Pick<FlatNfa, "leaves" | "leafStarts">;

function* leavesOf(nodes: Nfa["nodes"]): Generator<undefined, Leaves> {
  const leafStarts = new Int32Array(nodes.length + 1);
  const seen = new Int32Array(nodes.length).fill(-1);
  let leaves = new Int32Array(2 * nodes.length);
  let size = 0;
  const stack: number[] = [];
  for (let from = 0; from < nodes.length; from++) {
    if (size + nodes.length > leaves.length) leaves = grown(leaves, 2 * (size + nodes.length));
    stack.push(from);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen[index] === from) continue;
      seen[index] = from;
      const node = nodes[index]!;
      if (node.does === "fork") stack.push(...node.ways);
      else leaves[size++] = index;
    }
    leafStarts[from + 1] = size;
    if (from % NODES_A_STEP === 0) yield undefined;
  }
  return { leaves: leaves.slice(0, size), leafStarts };
}

/** The numbers with room for `size` of them. */
export function grown(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const room = new Int32Array(size);
  room.set(numbers);
  return room;
}
