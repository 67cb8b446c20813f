import type { JsonPath } from "../lib/json.ts";
import type { Environment } from "./expand.ts";
import type { Finding, LintCode, Origin } from "./problem.ts";
import type { ReadFile } from "./read.ts";
import { itemsOf, type MapNode, mapAt, member, type Node } from "./tree.ts";

/** What the checks of meaning work with: the merged tree, whatever its shape, and a place for what they find. */
export interface Inspection {
  readonly root: MapNode;
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly report: (finding: Finding) => void;
}

/** A value and where it is. */
export interface Found {
  readonly node: Node;
  readonly path: JsonPath;
}

/** The targets that are maps, with their place. */
export function targetsOf(root: MapNode): readonly { readonly node: MapNode; readonly path: JsonPath }[] {
  return itemsOf(mapAt(root, ["providers"]), "targets").flatMap((node, index) =>
    node.kind === "map" ? [{ node, path: ["providers", "targets", index] }] : [],
  );
}

/** The model groups that are maps, with their place. */
export function groupsOf(root: MapNode): readonly { readonly node: MapNode; readonly path: JsonPath }[] {
  return itemsOf(root, "model_groups").flatMap((node, index) =>
    node.kind === "map" ? [{ node, path: ["model_groups", index] }] : [],
  );
}

/** The value at a path of keys, if one is there. */
export function find(root: MapNode, ...path: readonly string[]): Found | undefined {
  const node = member(mapAt(root, path.slice(0, -1)), path.at(-1) ?? "");
  return node === undefined ? undefined : { node, path };
}

/** Reports a code at a value. */
export function reportAt(
  { report }: Inspection,
  code: LintCode,
  { node, path, message, suggestion }: Found & { message: string; suggestion?: string | undefined },
): void {
  report({ code, at: node.origin, path, message, suggestion });
}

/** Where the key `key` of a map stands. */
export function keyOrigin(map: MapNode, key: string): Origin {
  return map.entries.get(key)?.keyOrigin ?? map.origin;
}
