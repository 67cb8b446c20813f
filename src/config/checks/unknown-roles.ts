import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { isNull, itemsOf, type MapNode, mapAt, scalarOf, textOf } from "../layers/tree.ts";
import { consumersOf, find, groupsOf, type Inspection, reportKey } from "./inspection.ts";

/** Where policies that know roles name them. */
const ROLES_OF: Readonly<Record<string, readonly (readonly string[])[]>> = {
  rbac: [["roles"], ["data_access"]],
  "agent-firewall": [["tools", "roles"]],
};

/** Warns of roles that nothing reads, of roles that nobody has, and of a policy that refuses everybody. */
export function warnOfRoles(inspection: Inspection): void {
  const { root } = inspection;
  const consumers = consumersOf(root);
  const readers = Object.keys(ROLES_OF).filter((kind) => isInChain(root, kind));
  for (const consumer of consumers) {
    if (itemsOf(consumer.node, "roles").length === 0 || readers.length > 0) continue;
    const says = `has no effect: no policy in the chain knows roles (${Object.keys(ROLES_OF).join(", ")} do)`;
    reportKey(inspection, "W010", { ...consumer, key: "roles", says });
  }
  const held = new Set(consumers.flatMap(({ node }) => itemsOf(node, "roles").map(textOf)));
  for (const kind of readers) {
    for (const place of ROLES_OF[kind] ?? []) warnOfUnheld(inspection, ["policy", kind, ...place], held);
  }
  warnOfNobody(inspection, readers.includes("rbac") && consumers.length === 0);
}

/** A role without anybody in it is a slip of the pen, or a consumer's that is yet to come. */
function warnOfUnheld({ root, report }: Inspection, path: readonly string[], held: ReadonlySet<unknown>): void {
  const roles = mapAt(root, path);
  for (const [role, { node, keyOrigin: at }] of roles?.entries ?? []) {
    const full: JsonPath = [...path, role];
    if (isNull(node)) {
      const message = `${showPath(full)} is empty and counts as left out: write {} for a role that is not limited`;
      report({ code: "W010", at, path: full, message });
      continue;
    }
    if (held.has(role)) continue;
    report({ code: "W010", at, path: full, message: `${showPath(full)} has no effect: no consumer has this role` });
  }
}

/** Without consumers nobody has a key or a role. */
function warnOfNobody({ root, report }: Inspection, without: boolean): void {
  for (const key of without ? ["require_auth", "deny_if_missing"] : []) {
    const found = find(root, "policy", "rbac", key);
    if (found === undefined || scalarOf(found.node) !== true) continue;
    const message = `policy.rbac.${key} is true and there are no consumers: every request is refused`;
    report({ code: "W010", at: found.node.origin, path: found.path, message });
  }
}

/** Whether any chain names a policy. */
export function isInChain(root: MapNode, kind: string): boolean {
  const chains = [
    itemsOf(mapAt(root, ["policies"]), "chain"),
    ...[...consumersOf(root), ...groupsOf(root)].map(({ node }) => itemsOf(node, "chain")),
  ];
  return chains.some((chain) => chain.some((item) => textOf(item) === kind));
}
