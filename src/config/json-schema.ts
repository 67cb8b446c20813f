import { LOADER_KEYWORDS } from "../schema/config/values.ts";
import { ConfigSchema } from "./config.ts";
import { MOVED_KEYS, type MovedKey, STRATEGY_ALIASES, TARGET_MOVED_KEYS, TRIGGER_ALIASES } from "./layers/aliases.ts";

/** As much of JSON Schema (draft 7) as a configuration needs. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  required?: string[];
}

/** A string that an environment reference stands in: its value is known when the file is loaded. */
const REFERENCE: JsonSchema = { type: "string", pattern: "\\$\\{" };
const NULL: JsonSchema = { type: "null" };

/**
 * JSON Schema of a document as people write it: {@link ConfigSchema} with every alias and shorthand, nothing required
 * that has a default, null where a key may be removed, and environment references where a number or a word is asked for.
 */
export function documentSchema(): JsonSchema {
  const schema = JSON.parse(JSON.stringify(ConfigSchema)) as JsonSchema;
  const target = at(schema, ["providers", "targets"]).items!;
  target.properties!["provider"]!["pattern"] =
    "^([A-Za-z0-9][A-Za-z0-9._-]{0,99}|[A-Za-z0-9][A-Za-z0-9._-]{0,99}:chat:.+)$";
  target.required = (target.required ?? []).filter((key) => key !== "model");
  const models = target.properties!["models"]!;
  const spelledOut = { ...models.items!, required: ["name"] };
  models.items = { anyOf: [models.items!.properties!["name"]!, spelledOut] };
  const strategies = [
    at(schema, ["providers", "strategy"]),
    at(schema, ["model_groups"]).items!.properties!["strategy"]!,
    at(schema, ["consumers"]).items!.properties!["routing"]!,
  ];
  for (const strategy of strategies) addWords(strategy, Object.keys(STRATEGY_ALIASES));
  addWords(at(schema, ["providers", "fallback", "triggers"]).items!, Object.keys(TRIGGER_ALIASES));
  // Backwards: what is copied to the top must have its own aliases in it already.
  for (const moved of MOVED_KEYS.toReversed()) addAlias(schema, moved);
  for (const moved of TARGET_MOVED_KEYS) addAlias(target, moved);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Weir policy-config.yaml",
    ...(loosen(schema) as JsonSchema),
  };
}

function at(schema: JsonSchema, path: readonly string[]): JsonSchema {
  let current = schema;
  for (const key of path) current = current.properties![key]!;
  return current;
}

function addWords(schema: JsonSchema, words: readonly string[]): void {
  schema.anyOf = [...(schema.anyOf ?? []), ...words.map((word) => ({ const: word, type: "string" }))];
}

/** The second spelling of a key takes what the first takes. */
function addAlias(schema: JsonSchema, { from, to }: MovedKey): void {
  const copy = structuredClone(at(schema, to));
  delete copy["default"];
  const parent = at(schema, from.slice(0, -1));
  parent.properties![from.at(-1)!] = { ...copy, description: `The same as ${to.join(".")}` };
}

/** Takes out what only the loader reads, and what is required although a default stands in for it. */
function loosen(schema: JsonSchema): JsonSchema {
  const loose: JsonSchema = { ...schema };
  for (const keyword of LOADER_KEYWORDS) delete loose[keyword];
  if (schema.properties !== undefined) {
    const properties = Object.entries(schema.properties);
    const required = (schema.required ?? []).filter((key) => {
      const property = schema.properties?.[key];
      return property?.["default"] === undefined && property?.["derived"] === undefined;
    });
    loose.properties = Object.fromEntries(
      properties.map(([key, property]) => [key, required.includes(key) ? loosen(property) : orNull(loosen(property))]),
    );
    loose.required = required;
    if (required.length === 0) delete loose.required;
  }
  if (schema.patternProperties !== undefined) {
    loose.patternProperties = Object.fromEntries(
      Object.entries(schema.patternProperties).map(([pattern, items]) => [pattern, orNull(loosen(items))]),
    );
  }
  if (schema.items !== undefined) loose.items = loosen(schema.items);
  if (schema.anyOf !== undefined) loose.anyOf = schema.anyOf.map((branch) => loosen(branch));
  return schema["maxProperties"] === 1 ? oneKey(schema) : orReference(loose);
}

/** Exactly one of several keys. The others may be null: so a layer puts one in the place of another. */
function oneKey({ description, maxProperties: _, minProperties: __, ...map }: JsonSchema): JsonSchema {
  const keys = Object.keys(map.properties!);
  const branches = keys.map((key) => ({
    ...map,
    properties: Object.fromEntries(keys.map((each) => [each, each === key ? loosen(map.properties![key]!) : NULL])),
    required: [key],
  }));
  return { description, anyOf: branches };
}

/** Null takes a key out, so it may stand wherever a key may be left out. */
function orNull(schema: JsonSchema): JsonSchema {
  if (schema.anyOf !== undefined) return { ...schema, anyOf: [...schema.anyOf, NULL] };
  return typeof schema.type === "string" ? { ...schema, type: [schema.type, "null"] } : schema;
}

/** Numbers, words and texts of a certain form may also be written as `${NAME}`. */
function orReference(schema: JsonSchema): JsonSchema {
  if (schema.anyOf?.some((branch) => branch["const"] !== undefined) === true) {
    return { ...schema, anyOf: [...schema.anyOf, REFERENCE] };
  }
  const { description, default: fallback, ...rest } = schema;
  const isScalar = ["integer", "number", "boolean"].includes(String(schema.type)) && rest["const"] === undefined;
  if (!isScalar && !(schema.type === "string" && schema["pattern"] !== undefined)) return schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, REFERENCE],
  };
}
