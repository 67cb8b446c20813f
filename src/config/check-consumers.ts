import { sha256Hex } from "../lib/digest.ts";
import { type JsonPath, showPath } from "../lib/json.ts";
import { nearest } from "../lib/nearest.ts";
import type { SecretRef } from "../schema/config-values.ts";
import { find, groupsOf, type Inspection, keyOrigin, reportAt, targetsOf } from "./inspection.ts";
import { resolveSecret } from "./secret-ref.ts";
import { isNull, itemsOf, type MapNode, member, textOf, toPlain } from "./tree.ts";

interface Spot {
  readonly node: MapNode;
  readonly path: JsonPath;
}

/** The consumers that are maps, with their place. */
export function consumersOf(root: MapNode): readonly Spot[] {
  return itemsOf(root, "consumers").flatMap((node, index) =>
    node.kind === "map" ? [{ node, path: ["consumers", index] }] : [],
  );
}

/** Whatever is wrong with consumers and limits beyond the shape of each value: ids, keys, names, times, scopes. */
export function checkConsumers(inspection: Inspection): void {
  const consumers = consumersOf(inspection.root);
  unique(inspection, consumers, { what: "consumer id", read: ({ node }) => textOf(member(node, "id")), key: "id" });
  unique(inspection, consumers, {
    what: "key, which another consumer has",
    read: ({ node }) => keyHash(inspection, node),
    key: null,
  });
  const names = modelNames(inspection.root);
  for (const consumer of consumers) {
    checkKey(inspection, consumer);
    checkModels(inspection, consumer, names);
    checkExpiry(inspection, consumer);
    checkChain(inspection, consumer);
  }
  const scope = find(inspection.root, "token_rate_limit", "scope");
  if (consumers.length === 0 && textOf(scope?.node) === "consumer") {
    const message = "token_rate_limit.scope is consumer and there are no consumers: name some, or choose another scope";
    reportAt(inspection, "E007", { ...scope!, message });
  }
}

/** SHA-256 of the key of a consumer, as far as it can be known; undefined where it cannot. */
function keyHash({ env, readFile }: Inspection, node: MapNode): string | undefined {
  const given = textOf(member(node, "key_sha256"));
  if (given !== undefined) return given.toLowerCase();
  const ref = member(node, "key_ref");
  if (ref?.kind !== "map") return undefined;
  const { env: name, file } = toPlain(ref) as SecretRef;
  const source: SecretRef = typeof name === "string" ? { env: name } : typeof file === "string" ? { file } : {};
  const key = resolveSecret(source, { env, readFile });
  return key === null ? undefined : sha256Hex(key.reveal());
}

function unique(
  inspection: Inspection,
  consumers: readonly Spot[],
  { what, read, key }: { what: string; read: (spot: Spot) => string | undefined; key: string | null },
): void {
  const first = new Map<string, JsonPath>();
  for (const consumer of consumers) {
    const value = read(consumer);
    if (value === undefined) continue;
    const before = first.get(value);
    if (before === undefined) {
      first.set(value, consumer.path);
      continue;
    }
    const path = key === null ? consumer.path : [...consumer.path, key];
    // a key is never repeated, nor is its hash
    const shown = key === null ? "" : ` ${JSON.stringify(value)}`;
    const at = (key === null ? undefined : member(consumer.node, key)?.origin) ?? consumer.node.origin;
    inspection.report({
      code: "E004",
      at,
      path,
      message: `duplicate ${what}${shown}: ${showPath(before)} has it already`,
    });
  }
}

function checkKey({ report }: Inspection, { node, path }: Spot): void {
  const given = ["key_ref", "key_sha256"].filter((key) => {
    const value = member(node, key);
    return value !== undefined && !isNull(value);
  });
  if (given.length === 1) return;
  const name = showPath(path);
  if (given.length === 0) {
    const message = `${name} has no key: give key_ref {env: NAME} or key_sha256`;
    report({ code: "E005", at: node.origin, path, message });
  } else {
    const message = `${name} has key_ref and key_sha256: keep the one that holds its key`;
    report({ code: "E007", at: keyOrigin(node, "key_sha256"), path: [...path, "key_sha256"], message });
  }
}

/** Every name a caller may ask for. */
function modelNames(root: MapNode): readonly string[] {
  const texts = (nodes: readonly Parameters<typeof textOf>[0][]) =>
    nodes.map(textOf).filter((text) => text !== undefined);
  return [
    ...groupsOf(root).flatMap(({ node }) => texts([member(node, "name"), ...itemsOf(node, "aliases")])),
    ...targetsOf(root).flatMap(({ node }) =>
      texts([
        member(node, "id"),
        member(node, "model"),
        ...itemsOf(node, "models").map((item) => (item.kind === "map" ? member(item, "name") : item)),
      ]),
    ),
  ];
}

function checkModels(inspection: Inspection, { node, path }: Spot, names: readonly string[]): void {
  itemsOf(node, "allowed_models").forEach((item, index) => {
    const name = textOf(item);
    if (name === undefined || names.includes(name)) return;
    const at = [...path, "allowed_models", index];
    const message = `${showPath(at)} names nothing: ${JSON.stringify(name)} is no group, model or target; leave allowed_models out to allow everything`;
    reportAt(inspection, "E003", { node: item, path: at, message, suggestion: nearest(name, names)[0] });
  });
}

function checkExpiry(inspection: Inspection, { node, path }: Spot): void {
  const expiry = member(node, "expires_at");
  const text = textOf(expiry);
  if (expiry === undefined || text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return;
  if (isMoment(text)) return;
  const at = [...path, "expires_at"];
  const message = `${showPath(at)} must be a date that exists, not ${JSON.stringify(text.slice(0, 40))}`;
  reportAt(inspection, "E005", { node: expiry, path: at, message });
}

/** Whether day and time exist: JavaScript takes the 30th of February for the 2nd of March. */
function isMoment(text: string): boolean {
  if (Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function checkChain(inspection: Inspection, { node, path }: Spot): void {
  const seen = new Set<string>();
  itemsOf(node, "chain").forEach((item, index) => {
    const kind = textOf(item);
    if (kind === undefined) return;
    const at = [...path, "chain", index];
    const message = `duplicate policy kind in the chain ${JSON.stringify(kind)}`;
    if (seen.has(kind)) reportAt(inspection, "E004", { node: item, path: at, message });
    seen.add(kind);
  });
}
