import { expect, test } from "bun:test";
import { ACCEPT, FORK, flatNfa, READ } from "../../../src/detect/pattern/flat-nfa.ts";
import { buildNfa } from "../../../src/detect/pattern/nfa.ts";
import { parsePattern } from "../../../src/detect/pattern/parser.ts";

test("by columns it is the same automaton, and forks lead to what is no fork", () => {
  const parsed = parsePattern("a(?:b|c){0,3}d*");
  if ("problem" in parsed) throw new Error(parsed.problem);
  const nfa = buildNfa([{ trees: [parsed.tree] }]);
  const flat = flatNfa(nfa);
  expect(flat.does.length).toBe(nfa.nodes.length);
  for (const [index, node] of nfa.nodes.entries()) {
    expect(flat.does[index]).toBe({ read: READ, fork: FORK, check: 2, accept: ACCEPT }[node.does]);
    const leaves = [...flat.leaves[index]!];
    expect(leaves.every((leaf) => flat.does[leaf] !== FORK)).toBe(true);
    if (node.does !== "fork") expect(leaves).toEqual([index]);
  }
  // behind the first letter: b, c, d, or the end
  const second = flat.leaves[flat.next[flat.leaves[flat.starts[0]!]![0]!]!]!;
  expect(second.length).toBe(4);
});
