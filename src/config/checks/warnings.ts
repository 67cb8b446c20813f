import { showPath } from "../../lib/json/json.ts";
import { listPrice, PRICES_AS_OF } from "../../lib/pricing.ts";
import { policies } from "../../policies/index.ts";
import type { SecretRef } from "../../schema/config/values.ts";
import { isNull, type MapNode, mapAt, member, scalarOf, textOf, toPlain } from "../layers/tree.ts";
import { providerOf } from "../resolve-provider.ts";
import { resolveSecret, showSecretRef } from "../secret-ref.ts";
import { secretRefs } from "./contradictions.ts";
import { warnOfRouting } from "./idle-routing.ts";
import { warnOfIdle } from "./idle-settings.ts";
import {
  consumersOf,
  type FoundMap,
  find,
  groupsOf,
  type Inspection,
  itemsIn,
  providerTypeOf,
  reportAt,
  targetsOf,
} from "./inspection.ts";
import { isMisread } from "./secret-refs.ts";
import { warnOfRoles } from "./unknown-roles.ts";

/** Everything that loads and that somebody should look at. */
export function warn(inspection: Inspection): void {
  warnOfPolicies(inspection);
  for (const ref of secretRefs(inspection.root))
    if (!isMisread(inspection, ref)) warnOfSecret(inspection, refOf(ref), ref);
  for (const target of targetsOf(inspection.root)) warnOfTarget(inspection, target);
  warnOfListener(inspection);
  warnOfRouting(inspection);
  warnOfRoles(inspection);
  warnOfIdle(inspection);
  const enabled = find(inspection.root, "pack", "enabled");
  if (enabled !== undefined && scalarOf(enabled.node) === false) {
    reportAt(inspection, "W009", {
      ...enabled,
      message: "pack.enabled is false: every model route answers 503 gateway_disabled",
    });
  }
}

/** A reference as it will be read: null takes a key out. */
function refOf({ node }: FoundMap): SecretRef {
  return Object.fromEntries(Object.entries(toPlain(node) as object).filter(([, value]) => value !== null));
}

function warnOfPolicies(inspection: Inspection): void {
  const { root, report } = inspection;
  const block = member(root, "policies");
  const chain = block?.kind === "map" ? member(block, "chain") : undefined;
  if (chain === undefined || isNull(chain)) {
    const what = block === undefined ? "there is no policies block" : "policies has no chain";
    const message = `${what}: the chain is empty and no request is looked at`;
    report({ code: "W006", at: (block ?? root).origin, path: ["policies"], message });
  }
  const owners = [{ node: mapAt(root, ["policies"]), path: ["policies"] }, ...groupsOf(root), ...consumersOf(root)];
  const places = owners.flatMap((owner) => itemsIn(owner, "chain"));
  const kinds = places.map(({ node }) => textOf(node));
  const blocks = mapAt(root, ["policy"]);
  for (const [kind, entry] of blocks?.entries ?? []) {
    if (kinds.includes(kind) || isNull(entry.node)) continue;
    const message = `policy.${kind} is configured but in no chain: it never runs`;
    report({ code: "W001", at: entry.keyOrigin, path: ["policy", kind], message });
  }
  const told = new Set<string>();
  for (const place of places) {
    const kind = textOf(place.node);
    if (kind === undefined || told.has(kind)) continue;
    told.add(kind);
    if (!Object.hasOwn(policies, kind) || member(blocks, kind) !== undefined) continue;
    const message = `${JSON.stringify(kind)} has no block in policy: it runs on its defaults`;
    reportAt(inspection, "W003", { ...place, message });
  }
}

function warnOfSecret(inspection: Inspection, ref: SecretRef, { node, path }: FoundMap): void {
  if (typeof (ref.env ?? ref.file) !== "string" || resolveSecret(ref, inspection) !== null) return;
  const effect =
    path[1] === "targets"
      ? "the target is unavailable"
      : path[0] === "carbon"
        ? "the source is not asked"
        : path[1] === "otlp"
          ? "traces and metrics are not exported"
          : path[0] === "receipts"
            ? "the gateway does not start"
            : "nobody can use what it guards";
  const missing = ref.env === undefined ? "missing" : "not set";
  const message = `${showSecretRef(ref)} is ${missing} or empty (${showPath(path)}): ${effect}`;
  inspection.report({ code: "W002", at: node.origin, path, message });
}

function warnOfTarget(inspection: Inspection, { node, path }: FoundMap): void {
  const type = providerTypeOf(node);
  if (type === undefined) return;
  const facts = providerOf(type);
  if (member(node, "secret_key_ref") === undefined && facts.apiKeyEnv !== null) {
    warnOfSecret(inspection, { env: facts.apiKeyEnv }, { node, path: [...path, "secret_key_ref"] });
  }
  if (member(node, "pricing") !== undefined) return;
  const budget = hasBudget(inspection.root);
  // what has no network costs nothing, but a budget does not know that
  if (facts.transport !== undefined && !budget) return;
  const listed = listPrice(textOf(member(node, "provider")) ?? "", textOf(member(node, "model")) ?? "") !== null;
  const cost = listed ? `its cost is estimated by the list price of ${PRICES_AS_OF}` : "its cost is unknown";
  const refused = !listed && budget ? ", and a budget refuses its requests" : "";
  const message = `${showPath(path)} has no pricing: ${cost}${refused}`;
  inspection.report({ code: "W004", at: node.origin, path: [...path, "pricing"], message });
}

function hasBudget(root: MapNode): boolean {
  const budgets = [member(root, "budgets"), ...consumersOf(root).map(({ node }) => member(node, "budget"))];
  // a budget of emissions asks for no price
  const keys = ["per_request_usd", "usd_per_day", "usd_per_month"];
  return budgets.some((budget) => keys.some((key) => member(budget, key) !== undefined));
}

function warnOfListener(inspection: Inspection): void {
  const listen = find(inspection.root, "server", "listen");
  const host = textOf(listen?.node)?.replace(/:[0-9]+$/, "");
  const keyed = consumersOf(inspection.root).length > 0;
  if (listen !== undefined && host !== undefined && !isLoopback(host) && !keyed) {
    const message =
      "server.listen is open to other machines and callers need no key: name consumers, bind it to 127.0.0.1, or guard it";
    reportAt(inspection, "W005", { ...listen, message });
  }
  const open = find(inspection.root, "telemetry", "metrics", "public");
  if (open !== undefined && scalarOf(open.node) === true) {
    const message = "telemetry.metrics.public is true: everybody who reaches the listener can read the metrics";
    reportAt(inspection, "W008", { ...open, message });
  }
}

/** Whether a host of `server.listen` can be reached from this machine only. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\]|\[::ffff:127(\.[0-9]{1,3}){3}\])$/i.test(host);
}
