import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";

const FILE = resolve(import.meta.dir, "../../../shared/data/wire/openapi/openai.inference.openapi.json");

/** Whether OpenAI's OpenAPI file is on this machine. */
export const hasOpenAiFile = existsSync(FILE);

let schemas: JsonObject | undefined;

/**
 * What OpenAI would refuse in a value by the schema of that name: names it does not know, names that are missing, other
 * kinds, values outside an enum. As `path: problem`. Empty: it fits.
 */
export function refusedByOpenAi(name: string, value: unknown): string[] {
  return problems({ $ref: `/${name}` }, value, name);
}

/** A schema of OpenAI's OpenAPI file, by name. */
export function openAiSchema(name: string): unknown {
  schemas ??= (JSON.parse(readFileSync(FILE, "utf8")) as { components: { schemas: JsonObject } }).components.schemas;
  return schemas[name];
}

function problems(given: unknown, value: unknown, path: string): string[] {
  const schema = flat(given);
  const types = [schema["type"]].flat();
  if (value === null && (schema["nullable"] === true || types.includes("null"))) return [];
  const branches = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(branches)) {
    const tried = meant(branches, value).map((branch) => problems(branch, value, path));
    return tried.sort((a, b) => a.length - b.length)[0] ?? [];
  }
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const known = types.filter((type) => typeof type === "string");
  if (known.length > 0 && !known.some((type) => type === kind || (type === "integer" && Number.isInteger(value))))
    return [`${path}: ${kind} for ${known.join(" or ")}`];
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(value))
    return [`${path}: ${String(value)} not in enum`];
  if (Array.isArray(value)) return value.flatMap((item) => problems(schema["items"], item, `${path}[]`));
  return isObject(value) && isObject(schema["properties"]) ? memberProblems(schema, value, path) : [];
}

/** The branches whose `role` or `type` is the value's; all, where none has it. */
function meant(branches: readonly unknown[], value: unknown): readonly unknown[] {
  if (!isObject(value)) return branches;
  const named = branches.filter((branch) => {
    const { role, type } = (flat(branch)["properties"] ?? {}) as JsonObject;
    const tag = flat(role ?? type)["enum"];
    return Array.isArray(tag) && tag.includes(value[role === undefined ? "type" : "role"]);
  });
  return named.length === 0 ? branches : named;
}

function memberProblems(schema: JsonObject, value: JsonObject, path: string): string[] {
  const properties = schema["properties"] as JsonObject;
  const required = (schema["required"] ?? []) as readonly string[];
  return [
    ...required.filter((name) => value[name] === undefined).map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const property = properties[name];
      return property === undefined ? [`${path}.${name}: unknown`] : problems(property, member, `${path}.${name}`);
    }),
  ];
}

/** A schema with what it refers to, and with the parts of an `allOf` in one. */
function flat(given: unknown): JsonObject {
  if (!isObject(given)) return {};
  if (typeof given["$ref"] === "string") return flat(openAiSchema(given["$ref"].split("/").at(-1)!));
  if (!Array.isArray(given["allOf"])) return given;
  const parts = given["allOf"].map(flat);
  const properties = Object.assign({}, ...[...parts, given].map((part) => part["properties"] ?? {})) as JsonObject;
  const required = [...parts, given].flatMap((part) => (part["required"] ?? []) as string[]);
  const { allOf: _, ...own } = given;
  return { ...Object.assign({}, ...parts), ...own, properties, required } as JsonObject;
}
