import type { TSchema } from "@sinclair/typebox";
import type { Endpoint } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { MAX_DEPTH } from "../../lib/json/depth.ts";
import { type JsonObject, type JsonPath, showPath } from "../../lib/json/json.ts";
import { fold, type KeyConflict, pathToKey, scanKeys } from "../../lib/json/keys.ts";
import { onceEach } from "../../lib/once.ts";
import { emptyNode, type PlaceNode, placeTree } from "../../lib/places/tree.ts";
import { REQUEST_SCHEMAS } from "../../schema/requests.ts";
import { REQUEST_PLACES } from "../../schema/text-places.ts";

/** The keys that have a meaning to Weir, by where they stand. Below a free-form map (`parameters`, `metadata`) none has. */
const knownKeys = onceEach((endpoint: Endpoint): PlaceNode => {
  const tree = placeTree(REQUEST_PLACES[endpoint]);
  addSchema(tree, REQUEST_SCHEMAS[endpoint]);
  return tree;
});

/** Adds what the schema names and the table of texts does not: numbers and flags. */
function addSchema(node: PlaceNode, schema: TSchema): void {
  for (const option of (schema["anyOf"] ?? [schema]) as readonly TSchema[]) {
    const properties = (option["properties"] ?? {}) as Readonly<Record<string, TSchema>>;
    for (const [key, property] of Object.entries(properties)) {
      const child = node.members.get(key) ?? emptyNode();
      node.members.set(key, child);
      addSchema(child, property);
    }
    if (option["items"] !== undefined) {
      node.item ??= emptyNode();
      addSchema(node.item, option["items"] as TSchema);
    }
  }
}

/** The error for a body that is nested too deeply. */
export function tooDeep(): GatewayError {
  return new GatewayError("invalid_json", `The body is nested more deeply than the ${MAX_DEPTH} levels accepted`);
}

/**
 * Refuses a body whose keys could be read in more than one way, or that is nested too deeply: a key said twice, two
 * spellings that differ in case, another spelling of a key that has a meaning (an upstream that ignores case would read
 * there what no policy read), and `__proto__`. `source` is JSON that parses to `value`. Throws `invalid_json` with the
 * place as `param`.
 */
export function refuseUnclearKeys(endpoint: Endpoint, source: string, value: unknown): void {
  const scan = scanKeys(source, MAX_DEPTH);
  if (scan.conflict !== null) throw conflictError(source, scan.conflict);
  if (scan.tooDeepAt !== null) throw tooDeep();
  if (scan.protoAt !== null) {
    const message = 'The key "__proto__" is not accepted: some programs change their own objects by it';
    throw new GatewayError("invalid_json", message, { param: shown(pathToKey(source, scan.protoAt)) });
  }
  const stray = strayKey(knownKeys(endpoint), value);
  if (stray !== null) throw strayError(stray);
}

/** The way to the first key that is a known one but for case. As deep as the table, whatever the body. */
function strayKey(node: PlaceNode, value: unknown): JsonPath | null {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return node.item === null ? null : strayInArray(node.item, value);
  if (node.members.size === 0) return null;
  for (const key of Object.keys(value)) {
    const child = node.members.get(key);
    if (child === undefined) {
      if (node.members.has(fold(key))) return [key];
    } else if (child.members.size > 0 || child.item !== null) {
      const stray = strayKey(child, (value as JsonObject)[key]);
      if (stray !== null) return [key, ...stray];
    }
  }
  return null;
}

function strayInArray(item: PlaceNode, values: readonly unknown[]): JsonPath | null {
  if (item.members.size === 0) return null;
  for (const [index, value] of values.entries()) {
    const stray = strayKey(item, value);
    if (stray !== null) return [index, ...stray];
  }
  return null;
}

function conflictError(source: string, { first, second, at }: KeyConflict): GatewayError {
  const message =
    first === second
      ? `The key ${quoted(first)} stands twice in one object: send it once`
      : `The keys ${quoted(first)} and ${quoted(second)} of one object differ only in case: send one of them`;
  return new GatewayError("invalid_json", message, { param: shown(pathToKey(source, at)) });
}

function strayError(path: JsonPath): GatewayError {
  const key = String(path.at(-1));
  const message = `The key ${quoted(key)} differs only in case from ${quoted(fold(key))}: send it in lower case`;
  return new GatewayError("invalid_json", message, { param: shown(path) });
}

/** Long enough for every key there is; a longer one is the caller's text and has no place in a message. */
const SHOWN_UNITS = 64;

function quoted(key: string): string {
  return JSON.stringify(key.slice(0, SHOWN_UNITS));
}

function shown(path: JsonPath): string {
  const steps = path.slice(0, 12).map((step) => (typeof step === "string" ? step.slice(0, SHOWN_UNITS) : step));
  return showPath(steps);
}
