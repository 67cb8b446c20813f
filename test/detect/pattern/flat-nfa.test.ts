import { expect, test } from "bun:test";
import { ACCEPT, FORK, flattening, READ } from "../../../src/detect/pattern/flat-nfa.ts";
import { buildingNfa } from "../../../src/detect/pattern/nfa.ts";
import { parsePattern } from "../../../src/detect/pattern/parser.ts";
import { inOneGo } from "../../../src/lib/in-one-go.ts";

test("by columns it is the same automaton, and forks lead to what is no fork", () => {
  const parsed = parsePattern("a(?:b|c){0,3}d*");
  if ("problem" in parsed) throw new Error(parsed.problem);
  const nfa = inOneGo(buildingNfa([{ trees: [parsed.tree] }]));
  const flat = inOneGo(flattening(nfa));
  const leavesOf = (node: number) => [...flat.leaves.slice(flat.leafStarts[node], flat.leafStarts[node + 1])];
  expect(flat.does.length).toBe(nfa.nodes.length);
  for (const [index, node] of nfa.nodes.entries()) {
    expect(flat.does[index]).toBe({ read: READ, fork: FORK, check: 2, accept: ACCEPT }[node.does]);
    const leaves = leavesOf(index);
    expect(leaves.every((leaf) => flat.does[leaf] !== FORK)).toBe(true);
    if (node.does !== "fork") expect(leaves).toEqual([index]);
  }
  // behind the first letter: b, c, d, or the end
  const second = leavesOf(flat.next[leavesOf(nfa.starts[0]!)[0]!]!);
  expect(second.length).toBe(4);
});
