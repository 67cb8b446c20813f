import { type TestCase, Testing } from "../schema/config/testing.ts";
import { checkShape } from "./checks/shape.ts";
import { type ReadFile, readDocument } from "./layers/read.ts";
import { type ListNode, type MapNode, member, type Node, toPlain } from "./layers/tree.ts";
import { type Origin, type Problem, problem } from "./problem.ts";

/** Under which of these a group of cases may stand, beside its `name`. */
const GROUPS = ["suites", "cases", "tests"] as const;

/** A file of cases, or everything that is wrong with it. */
export interface ReadCases {
  readonly cases: readonly TestCase[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a file of cases for `weir policy test`, YAML or JSON: one case, a list of them, or groups of cases under
 * `suites`, `cases` or `tests`. Never throws.
 */
export function readCases(file: string, readFile: ReadFile): ReadCases {
  const read = readDocument(file, readFile);
  const at: Origin = { kind: "file", file, line: 1, column: 1 };
  const root = read.root === undefined ? jsonRoot(file, readFile, at) : read.root;
  if (root === undefined) return { cases: [], problems: read.problems };
  if (root === null) return { cases: [], problems: [] };
  if (root.kind === "scalar") {
    const message = "cannot read this file of cases: it must hold a case, or a list of cases";
    return { cases: [], problems: [problem({ code: "E005", at: root.origin, path: [], message })] };
  }
  const suites: ListNode = { kind: "list", items: [...casesIn(root)], origin: root.origin };
  const entries = new Map([["suites", { node: suites, keyOrigin: root.origin }]]);
  const whole: MapNode = { kind: "map", entries, origin: at };
  const problems = checkShape(Testing, whole);
  return { cases: problems.length > 0 ? [] : (toPlain(suites) as TestCase[]), problems };
}

/** The cases that stand in a node: itself, its items, or what its groups hold, in their order. */
export function casesIn(node: Node): readonly Node[] {
  if (node.kind === "list") return node.items.flatMap(casesIn);
  const groups = GROUPS.flatMap((key) => member(node, key) ?? []);
  return groups.length > 0 && member(node, "input") === undefined ? groups.flatMap(casesIn) : [node];
}

/** JSON that YAML does not take, such as one indented by tabs. Its lines are not known. */
function jsonRoot(file: string, readFile: ReadFile, at: Origin): Node | undefined {
  if (!file.toLowerCase().endsWith(".json")) return undefined;
  try {
    return nodeOf(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(readFile(file))), at);
  } catch {
    return undefined;
  }
}

function nodeOf(value: unknown, origin: Origin): Node {
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => nodeOf(item, origin)), origin };
  if (typeof value !== "object" || value === null) return { kind: "scalar", value: value as string | null, origin };
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, { node: nodeOf(inner, origin), keyOrigin: origin }] as const,
  );
  return { kind: "map", entries: new Map(entries), origin };
}
