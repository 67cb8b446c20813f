import type { Nfa } from "./nfa.ts";
import type { Assertion } from "./pattern-tree.ts";

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
  /** Per node the nodes that its forks lead to; itself where it is no fork. */
  readonly leaves: readonly Int32Array[];
}

/** The same automaton by columns. */
export function flatNfa({ nodes, starts }: Nfa): FlatNfa {
  return {
    starts,
    does: Uint8Array.from(nodes, ({ does }) => KINDS[does]),
    next: Int32Array.from(nodes, (node) => ("next" in node ? node.next : 0)),
    sets: Int32Array.from(nodes, (node) => ("set" in node ? node.set : 0)),
    rules: Int32Array.from(nodes, (node) => ("rule" in node ? node.rule : 0)),
    assertions: nodes.map((node) => (node.does === "check" ? node.assertion : null)),
    leaves: nodes.map((_, index) => leavesOf(nodes, index)),
  };
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
