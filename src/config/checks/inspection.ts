import type { TSchema } from "@sinclair/typebox";
import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { ConfigSchema, type ProviderName } from "../config.ts";
import type { Environment } from "../layers/expand.ts";
import type { ReadFile } from "../layers/read.ts";
import { itemsOf, type MapNode, mapAt, member, type Node, numberOf, textOf } from "../layers/tree.ts";
import type { Finding, LintCode, Origin } from "../problem.ts";
import { resolveProvider } from "../resolve-provider.ts";

/** What the checks of meaning work with: the merged tree, whatever its shape, and a place for what they find. */
export interface Inspection {
  readonly root: MapNode;
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly report: (finding: Finding) => void;
}

/** A value and where it is. */
export interface Found<N extends Node = Node> {
  readonly node: N;
  readonly path: JsonPath;
}

/** A map and where it is. */
export type FoundMap = Found<MapNode>;

/** What may be a map that holds something, and where it would be. */
interface Owner {
  readonly node: Node | undefined;
  readonly path: JsonPath;
}

/** The targets that are maps, with their place. */
export function targetsOf(root: MapNode): readonly FoundMap[] {
  return mapsIn({ node: mapAt(root, ["providers"]), path: ["providers"] }, "targets");
}

/** The type of a target's provider, as far as it can be known. */
export function providerTypeOf(target: MapNode): ProviderName | undefined {
  return resolveProvider({
    provider: textOf(member(target, "provider")),
    providerType: textOf(member(target, "provider_type")),
    baseUrl: textOf(member(target, "base_url")),
  });
}

/** The model groups that are maps, with their place. */
export function groupsOf(root: MapNode): readonly FoundMap[] {
  return mapsIn({ node: root, path: [] }, "model_groups");
}

/** The consumers that are maps, with their place. */
export function consumersOf(root: MapNode): readonly FoundMap[] {
  return mapsIn({ node: root, path: [] }, "consumers");
}

/** The entries of `carbon.sources` that are maps, with their place. */
export function carbonSourcesOf(root: MapNode): readonly FoundMap[] {
  return mapsIn({ node: mapAt(root, ["carbon"]), path: ["carbon"] }, "sources");
}

/** Every place in which a document says how requests are routed. */
export function routingSpots(root: MapNode): readonly Found[] {
  const strategy = find(root, "providers", "strategy");
  return [
    ...(strategy === undefined ? [] : [strategy]),
    ...foundIn(groupsOf(root), "strategy"),
    ...foundIn(consumersOf(root), "routing"),
  ];
}

/** The items of a list of a map, with their place; none where there is no such list. */
export function itemsIn({ node, path }: Owner, key: string): readonly Found[] {
  return itemsOf(node, key).map((item, index) => ({ node: item, path: [...path, key, index] }));
}

/** Those items of a list of a map that are maps, with their place. */
export function mapsIn(owner: Owner, key: string): readonly FoundMap[] {
  return itemsIn(owner, key).flatMap(({ node, path }) => (node.kind === "map" ? [{ node, path }] : []));
}

/** The values of a key, with their place, of those maps that have it. */
export function foundIn(owners: readonly Owner[], key: string): readonly Found[] {
  return owners.flatMap(({ node, path }) => {
    const value = member(node, key);
    return value === undefined ? [] : [{ node: value, path: [...path, key] }];
  });
}

/** The value at a path of keys, if one is there. */
export function find(root: MapNode, ...path: readonly string[]): Found | undefined {
  const node = member(mapAt(root, path.slice(0, -1)), path.at(-1) ?? "");
  return node === undefined ? undefined : { node, path };
}

/** The number at a path of keys: as it is written, else its default. */
export function numberAt(root: MapNode, ...path: readonly string[]): number {
  let schema: TSchema = ConfigSchema;
  for (const key of path) schema = (schema["properties"] as Readonly<Record<string, TSchema>>)[key]!;
  return numberOf(find(root, ...path)?.node) ?? (schema["default"] as number);
}

/** Reports a code at a value. */
export function reportAt(
  { report }: Inspection,
  code: LintCode,
  { node, path, message, suggestion }: Found & { message: string; suggestion?: string | undefined },
): void {
  report({ code, at: node.origin, path, message, suggestion });
}

/** Reports a key of a map; `says` goes on behind its path. */
export function reportKey(
  { report }: Inspection,
  code: LintCode,
  { node, path, key, says }: FoundMap & { key: string; says: string },
): void {
  const full = [...path, key];
  report({ code, at: keyOrigin(node, key), path: full, message: `${showPath(full)} ${says}` });
}

/** Reports a key that a map lacks (E005), and why it needs it. */
export function reportMissing(
  { report }: Inspection,
  { node, path, key, why }: FoundMap & { key: string; why: string },
): void {
  const full = [...path, key];
  report({ code: "E005", at: node.origin, path: full, message: `missing key ${showPath(full)}: ${why}` });
}

/** Whatever has the value of one before it, beside the first that has it; what has no value repeats nothing. */
export function repeatsOf<T>(
  each: readonly T[],
  read: (item: T) => string | undefined,
): readonly { readonly item: T; readonly first: T }[] {
  const firsts = new Map<string, T>();
  return each.flatMap((item) => {
    const value = read(item);
    if (value === undefined) return [];
    const first = firsts.get(value);
    if (first !== undefined) return [{ item, first }];
    firsts.set(value, item);
    return [];
  });
}

/** Reports texts that stand before them already (E004); `what` says what they are. */
export function reportRepeats(inspection: Inspection, what: string, found: readonly Found[]): void {
  for (const { item, first } of repeatsOf(found, ({ node }) => textOf(node))) {
    const message = `duplicate ${what} ${JSON.stringify(textOf(item.node))}: ${showPath(first.path)} has it already`;
    reportAt(inspection, "E004", { ...item, message });
  }
}

/** Where the key `key` of a map stands. */
export function keyOrigin(map: MapNode, key: string): Origin {
  return map.entries.get(key)?.keyOrigin ?? map.origin;
}

/** What has the form of an HTTP address under a key of a map; without a `url` where it cannot be read as one after all. */
export function addressAt(
  { node: owner, path }: FoundMap,
  key: string,
): { readonly spot: Found; readonly url: URL | undefined } | undefined {
  const node = member(owner, key);
  const text = textOf(node);
  if (node === undefined || text === undefined || !/^https?:\/\/[^\s]+$/i.test(text)) return undefined;
  return { spot: { node, path: [...path, key] }, url: urlWithHost(text) };
}

/** Reports the `base_url` of a map where `faultOf` has something to say of it (E005). */
export function checkBaseUrl(
  inspection: Inspection,
  owner: FoundMap,
  faultOf: (url: URL | undefined) => string | null,
): void {
  const address = addressAt(owner, "base_url");
  const fault = address === undefined ? null : faultOf(address.url);
  if (address === undefined || fault === null) return;
  const { spot } = address;
  reportAt(inspection, "E005", { ...spot, message: `${showPath(spot.path)} ${fault}` });
}

/** An address with a host; undefined for others, and for the `http:///v1` of an empty variable, whose host would be v1. */
function urlWithHost(text: string): URL | undefined {
  if (!URL.canParse(text) || /^https?:\/{3}/i.test(text)) return undefined;
  const url = new URL(text);
  return url.hostname === "" ? undefined : url;
}
