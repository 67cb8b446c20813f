import { isObject, type JsonObject } from "../../src/lib/json/json.ts";
import { MISTRAL_FILE } from "./vendor-schema.ts";

/**
 * What is wrong with a value under a schema of that file: unknown and missing names, wrong kinds, values outside an
 * enum, numbers out of range. As `path: problem`. Empty: it fits.
 */
export function problems(schema: unknown, value: unknown, path = "$"): string[] {
  if (!isObject(schema)) return [];
  const ref = schema["$ref"];
  if (typeof ref === "string") return problems(MISTRAL_FILE.look(ref.split("/").at(-1)!), value, path);
  const branches = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(branches)) return bestOf(schema, branches, { value, path });
  return [
    ...kindProblems(schema, value, path),
    ...memberProblems(schema, value, path),
    ...itemProblems(schema, value, path),
  ];
}

function bestOf(schema: JsonObject, branches: readonly unknown[], about: { value: unknown; path: string }): string[] {
  const { value, path } = about;
  const by = schema["discriminator"];
  if (isObject(by) && isObject(by["mapping"]) && isObject(value)) {
    const key = String(value[String(by["propertyName"])]);
    const ref = by["mapping"][key];
    return ref === undefined
      ? [`${path}: no ${String(by["propertyName"])} "${key}"`]
      : problems({ $ref: ref }, value, path);
  }
  const tried = branches.map((branch) => problems(branch, value, path)).sort((a, b) => a.length - b.length);
  return tried[0] ?? [];
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

function kindProblems(schema: JsonObject, value: unknown, path: string): string[] {
  const kinds = [schema["type"]].flat().filter((kind) => typeof kind === "string");
  if (kinds.length > 0 && !kinds.some((kind) => KINDS[kind]!(value))) return [`${path}: not ${kinds.join(" or ")}`];
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(value))
    return [`${path}: "${String(value)}" not in the enum`];
  if (schema["const"] !== undefined && schema["const"] !== value) return [`${path}: not "${String(schema["const"])}"`];
  if (typeof value === "number" && typeof schema["maximum"] === "number" && value > schema["maximum"])
    return [`${path}: too large`];
  if (typeof value === "number" && typeof schema["minimum"] === "number" && value < schema["minimum"])
    return [`${path}: too small`];
  return [];
}

function memberProblems(schema: JsonObject, value: unknown, path: string): string[] {
  if (!isObject(value)) return [];
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const missing = required.filter((name) => value[name] === undefined).map((name) => `${path}.${name}: missing`);
  const unknown = Object.keys(value)
    .filter((name) => schema["additionalProperties"] === false && properties[name] === undefined)
    .map((name) => `${path}.${name}: unknown`);
  const inner = Object.entries(value).flatMap(([name, one]) => problems(properties[name], one, `${path}.${name}`));
  return [...missing, ...unknown, ...inner];
}

function itemProblems(schema: JsonObject, value: unknown, path: string): string[] {
  if (!Array.isArray(value) || schema["items"] === undefined) return [];
  return value.flatMap((item, index) => problems(schema["items"], item, `${path}[${index}]`));
}
