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
  readonly starts: readonly number[];
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
  /** Per node the nodes that its forks lead to; itself where it is no fork. */
  readonly leaves: readonly Int32Array[];
}

/** The same automaton by columns. */
export function flatNfa({ nodes, starts }: Nfa): FlatNfa {
  const does = Uint8Array.from(nodes, ({ does: what }) => KINDS[what]);
  const next = Int32Array.from(nodes, (node) => ("next" in node ? node.next : 0));
  const assertions = nodes.map((node) => (node.does === "check" ? node.assertion : null));
  const leaves = nodes.map((_, index) => leavesOf(nodes, index));
  return {
    starts,
    does,
    next,
    sets: Int32Array.from(nodes, (node) => ("set" in node ? node.set : 0)),
    rules: Int32Array.from(nodes, (node) => ("rule" in node ? node.rule : 0)),
    assertions,
    asksWithin: Uint8Array.from(does, (kind, at) => (kind === CHECK && does[next[at]!] !== ACCEPT ? 1 : 0)),
    asksBefore: asksBefore(assertions, next, leaves),
    leaves,
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
  leaves: readonly Int32Array[],
): FlatNfa["asksBefore"] {
  const asks = Uint8Array.from(assertions, (asked) => (asked === null || ASKS_NEXT.has(asked) ? 0 : 1));
  // rows of conditions are short: `$\b`
  for (let grown = true; grown; ) {
    grown = false;
    for (const [at, asked] of assertions.entries()) {
      if (asked === null || asks[at] === 1 || !leaves[next[at]!]!.some((node) => asks[node] === 1)) continue;
      asks[at] = 1;
      grown = true;
    }
  }
  return asks;
}

function leavesOf(nodes: Nfa["nodes"], from: number): Int32Array {
  if (nodes[from]!.does !== "fork") return Int32Array.of(from);
  const seen = new Set<number>();
  const leaves: number[] = [];
  const stack = [from];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const node = nodes[index]!;
    if (node.does === "fork") stack.push(...node.ways);
    else leaves.push(index);
  }
  return Int32Array.from(leaves);
}
