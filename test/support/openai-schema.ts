import { isObject, type JsonObject } from "../../src/lib/json/json.ts";
import { flat, OPENAI_FILE } from "./vendor-schema.ts";

/**
 * What OpenAI would refuse in a value by the schema of that name: names it does not know, names that are missing, other
 * kinds, values outside an enum. As `path: problem`. Empty: it fits.
 */
export function refusedByOpenAi(name: string, value: unknown): string[] {
  return problems({ $ref: `/${name}` }, value, name);
}

function problems(given: unknown, value: unknown, path: string): string[] {
  const schema = flat(given, OPENAI_FILE.look);
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
    const { role, type } = (flat(branch, OPENAI_FILE.look)["properties"] ?? {}) as JsonObject;
    const tag = flat(role ?? type, OPENAI_FILE.look)["enum"];
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
