import { sha256Hex } from "../../lib/digest.ts";
import { showPath } from "../../lib/json/json.ts";
import { isDay } from "../../lib/moment.ts";
import { nearest } from "../../lib/nearest.ts";
import type { SecretRef } from "../../schema/config/values.ts";
import { isNull, itemsOf, type MapNode, member, textOf, toPlain } from "../layers/tree.ts";
import { resolveSecret } from "../secret-ref.ts";
import {
  consumersOf,
  type FoundMap,
  find,
  groupsOf,
  type Inspection,
  itemsIn,
  keyOrigin,
  repeatsOf,
  reportAt,
  targetsOf,
} from "./inspection.ts";

/** Whatever is wrong with consumers and limits beyond the shape of each value: ids, keys, names, times, scopes. */
export function checkConsumers(inspection: Inspection): void {
  const consumers = consumersOf(inspection.root);
  checkRepeats(inspection, consumers);
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

function checkRepeats(inspection: Inspection, consumers: readonly FoundMap[]): void {
  for (const { item, first } of repeatsOf(consumers, ({ node }) => textOf(member(node, "id")))) {
    const id = member(item.node, "id")!;
    const message = `duplicate consumer id ${JSON.stringify(textOf(id))}: ${showPath(first.path)} has it already`;
    reportAt(inspection, "E004", { node: id, path: [...item.path, "id"], message });
  }
  // a key is never repeated, nor is its hash
  for (const { item, first } of repeatsOf(consumers, ({ node }) => keyHash(inspection, node))) {
    const message = `duplicate key, which another consumer has: ${showPath(first.path)} has it already`;
    reportAt(inspection, "E004", { ...item, message });
  }
}

function checkKey({ report }: Inspection, { node, path }: FoundMap): void {
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

function checkModels(inspection: Inspection, consumer: FoundMap, names: readonly string[]): void {
  for (const item of itemsIn(consumer, "allowed_models")) {
    const name = textOf(item.node);
    if (name === undefined || names.includes(name)) continue;
    const message = `${showPath(item.path)} names nothing: ${JSON.stringify(name)} is no group, model or target; leave allowed_models out to allow everything`;
    reportAt(inspection, "E003", { ...item, message, suggestion: nearest(name, names) });
  }
}

function checkExpiry(inspection: Inspection, { node, path }: FoundMap): void {
  const expiry = member(node, "expires_at");
  const text = textOf(expiry);
  if (expiry === undefined || text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return;
  // JavaScript takes the 30th of February for the 2nd of March
  if (isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))) return;
  const at = [...path, "expires_at"];
  const message = `${showPath(at)} must be a date that exists, not ${JSON.stringify(text.slice(0, 40))}`;
  reportAt(inspection, "E005", { node: expiry, path: at, message });
}

function checkChain(inspection: Inspection, consumer: FoundMap): void {
  for (const { item } of repeatsOf(itemsIn(consumer, "chain"), ({ node }) => textOf(node))) {
    const message = `duplicate policy kind in the chain ${JSON.stringify(textOf(item.node))}`;
    reportAt(inspection, "E004", { ...item, message });
  }
}
