import { showPath } from "../lib/json.ts";
import { find, type Inspection, keyOrigin, reportAt } from "./inspection.ts";
import { isNull, mapAt, type Node } from "./tree.ts";
import { isInChain } from "./warn-of-roles.ts";

/** Policies that look for what their settings name, and the settings that name it. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  "dlp-filter": ["blocked_terms", "detect_patterns"],
  "language-validator": ["allowed_languages", "denied_languages"],
};
/** Policies that read words with mistakes in them where they are told to. */
const FUZZY = ["dlp-filter", "safety-filter"];

/** Warns of policies that look for nothing, and of a distance that nobody measures. */
export function warnOfIdle(inspection: Inspection): void {
  const { root, report } = inspection;
  for (const [kind, keys] of Object.entries(NAMED)) {
    if (!isInChain(root, kind) || keys.some((key) => holdsAny(find(root, "policy", kind, key)?.node))) continue;
    const at = keyOrigin(mapAt(root, ["policy"]) ?? root, kind);
    const path = ["policy", kind];
    report({ code: "W010", at, path, message: `${showPath(path)} looks for nothing: give it ${keys.join(" or ")}` });
  }
  for (const kind of FUZZY) {
    const distance = find(root, "policy", kind, "max_distance");
    if (distance === undefined || isNull(distance.node) || !isInChain(root, kind)) continue;
    const fuzzy = find(root, "policy", kind, "fuzzy_matching")?.node;
    const isOff = fuzzy === undefined || isNull(fuzzy) || (fuzzy.kind === "scalar" && fuzzy.value === false);
    const message = `${showPath(distance.path)} has no effect without fuzzy_matching: true`;
    if (isOff) reportAt(inspection, "W010", { ...distance, message });
  }
}

function holdsAny(node: Node | undefined): boolean {
  if (node?.kind === "list") return node.items.length > 0;
  return node?.kind === "map" ? node.entries.size > 0 : node !== undefined && !isNull(node);
}
