import { showPath } from "../../lib/json/json.ts";
import { nearest } from "../../lib/nearest.ts";
import { itemsOf, mapAt, member, textOf } from "../layers/tree.ts";
import {
  type FoundMap,
  foundIn,
  groupsOf,
  type Inspection,
  itemsIn,
  mapsIn,
  reportAt,
  reportRepeats,
  targetsOf,
} from "./inspection.ts";

/** Ids that are given twice (E004) and names that lead nowhere (E003). */
export function checkReferences(inspection: Inspection): void {
  const { root } = inspection;
  const targets = targetsOf(root);
  reportRepeats(inspection, "target id", foundIn(targets, "id"));
  for (const target of targets) reportRepeats(inspection, "model name", foundIn(mapsIn(target, "models"), "name"));
  const groups = groupsOf(root);
  reportRepeats(inspection, "model group name or alias", [
    ...foundIn(groups, "name"),
    ...groups.flatMap((group) => itemsIn(group, "aliases")),
  ]);
  const ids = targets.map((target) => textOf(member(target.node, "id"))).filter((id) => id !== undefined);
  for (const group of groups) checkGroup(inspection, group, ids);
  checkFallbacks(inspection, groups);
  const policies = mapAt(root, ["policies"]);
  const owners = policies === undefined ? groups : [{ node: policies, path: ["policies"] }, ...groups];
  for (const owner of owners) reportRepeats(inspection, "policy kind in the chain", itemsIn(owner, "chain"));
}

/** Groups that fall back to what is none (E003), or in a circle (E007). */
function checkFallbacks(inspection: Inspection, groups: readonly FoundMap[]): void {
  const namesOf = ({ node }: FoundMap) => [member(node, "name"), ...itemsOf(node, "aliases")].map(textOf);
  const byName = new Map(groups.flatMap((group) => namesOf(group).map((name) => [name, group])));
  byName.delete(undefined);
  const names = [...byName.keys()].filter((name) => name !== undefined);
  const next = ({ node }: FoundMap) => textOf(member(node, "fallback_group"));
  for (const group of groups) {
    const name = next(group);
    if (name === undefined) continue;
    const place = { node: member(group.node, "fallback_group")!, path: [...group.path, "fallback_group"] };
    const shown = showPath(place.path);
    if (!byName.has(name)) {
      const known = `${JSON.stringify(name)} is unknown; model groups: ${names.join(", ")}`;
      const message = `${shown} names no model group: ${known}`;
      reportAt(inspection, "E003", { ...place, message, suggestion: nearest(name, names) });
      continue;
    }
    const seen = new Set<FoundMap>();
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

function checkGroup(inspection: Inspection, group: FoundMap, ids: readonly string[]): void {
  const named = itemsIn(group, "targets");
  reportRepeats(inspection, "target of the group", named);
  for (const target of named) {
    const id = textOf(target.node);
    if (id === undefined || ids.includes(id)) continue;
    const known = ids.length === 0 ? "there are none" : `targets: ${ids.join(", ")}`;
    const message = `${showPath(target.path)} names no target: ${JSON.stringify(id)} is unknown; ${known}`;
    reportAt(inspection, "E003", { ...target, message, suggestion: nearest(id, ids) });
  }
}
