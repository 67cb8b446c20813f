import { isObject, type JsonObject } from "../lib/json.ts";

/** Schemas may refer to themselves; deeper than this an empty value has to do. */
const MAX_DEPTH = 8;

/**
 * A small value that fits a JSON Schema as far as its plain keywords go (type, enum, const, default, properties,
 * required, items, minItems, minimum, minLength, anyOf, oneOf, allOf, local `$ref`). Always the same for the same schema.
 */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return {};
  if (typeof schema["$ref"] === "string") return sampleOf(resolve(root, schema["$ref"]), root, depth + 1);
  if (schema["const"] !== undefined) return schema["const"];
  if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return schema["enum"][0];
  if (schema["default"] !== undefined) return schema["default"];
  const branches = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  if (Array.isArray(branches) && branches.length > 0 && schema["type"] === undefined) {
    return sampleOf(branches[0], root, depth + 1);
  }
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: JsonObject, root: unknown, depth: number): unknown {
  const type: unknown = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (type) {
    case "string":
      return "simulated".padEnd(sizeOf(schema["minLength"]), ".");
    case "integer":
      return Math.ceil(numberOf(schema["minimum"]) ?? 1);
    case "number":
      return numberOf(schema["minimum"]) ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Math.max(1, sizeOf(schema["minItems"])) }, () =>
        sampleOf(schema["items"], root, depth + 1),
      );
    default:
      return sampleObject(schema, root, depth);
  }
}

function sampleObject(schema: JsonObject, root: unknown, depth: number): JsonObject {
  const properties = schema["properties"];
  if (!isObject(properties)) return {};
  const required = schema["required"];
  const keys = Array.isArray(required) && depth > 2 ? required.map(String) : Object.keys(properties);
  return Object.fromEntries(keys.map((key) => [key, sampleOf(properties[key], root, depth + 1)]));
}

function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return {};
  let at: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) at = isObject(at) ? at[step] : undefined;
  return at;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A wished length, bounded: the schema comes from the caller. */
function sizeOf(value: unknown): number {
  return Math.min(64, Math.max(0, Math.trunc(numberOf(value) ?? 0)));
}
