import { type JsonPath, showPath } from "../lib/json.ts";
import { nearest } from "../lib/nearest.ts";
import { type Found, find, groupsOf, type Inspection, reportAt, targetsOf } from "./inspection.ts";
import { itemsOf, type MapNode, member, textOf } from "./tree.ts";

/** Ids that are given twice (E004) and names that lead nowhere (E003). */
export function checkReferences(inspection: Inspection): void {
  const { root } = inspection;
  const targets = targetsOf(root);
  unique(inspection, "target id", idsOf(targets, "id"));
  for (const target of targets) unique(inspection, "model name", idsOf(mapsIn(target, "models"), "name"));
  const groups = groupsOf(root);
  unique(inspection, "model group name or alias", [
    ...idsOf(groups, "name"),
    ...groups.flatMap((group) => itemsAt(group, "aliases")),
  ]);
  const ids = targets.map((target) => textOf(member(target.node, "id"))).filter((id) => id !== undefined);
  for (const group of groups) checkGroup(inspection, group, ids);
  const chain = find(root, "policies", "chain");
  if (chain?.node.kind === "list") {
    const { node, path } = chain;
    unique(
      inspection,
      "policy kind in the chain",
      node.items.map((item, index) => ({ node: item, path: [...path, index] })),
    );
  }
}

function checkGroup(inspection: Inspection, group: { node: MapNode; path: JsonPath }, ids: readonly string[]): void {
  const named = itemsAt(group, "targets");
  unique(inspection, "target of the group", named);
  for (const target of named) {
    const id = textOf(target.node);
    if (id === undefined || ids.includes(id)) continue;
    const known = ids.length === 0 ? "there are none" : `targets: ${ids.join(", ")}`;
    const message = `${showPath(target.path)} names no target: ${JSON.stringify(id)} is unknown; ${known}`;
    reportAt(inspection, "E003", { ...target, message, suggestion: nearest(id, ids)[0] });
  }
}

function itemsAt({ node, path }: { node: MapNode; path: JsonPath }, key: string): readonly Found[] {
  return itemsOf(node, key).map((item, index) => ({ node: item, path: [...path, key, index] }));
}

function mapsIn(owner: { node: MapNode; path: JsonPath }, key: string) {
  return itemsAt(owner, key).flatMap(({ node, path }) => (node.kind === "map" ? [{ node, path }] : []));
}

function idsOf(maps: readonly { node: MapNode; path: JsonPath }[], key: string): readonly Found[] {
  return maps.flatMap(({ node, path }) => {
    const id = member(node, key);
    return id === undefined ? [] : [{ node: id, path: [...path, key] }];
  });
}

function unique(inspection: Inspection, what: string, found: readonly Found[]): void {
  const first = new Map<string, JsonPath>();
  for (const each of found) {
    const id = textOf(each.node);
    if (id === undefined) continue;
    const before = first.get(id);
    if (before === undefined) first.set(id, each.path);
    else {
      const message = `duplicate ${what} ${JSON.stringify(id)}: ${showPath(before)} has it already`;
      reportAt(inspection, "E004", { ...each, message });
    }
  }
}
