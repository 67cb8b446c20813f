import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { nearest } from "../../lib/nearest.ts";
import { providers } from "../../providers/index.ts";
import { type MapNode, member, numberOf, textOf } from "../layers/tree.ts";
import { isProvider, providerOf } from "../resolve-provider.ts";
import {
  addressAt,
  checkBaseUrl,
  type FoundMap,
  type Inspection,
  providerTypeOf,
  reportAt,
  reportKey,
  reportMissing,
  targetsOf,
} from "./inspection.ts";

/** Headers that the gateway sets: mostly those of the transport, by which a message could be read as two. */
const RESERVED_HEADERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // every request goes up with its own
  "x-request-id",
]);

/** What a single target says that cannot be: unknown providers, unusable addresses, settings of another provider. */
export function checkTargets(inspection: Inspection): void {
  for (const target of targetsOf(inspection.root)) {
    checkProvider(inspection, target);
    checkBaseUrl(inspection, target, faultOf);
    checkProxy(inspection, target);
    checkHeaders(inspection, target);
    checkEnergy(inspection, target);
  }
}

/** No more parameters can work on a token than there are. */
function checkEnergy(inspection: Inspection, { node, path }: FoundMap): void {
  const energy = member(node, "energy");
  const active = member(energy, "active_params_b");
  const [working, all] = [numberOf(active), numberOf(member(energy, "total_params_b"))];
  if (active === undefined || working === undefined || all === undefined || working <= all) return;
  const where = [...path, "energy", "active_params_b"];
  const message = `${showPath(where)} (${working}) must not be above total_params_b (${all})`;
  reportAt(inspection, "E007", { node: active, path: where, message });
}

function checkProvider(inspection: Inspection, { node, path }: FoundMap): void {
  const provider = textOf(member(node, "provider"));
  const providerType = textOf(member(node, "provider_type"));
  const type = providerTypeOf(node);
  const names = Object.keys(providers);
  if (provider === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(provider)) return;
  const spot = { node: member(node, "provider")!, path: [...path, "provider"] };
  const near = isProvider(provider) ? undefined : nearest(provider, names);
  if (type === undefined) {
    if (providerType !== undefined) return;
    const message = `unknown provider ${JSON.stringify(provider)}; this version serves: ${names.join(", ")}, and with a base_url any OpenAI-compatible service under a name of your own`;
    reportAt(inspection, "E005", { ...spot, message, suggestion: near });
    return;
  }
  if (providerType === undefined && near !== undefined && near !== type) {
    const message = `${showPath(spot.path)} ${JSON.stringify(provider)} is no provider known by name and is taken as ${type}: say so with provider_type`;
    reportAt(inspection, "W010", { ...spot, message, suggestion: near });
  }
  const facts = providerOf(type);
  if (facts.baseUrl === null && facts.transport === undefined && member(node, "base_url") === undefined) {
    reportMissing(inspection, { node, path, key: "base_url", why: `the provider ${type} has no address of its own` });
  }
  for (const key of ["faults", "tokens_per_second"]) {
    if (member(node, key) === undefined || facts.transport !== undefined) continue;
    const says = `cannot be enforced: only the simulated provider has it, this target's is ${type}`;
    reportKey(inspection, "E007", { node, path, key, says });
  }
}

function faultOf(url: URL | undefined): string | null {
  if (url === undefined) return "must be a URL with a host: it cannot be read as one";
  if (url.username !== "" || url.password !== "")
    return "must not hold a user or password: use secret_key_ref, or headers with an environment reference";
  if (url.hash !== "") return "must not have a fragment (#…)";
  return /\/(chat\/completions|completions|embeddings)\/*$/.test(url.pathname)
    ? "must be the address that /chat/completions is appended to, not that of an endpoint"
    : null;
}

function checkProxy(inspection: Inspection, target: FoundMap): void {
  const address = addressAt(target, "proxy");
  if (address === undefined) return;
  const { spot, url } = address;
  const type = providerTypeOf(target.node);
  if (url === undefined || !/^\/?$/.test(url.pathname + url.search + url.hash)) {
    const message = `${showPath(spot.path)} must be the address of a proxy, such as http://proxy.example:3128`;
    reportAt(inspection, "E005", { ...spot, message });
  } else if (type !== undefined && providerOf(type).transport !== undefined) {
    const message = `${showPath(spot.path)} cannot be enforced: the provider ${type} asks nobody`;
    reportAt(inspection, "E007", { ...spot, message });
  }
}

function checkHeaders(inspection: Inspection, { node, path }: FoundMap): void {
  const complain = (name: string, where: JsonPath, at: MapNode["origin"]) => {
    const message = `${showPath(where)} cannot be enforced: the header ${name.toLowerCase()} is set by the gateway itself`;
    inspection.report({ code: "E007", at, path: where, message });
  };
  const headers = member(node, "headers");
  if (headers?.kind === "map") {
    const seen = new Map<string, string>();
    for (const [name, entry] of headers.entries) {
      const where = [...path, "headers", name];
      if (RESERVED_HEADERS.has(name.toLowerCase())) complain(name, where, entry.keyOrigin);
      const twin = seen.get(name.toLowerCase());
      seen.set(name.toLowerCase(), name);
      if (twin === undefined) continue;
      const message = `${showPath(where)} and ${twin} are the same header: keep one`;
      inspection.report({ code: "E007", at: entry.keyOrigin, path: where, message });
    }
  }
  checkKeyHeader(inspection, { node, path });
  const keyHeader = member(node, "api_key_header");
  const name = textOf(keyHeader);
  if (keyHeader !== undefined && name !== undefined && RESERVED_HEADERS.has(name.toLowerCase())) {
    complain(name, [...path, "api_key_header"], keyHeader.origin);
  }
}

/** A constant header in the place of the key: only one of the two could go out. */
function checkKeyHeader({ report }: Inspection, { node, path }: FoundMap): void {
  const headers = member(node, "headers");
  const keyHeader = (textOf(member(node, "api_key_header")) ?? "Authorization").toLowerCase();
  const type = providerTypeOf(node);
  const hasKey =
    member(node, "secret_key_ref") !== undefined || (type !== undefined && providerOf(type).apiKeyEnv !== null);
  if (headers?.kind !== "map" || !hasKey) return;
  for (const [name, entry] of headers.entries) {
    if (name.toLowerCase() !== keyHeader) continue;
    const where = [...path, "headers", name];
    const message = `${showPath(where)} and the key of this target go out in the same header: keep one, or name another with api_key_header`;
    report({ code: "E007", at: entry.keyOrigin, path: where, message });
  }
}
