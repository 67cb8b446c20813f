import { showPath } from "../../lib/json/json.ts";
import { isNull, mapAt, type Node, scalarOf } from "../layers/tree.ts";
import { find, foundIn, type Inspection, reportAt, reportKey, targetsOf } from "./inspection.ts";
import { isInChain } from "./unknown-roles.ts";

/** Policies that look for what their settings name, and the settings that name it. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  "dlp-filter": ["blocked_terms", "detect_patterns"],
  "language-validator": ["allowed_languages", "denied_languages"],
};
/** Policies that read words with mistakes in them where they are told to. */
const FUZZY = ["dlp-filter", "safety-filter"];

/** Policies that take out of texts what must not be kept. */
const REDACTING = ["pii-detector", "dlp-filter"];

/**
 * Warns of policies that look for nothing, of a `max_distance` without `fuzzy_matching`, of texts that are kept without
 * having been redacted, and of blocks that are off by default.
 */
export function warnOfIdle(inspection: Inspection): void {
  const { root } = inspection;
  warnOfDormant(inspection);
  warnOfUnredacted(inspection);
  for (const [kind, keys] of Object.entries(NAMED)) {
    if (!isInChain(root, kind) || keys.some((key) => holdsAny(find(root, "policy", kind, key)?.node))) continue;
    const block = { node: mapAt(root, ["policy"]) ?? root, path: ["policy"] };
    reportKey(inspection, "W010", { ...block, key: kind, says: `looks for nothing: give it ${keys.join(" or ")}` });
  }
  for (const kind of FUZZY) {
    const distance = find(root, "policy", kind, "max_distance");
    if (distance === undefined || isNull(distance.node) || !isInChain(root, kind)) continue;
    const fuzzy = find(root, "policy", kind, "fuzzy_matching")?.node;
    const isOff = fuzzy === undefined || isNull(fuzzy) || scalarOf(fuzzy) === false;
    const message = `${showPath(distance.path)} has no effect without fuzzy_matching: true`;
    if (isOff) reportAt(inspection, "W010", { ...distance, message });
  }
}

/** Its name promises what another policy does. */
function warnOfUnredacted(inspection: Inspection): void {
  const { root } = inspection;
  const content = find(root, "policy", "audit-logger", "content");
  if (content === undefined || scalarOf(content.node) !== "redacted" || !isInChain(root, "audit-logger")) return;
  if (REDACTING.some((kind) => isInChain(root, kind))) return;
  const message = `${showPath(content.path)} keeps texts as they came, since no policy in the chain redacts: add ${REDACTING.join(" or ")}, or write hash`;
  reportAt(inspection, "W010", { ...content, message });
}

/** Whoever writes such a block wants it, and `enabled` is easily forgotten; with `enabled: false` it is meant so. */
function warnOfDormant(inspection: Inspection): void {
  const probes = foundIn(targetsOf(inspection.root), "health_probe");
  for (const found of [...probes, find(inspection.root, "providers", "routing", "hedge")]) {
    if (found?.node.kind !== "map" || found.node.entries.has("enabled")) continue;
    const message = `${showPath(found.path)} has no effect without enabled: true`;
    reportAt(inspection, "W010", { ...found, message });
  }
}

function holdsAny(node: Node | undefined): boolean {
  if (node?.kind === "list") return node.items.length > 0;
  return node?.kind === "map" ? node.entries.size > 0 : node !== undefined && !isNull(node);
}
