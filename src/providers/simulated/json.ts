import { isObject, type JsonObject, memberOf } from "../../lib/json/json.ts";

/** Schemas may refer to themselves, and come from the caller: so deep and so wide a sample gets, then it is empty. */
const MAX_DEPTH = 8;
const MAX_VALUES = 500;
const MAX_LENGTH = 64;

/**
 * A small value that fits a JSON Schema as far as its plain keywords go (type, enum, const, default, properties,
 * required, items, minItems, minimum, minLength, anyOf, oneOf, allOf, local `$ref`). Always the same for the same schema.
 */
export function sampleOf(schema: unknown): unknown {
  return new Sampler(schema).value(schema, 0);
}

class Sampler {
  readonly #root: unknown;
  #left = MAX_VALUES;

  constructor(root: unknown) {
    this.#root = root;
  }

  value(schema: unknown, depth: number): unknown {
    if (this.#left-- <= 0 || depth > MAX_DEPTH || !isObject(schema)) return {};
    if (typeof schema["$ref"] === "string") return this.value(this.#resolve(schema["$ref"]), depth + 1);
    if (schema["const"] !== undefined) return schema["const"];
    if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return schema["enum"][0];
    if (schema["default"] !== undefined) return schema["default"];
    const branches = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
    if (Array.isArray(branches) && branches.length > 0 && schema["type"] === undefined) {
      return this.value(branches[0], depth + 1);
    }
    return this.#typed(schema, depth);
  }

  #typed(schema: JsonObject, depth: number): unknown {
    const type: unknown = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
    switch (type) {
      case "string":
        return "simulated".padEnd(lengthOf(schema["minLength"]), ".");
      case "integer":
        return Math.ceil(numberOf(schema["minimum"]) ?? 1);
      case "number":
        return numberOf(schema["minimum"]) ?? 1;
      case "boolean":
        return true;
      case "null":
        return null;
      case "array":
        return this.#list(schema, depth);
      default:
        return this.#object(schema, depth);
    }
  }

  #list(schema: JsonObject, depth: number): unknown[] {
    const length = Math.max(1, lengthOf(schema["minItems"]));
    const list: unknown[] = [];
    while (list.length < length && (list.length === 0 || this.#left > 0))
      list.push(this.value(schema["items"], depth + 1));
    return list;
  }

  /** Every property near the root; further down only the required ones, which is how trees come to an end. */
  #object(schema: JsonObject, depth: number): JsonObject {
    const { properties, required } = schema;
    if (!isObject(properties)) return {};
    const keys = depth < 2 ? Object.keys(properties) : Array.isArray(required) ? required.map(String) : [];
    return Object.fromEntries(keys.map((key) => [key, this.value(properties[key], depth + 1)]));
  }

  #resolve(reference: string): unknown {
    if (!reference.startsWith("#")) return {};
    const steps = reference.slice(1).split("/").filter(Boolean).slice(0, MAX_LENGTH);
    return steps.reduce((at: unknown, step) => memberOf(at, step), this.#root);
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function lengthOf(value: unknown): number {
  return Math.min(MAX_LENGTH, Math.max(0, Math.trunc(numberOf(value) ?? 0)));
}
