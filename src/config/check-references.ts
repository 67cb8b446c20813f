import { type JsonPath, showPath } from "../lib/json.ts";
import { nearest } from "../lib/nearest.ts";
import { type Found, groupsOf, type Inspection, reportAt, targetsOf } from "./inspection.ts";
import { itemsOf, type MapNode, mapAt, member, textOf } from "./tree.ts";

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
  checkFallbacks(inspection, groups);
  const policies = mapAt(root, ["policies"]);
  const owners = policies === undefined ? groups : [{ node: policies, path: ["policies"] }, ...groups];
  for (const owner of owners) unique(inspection, "policy kind in the chain", itemsAt(owner, "chain"));
}

interface Spot {
  readonly node: MapNode;
  readonly path: JsonPath;
}

/** Groups that fall back to what is none (E003), or in a circle (E007). */
function checkFallbacks(inspection: Inspection, groups: readonly Spot[]): void {
  const namesOf = ({ node }: Spot) => [member(node, "name"), ...itemsOf(node, "aliases")].map(textOf);
  const byName = new Map(groups.flatMap((group) => namesOf(group).map((name) => [name, group])));
  byName.delete(undefined);
  const names = [...byName.keys()].filter((name) => name !== undefined);
  const next = ({ node }: Spot) => textOf(member(node, "fallback_group"));
  for (const group of groups) {
    const name = next(group);
    if (name === undefined) continue;
    const place = { node: member(group.node, "fallback_group")!, path: [...group.path, "fallback_group"] };
    const shown = showPath(place.path);
    if (!byName.has(name)) {
      const known = `${JSON.stringify(name)} is unknown; model groups: ${names.join(", ")}`;
      const message = `${shown} names no model group: ${known}`;
      reportAt(inspection, "E003", { ...place, message, suggestion: nearest(name, names)[0] });
      continue;
    }
    const seen = new Set<Spot>();
    let at = byName.get(name);
    while (at !== undefined && at !== group && !seen.has(at)) {
      seen.add(at);
      at = byName.get(next(at));
    }
    if (at !== group) continue;
    const round = [...seen].map((other) => JSON.stringify(namesOf(other)[0])).join(", then ");
    const message = `${shown} leads back to its own group${round === "" ? "" : ` by ${round}`}: a group can be asked once only`;
    reportAt(inspection, "E007", { ...place, message });
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
