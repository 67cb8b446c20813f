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
  /** 1 for conditions behind which something is read. */
  readonly asksWithin: Uint8Array;
  /** 1 for conditions that ask for the character before as well as for the next one. */
  readonly asksBefore: Uint8Array;
  /** Per node the nodes that its forks lead to; itself where it is no fork. */
  readonly leaves: readonly Int32Array[];
}

/** The same automaton by columns. */
export function flatNfa({ nodes, starts }: Nfa): FlatNfa {
  const does = Uint8Array.from(nodes, ({ does: what }) => KINDS[what]);
  const next = Int32Array.from(nodes, (node) => ("next" in node ? node.next : 0));
  const assertions = nodes.map((node) => (node.does === "check" ? node.assertion : null));
  return {
    starts,
    does,
    next,
    sets: Int32Array.from(nodes, (node) => ("set" in node ? node.set : 0)),
    rules: Int32Array.from(nodes, (node) => ("rule" in node ? node.rule : 0)),
    assertions,
    asksWithin: Uint8Array.from(does, (kind, at) => (kind === CHECK && does[next[at]!] !== ACCEPT ? 1 : 0)),
    asksBefore: Uint8Array.from(assertions, (asked) => (asked === "word-edge" || asked === "no-word-edge" ? 1 : 0)),
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
