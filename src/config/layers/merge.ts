import { type Entry, isNull, type ListNode, type MapNode, member, type Node, textOf } from "./tree.ts";

/** Lists whose items are known by a key, by their path; items of the same key are joined, every other list is replaced. */
export const KEYED_LISTS: Readonly<Record<string, string>> = {
  "providers.targets": "id",
  model_groups: "name",
  consumers: "id",
  "regions.catalogue": "code",
};

/**
 * Lays `above` over `below` and gives the result; both may be used up. Maps merge deeply, keyed lists by their key (new
 * items at the end), every other list and value is replaced. Null stays null, and means: not there.
 */
export function mergeLayers(below: MapNode, above: MapNode): MapNode {
  return mergeMaps(below, above, "");
}

function mergeMaps(below: MapNode, above: MapNode, path: string): MapNode {
  const entries = new Map(below.entries);
  for (const [key, entry] of above.entries) {
    const present = entries.get(key);
    const inner = path === "" ? key : `${path}.${key}`;
    entries.set(key, present === undefined ? entry : mergeEntries(present, entry, inner));
  }
  return { ...below, entries };
}

function mergeEntries(below: Entry, above: Entry, path: string): Entry {
  return { ...above, node: mergeNodes(below.node, above.node, path) };
}

function mergeNodes(below: Node, above: Node, path: string): Node {
  if (below.kind === "map" && above.kind === "map") return mergeMaps(below, above, path);
  const key = KEYED_LISTS[path];
  if (below.kind === "list" && above.kind === "list" && key !== undefined)
    return mergeItems(below, above, { path, key });
  return above;
}

function mergeItems(below: ListNode, above: ListNode, { path, key }: { path: string; key: string }): ListNode {
  const items = [...below.items];
  const taken = new Set<number>();
  for (const item of above.items) {
    const id = textOf(member(item, key));
    const index = items.findIndex(
      (each, at) => at < below.items.length && !taken.has(at) && id !== undefined && textOf(member(each, key)) === id,
    );
    const present = items[index];
    if (present?.kind === "map" && item.kind === "map") {
      taken.add(index);
      const merged = mergeMaps(present, item, `${path}[]`);
      // The id is what both are known by; it still comes from where it was first written.
      merged.entries.set(key, present.entries.get(key) ?? item.entries.get(key)!);
      items[index] = merged;
    } else items.push(item);
  }
  return { ...below, items };
}

/** Takes out, in place, every key whose value is null, and gives the tree back; `opaque` keys of the top are left alone. */
export function withoutNulls(root: MapNode, opaque: ReadonlySet<string>): MapNode {
  const visit = (node: Node): void => {
    if (node.kind === "list") node.items.forEach(visit);
    if (node.kind !== "map") return;
    for (const [key, entry] of node.entries) {
      if (node === root && opaque.has(key)) continue;
      if (isNull(entry.node)) node.entries.delete(key);
      else visit(entry.node);
    }
  };
  visit(root);
  return root;
}
