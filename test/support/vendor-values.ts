import fc from "fast-check";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";
import { flat, type Lookup } from "./vendor-schema.ts";

/** Values in place of what the schema would give at a path such as `$.messages[].role`; undefined: the schema's own. */
export type Instead = (path: string) => fc.Arbitrary<unknown> | undefined;

interface At {
  readonly look: Lookup;
  readonly instead: Instead;
  readonly path: string;
  readonly depth: number;
}

const DEEPEST = 8;

/** Values that fit a schema of a vendor's OpenAPI file: every optional field, every branch. */
export function valuesOf(look: Lookup, name: string, instead: Instead = () => undefined): fc.Arbitrary<JsonObject> {
  return anyOf(look(name), { look, instead, path: "$", depth: 0 }) as fc.Arbitrary<JsonObject>;
}

function anyOf(given: unknown, at: At): fc.Arbitrary<unknown> {
  const other = at.instead(at.path);
  if (other !== undefined) return other;
  const schema = flat(given, at.look);
  const fitting = fittingOf(schema, at);
  return schema["nullable"] === true ? fc.oneof({ weight: 5, arbitrary: fitting }, fc.constant(null)) : fitting;
}

function fittingOf(schema: JsonObject, at: At): fc.Arbitrary<unknown> {
  const branches = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(branches)) return branchOf(schema, branches, at);
  if (schema["const"] !== undefined) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  const kind: unknown = [schema["type"]].flat()[0] ?? (schema["properties"] === undefined ? undefined : "object");
  if (kind === "object") return objectOf(schema, at);
  if (kind === "array") return listOf(schema, at);
  return plainOf(schema, kind);
}

function branchOf(schema: JsonObject, branches: readonly unknown[], at: At): fc.Arbitrary<unknown> {
  const by = schema["discriminator"];
  if (!isObject(by) || !isObject(by["mapping"]))
    return fc.oneof(...branches.map((branch) => anyOf(branch, deeper(at))));
  const tag = String(by["propertyName"]);
  return fc.oneof(
    ...Object.entries(by["mapping"]).map(([name, ref]) =>
      anyOf({ $ref: ref }, deeper(at)).map((value) => ({ ...(value as JsonObject), [tag]: name })),
    ),
  );
}

function deeper(at: At): At {
  return { ...at, depth: at.depth + 1 };
}

function objectOf(schema: JsonObject, at: At): fc.Arbitrary<unknown> {
  const properties = (schema["properties"] ?? {}) as JsonObject;
  const required = (schema["required"] ?? []) as readonly string[];
  const names = Object.keys(properties).filter((name) => required.includes(name) || at.depth < DEEPEST);
  const members = names.map((name) => [name, anyOf(properties[name], { ...deeper(at), path: `${at.path}.${name}` })]);
  const known = fc.record<JsonObject>(Object.fromEntries(members), {
    requiredKeys: names.filter((name) => required.includes(name)),
  });
  const more = schema["additionalProperties"];
  if (!isObject(more) && (more !== true || names.length > 0)) return known;
  const value = isObject(more) ? anyOf(more, deeper(at)) : fc.jsonValue({ maxDepth: 2 });
  const free = fc.dictionary(fc.constantFrom("a", "größe", "type"), value, { maxKeys: 2 });
  return fc.tuple(free, known).map(([some, others]) => ({ ...some, ...others }));
}

function listOf(schema: JsonObject, at: At): fc.Arbitrary<unknown> {
  const least = Number(schema["minItems"] ?? 0);
  const item = anyOf(schema["items"], { ...deeper(at), path: `${at.path}[]` });
  return fc.array(item, { minLength: least, maxLength: Math.max(least, at.depth < DEEPEST ? 2 : 0) });
}

function plainOf(schema: JsonObject, kind: unknown): fc.Arbitrary<unknown> {
  if (kind === "null") return fc.constant(null);
  if (kind === "boolean") return fc.boolean();
  if (kind === "string") return fc.constantFrom("", "a", "größe 🌊", 'a "quoted"\nline', "get_weather");
  if (kind !== "integer" && kind !== "number") return fc.jsonValue({ maxDepth: 2 });
  const least = Number(schema["minimum"] ?? schema["exclusiveMinimum"] ?? 1);
  const most = Math.min(Number(schema["maximum"] ?? least + 100), least + 100);
  const whole = fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
  return kind === "integer" ? whole : fc.oneof(whole, fc.double({ min: least, max: most, noNaN: true }));
}
