import { showPath } from "../../lib/json/json.ts";
import { mapAt, member, type Node, scalarOf, textOf } from "../layers/tree.ts";
import { consumersOf, type Found, find, foundIn, groupsOf, type Inspection, reportAt } from "./inspection.ts";

const LOGGER = "audit-logger";

/** What `hipaa_audit_controls` asks of the rest of a configuration: that every request is kept, and for years. */
export function checkAudit(inspection: Inspection): void {
  const { root } = inspection;
  const block = mapAt(root, ["policy", LOGGER]);
  const asked = member(block, "hipaa_audit_controls");
  const chains = chainsIn(inspection);
  if (scalarOf(asked) !== true || !chains.some(({ node }) => names(node).includes(LOGGER))) return;
  const where = `policy.${LOGGER}.hipaa_audit_controls`;
  const url = find(root, "store", "url");
  if (url !== undefined && /^memory:/i.test(textOf(url.node) ?? "")) {
    const message = `store.url memory: keeps rows until the process ends, and ${where} demands six years: use sqlite:PATH`;
    reportAt(inspection, "E007", { ...url, message });
  }
  for (const chain of chains) {
    if (names(chain.node).includes(LOGGER)) continue;
    const message = `${showPath(chain.path)} leaves ${LOGGER} out, and ${where} demands that every request is kept`;
    reportAt(inspection, "E007", { ...chain, message });
  }
}

function chainsIn({ root }: Inspection): readonly Found[] {
  const usual = find(root, "policies", "chain");
  return [...(usual === undefined ? [] : [usual]), ...foundIn([...groupsOf(root), ...consumersOf(root)], "chain")];
}

function names(chain: Node): readonly string[] {
  return chain.kind === "list" ? chain.items.flatMap((item) => textOf(item) ?? []) : [];
}
