import type { JsonPath } from "../../lib/json/json.ts";
import { type Problem, problem } from "../problem.ts";
import type { Node, ScalarNode } from "./tree.ts";

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's value; undefined where it is not set, whatever its name (`toString` is no variable). */
export function variable(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** `$${` is a literal `${`; `${NAME}` and `${NAME:-default}` expand; any other `${` is a mistake. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{/g;

/** Paths whose strings are somebody else's text and are left alone. */
const LEFT_ALONE = new Set(["testing"]);

/**
 * Expands environment references in every string value, in place. A variable that is not set and has no default is
 * E003; with `:-` the default also stands for an empty one, as in a shell. Keys are never expanded.
 */
export function expandTree(root: Node, env: Environment): readonly Problem[] {
  const problems: Problem[] = [];
  const visit = (node: Node, path: JsonPath): Node => {
    if (node.kind === "list") node.items = node.items.map((item, index) => visit(item, [...path, index]));
    else if (node.kind === "map") {
      for (const [key, entry] of node.entries) {
        if (path.length === 0 && LEFT_ALONE.has(key)) continue;
        node.entries.set(key, { ...entry, node: visit(entry.node, [...path, key]) });
      }
    } else if (typeof node.value === "string" && node.value.includes("${")) {
      return expandScalar(node, path, { env, problems });
    }
    return node;
  };
  visit(root, []);
  return problems;
}

function expandScalar(
  node: ScalarNode,
  path: JsonPath,
  { env, problems }: { env: Environment; problems: Problem[] },
): ScalarNode {
  const variables: string[] = [];
  let broken = false;
  const text = String(node.value).replaceAll(REFERENCE, (whole, name?: string, fallback?: string) => {
    if (whole === "$${") return "${";
    const report = (code: "E003" | "E005", message: string) => {
      problems.push(problem({ code, at: node.origin, path, message }));
      broken = true;
      return "";
    };
    if (name === undefined) {
      return report(
        "E005",
        `cannot read an environment reference: write \${NAME} or \${NAME:-default}, and $\${ for a literal \${`,
      );
    }
    variables.push(name);
    const value = variable(env, name);
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    return value ?? report("E003", `the environment variable ${name} is not set, and \${${name}} gives no default`);
  });
  if (broken) return { ...node, broken };
  if (node.origin.kind === "default" || variables.length === 0) return { ...node, value: text };
  return { kind: "scalar", value: text, text, origin: { ...node.origin, variables } };
}
