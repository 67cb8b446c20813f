import { Kind, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { nearest } from "../../lib/nearest.ts";
import { describe, describeNode } from "../describe.ts";
import { spellingsIn } from "../layers/aliases.ts";
import { isNull, type Node } from "../layers/tree.ts";
import type { Finding, LintCode, Origin } from "../problem.ts";
import { isSensitive } from "../sensitive.ts";

/** Where something is wrong. */
export interface Spot {
  readonly path: JsonPath;
  /** Where the key of the value stands: what is missing in it is reported there. */
  readonly at: Origin;
  /** How the key was written, where that was an alias. */
  readonly writtenAs?: string | undefined;
}

/** A required key is not there. `spot` is the map that should hold it. */
export function missingKey(property: TSchema, { path, at }: Spot, key: string): Finding {
  const full = [...path, key];
  return { code: "E005", at, path: full, message: `missing key ${showPath(full)}: it must be ${describe(property)}` };
}

/**
 * A key stands in a map whose schema does not have it. `spot` is the key, `document` the schema of the whole: a key that
 * is at home elsewhere in it is sent there.
 */
export function unknownKey(schema: TSchema, { path, at }: Spot, document: TSchema): Finding {
  const key = String(path.at(-1));
  const own = Object.keys(schema["properties"] as Record<string, TSchema>);
  const valid = [...new Set([...own, ...spellingsIn(path.slice(0, -1))])];
  const code = (schema["unknownCode"] as LintCode | undefined) ?? "E002";
  if (code === "E001") return { code, at, path, message: unknownKind(key, valid), suggestion: nearest(key, valid) };
  const parent = path.length === 1 ? "the document" : showPath(path.slice(0, -1));
  const suggestion = foreignKey(schema, key) ?? nearest(key, valid);
  const home = suggestion === undefined ? homeOf(document, key) : undefined;
  const hint = home === undefined ? "" : ` (it stands at ${home})`;
  const message = `unknown key ${JSON.stringify(key)} in ${parent}${hint}; valid keys: ${valid.join(", ")}`;
  return { code, at, path, message, suggestion };
}

/** Ours for a word that other gateways have: `foreignKeys` of a map, in lower case without `_` and `-`. */
function foreignKey(schema: TSchema, key: string): string | undefined {
  const words = (schema["foreignKeys"] ?? {}) as Readonly<Record<string, string>>;
  const word = key.toLowerCase().replaceAll(/[_-]/g, "");
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** The highest place of a document that has such a key: `providers.retry`. Lists and maps with free keys are left out. */
function homeOf(document: TSchema, key: string): string | undefined {
  let level: { readonly path: JsonPath; readonly schema: TSchema }[] = [{ path: [], schema: document }];
  while (level.length > 0) {
    const found = level.find(({ schema }) => Object.hasOwn(membersOf(schema), key));
    if (found !== undefined) return showPath([...found.path, key]);
    level = level.flatMap(({ path, schema }) =>
      Object.entries(membersOf(schema)).map(([name, member]) => ({ path: [...path, name], schema: member })),
    );
  }
  return undefined;
}

function membersOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  return schema[Kind] === "Object" ? (schema["properties"] as Record<string, TSchema>) : {};
}

/** A free key does not have the form that keys of this map must have. */
export function wrongKey(schema: TSchema, { path, at }: Spot): Finding {
  const key = JSON.stringify(path.at(-1));
  const message = `the key ${key} in ${showPath(path.slice(0, -1))} must be ${schema["expects"] ?? "another one"}`;
  return { code: "E005", at, path, message };
}

/** A value is not what its schema asks for. */
export function wrongValue(schema: TSchema, node: Node, { path, writtenAs }: Spot): Finding {
  const words = ((schema["anyOf"] as TSchema[] | undefined) ?? [])
    .map((branch) => branch["const"] as unknown)
    .filter((word) => typeof word === "string");
  const text = node.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
  const common = { at: node.origin, path, suggestion: text === undefined ? undefined : meant(schema, text, words) };
  if (schema["unknownCode"] === "E001" && text !== undefined) {
    return { ...common, code: "E001", message: unknownKind(text, words) };
  }
  const name = path.length === 0 ? "the document" : showPath(path);
  const alias = writtenAs === undefined ? "" : ` (written as ${writtenAs})`;
  return {
    ...common,
    code: "E005",
    message: `${name}${alias} must be ${describe(schema)}, not ${found(schema, node, path)}${besides(schema, node)}`,
  };
}

/** What is still to be done where one layer set one of several keys and another layer another: maps are merged. */
function besides(schema: TSchema, node: Node): string {
  if (schema["maxProperties"] !== 1 || node.kind !== "map") return "";
  const [below, ...others] = [...node.entries].filter(([, entry]) => !isNull(entry.node));
  if (below === undefined) return "";
  const [key, { keyOrigin }] = below;
  const isElsewhere = others.some(([, other]) => layerOf(other.keyOrigin) !== layerOf(keyOrigin));
  return isElsewhere ? `: to have another in place of ${key}, set ${key} to null as well` : "";
}

function layerOf(origin: Origin): string {
  return origin.kind === "file" ? origin.file : origin.kind === "default" ? "" : origin.name;
}

/** The nearest valid word; YAML 1.1's yes and no for a boolean. */
function meant(schema: TSchema, text: string, words: readonly string[]): string | undefined {
  if (schema[Kind] !== "Boolean") return nearest(text, words);
  if (/^(y|yes|on|true)$/i.test(text)) return "true";
  return /^(n|no|off|false)$/i.test(text) ? "false" : undefined;
}

function unknownKind(name: string, valid: readonly string[]): string {
  const served = valid.length === 0 ? "none" : valid.join(", ");
  return `unknown policy kind ${JSON.stringify(name)}; this version serves: ${served}`;
}

/** What stands there instead. A value from a variable, and one that may be a secret, is not repeated. */
function found(schema: TSchema, node: Node, path: JsonPath): string {
  const variable = variableOf(node);
  if (variable !== undefined) return `the value of ${variable}`;
  const shown = describeNode(node, !isSensitive(path));
  const bare = node.kind === "scalar" && node.value !== null && typeof node.value !== "string";
  const quoted = bare && schema[Kind] === "String" && Value.Check(schema, String(node.value));
  return quoted ? `${shown}: put it in quotes` : shown;
}

/** The variable a scalar was made from. */
function variableOf(node: Node): string | undefined {
  if (node.kind !== "scalar") return undefined;
  const { origin } = node;
  if ("variables" in origin && origin.variables !== undefined)
    return origin.variables.map((name) => `\${${name}}`).join("");
  return origin.kind === "environment" ? origin.name : undefined;
}
