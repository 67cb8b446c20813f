import { asList, isObject, type JsonObject } from "../../lib/json/json.ts";
import { compileUserPattern } from "../pattern/user-pattern.ts";

const sameValue = (one: unknown, other: unknown): boolean => Bun.deepEquals(one, other, true);

/** Keywords that say nothing about whether a value is valid. */
const NOTES = new Set(
  "$schema $id $comment title description default examples deprecated readOnly writeOnly".split(" "),
);
const TYPES = new Set("object array string number integer boolean null".split(" "));

/** What a schema is checked within: where its references lead, and how far the walk may still go. */
interface Within {
  readonly root: unknown;
  depth: number;
  steps: number;
}

type Check = (value: unknown, wanted: unknown, at: { readonly schema: JsonObject; readonly within: Within }) => boolean;

/** So deep may schemas and values lie in one another, and so much is compared; beyond it nothing is valid. */
const DEEPEST = 64;
const MOST_STEPS = 200_000;

const number = (test: (value: number, bound: number) => boolean): Check => {
  return (value, wanted) => typeof value !== "number" || test(value, wanted as number);
};
const count = (test: (size: number, bound: number) => boolean, sizeOf: (value: unknown) => number | null): Check => {
  return (value, wanted) => {
    const size = sizeOf(value);
    return size === null || test(size, wanted as number);
  };
};
const letters = (value: unknown): number | null => (typeof value === "string" ? [...value].length : null);
const items = (value: unknown): number | null => (Array.isArray(value) ? value.length : null);
const members = (value: unknown): number | null => (isObject(value) ? Object.keys(value).length : null);
const least = (size: number, bound: number): boolean => size >= bound;
const most = (size: number, bound: number): boolean => size <= bound;

function isOfType(value: unknown, type: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

const CHECKS: Readonly<Record<string, Check>> = {
  type: (value, wanted) => (Array.isArray(wanted) ? wanted : [wanted]).some((type) => isOfType(value, type)),
  enum: (value, wanted) => asList(wanted).some((each) => sameValue(each, value)),
  const: sameValue,
  minimum: number((value, bound) => value >= bound),
  maximum: number((value, bound) => value <= bound),
  exclusiveMinimum: number((value, bound) => value > bound),
  exclusiveMaximum: number((value, bound) => value < bound),
  multipleOf: number((value, bound) => Number.isInteger(Math.round((value / bound) * 1e9) / 1e9)),
  minLength: count(least, letters),
  maxLength: count(most, letters),
  minItems: count(least, items),
  maxItems: count(most, items),
  minProperties: count(least, members),
  maxProperties: count(most, members),
  uniqueItems: (value, wanted) =>
    wanted !== true || !Array.isArray(value) || new Set(value.map(canonical)).size === value.length,
  pattern(value, wanted) {
    const compiled = compileUserPattern(String(wanted));
    return typeof value !== "string" || (compiled.ok && compiled.pattern.test(value));
  },
  required: (value, wanted) => !isObject(value) || asList(wanted).every((key) => Object.hasOwn(value, String(key))),
  properties: (value, wanted, { within }) =>
    !(isObject(value) && isObject(wanted)) ||
    Object.entries(wanted).every(([key, inner]) => !Object.hasOwn(value, key) || matches(value[key], inner, within)),
  additionalProperties(value, wanted, { schema: { properties }, within }) {
    if (!isObject(value)) return true;
    const known = isObject(properties) ? properties : {};
    return Object.entries(value).every(([key, inner]) => Object.hasOwn(known, key) || matches(inner, wanted, within));
  },
  items: (value, wanted, { schema: { prefixItems }, within }) =>
    !Array.isArray(value) || value.slice(asList(prefixItems).length).every((each) => matches(each, wanted, within)),
  prefixItems: (value, wanted, { within }) =>
    !Array.isArray(value) ||
    asList(wanted).every((inner, at) => at >= value.length || matches(value[at], inner, within)),
  contains: (value, wanted, { within }) => !Array.isArray(value) || value.some((each) => matches(each, wanted, within)),
  allOf: (value, wanted, { within }) => asList(wanted).every((inner) => matches(value, inner, within)),
  anyOf: (value, wanted, { within }) => asList(wanted).some((inner) => matches(value, inner, within)),
  oneOf: (value, wanted, { within }) => asList(wanted).filter((inner) => matches(value, inner, within)).length === 1,
  not: (value, wanted, { within }) => !matches(value, wanted, within),
  $ref: (value, wanted, { within }) => matches(value, referred(wanted, within.root), within),
};

/** A value as text that is the same for every order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

const REFERENCE = /^#(?:\/(?:\$defs|definitions)\/[^/~%]+)?$/;

/** The schema that a reference leads to; undefined: none. */
function referred(reference: unknown, root: unknown): unknown {
  const [, kind, name] = String(reference).split("/");
  if (kind === undefined || name === undefined) return root;
  const known = isObject(root) ? root[kind] : undefined;
  return isObject(known) && Object.hasOwn(known, name) ? known[name] : undefined;
}

/** Whether a value is valid by a JSON Schema in which {@link schemaFault} finds nothing. */
export function matchesSchema(value: unknown, schema: unknown): boolean {
  return matches(value, schema, { root: schema, depth: 0, steps: MOST_STEPS });
}

function matches(value: unknown, schema: unknown, within: Within): boolean {
  if (within.depth > DEEPEST || within.steps-- <= 0) return false;
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) return true;
  within.depth++;
  const valid = Object.entries(schema).every(
    ([key, wanted]) => CHECKS[key]?.(value, wanted, { schema, within }) ?? true,
  );
  within.depth--;
  return valid;
}

/** What of a JSON Schema cannot be checked, in words; null: all of it can. */
export function schemaFault(schema: unknown, root: unknown = schema): string | null {
  if (typeof schema === "boolean") return null;
  if (!isObject(schema)) return "a schema is an object, true or false";
  for (const [key, wanted] of Object.entries(schema)) {
    if (NOTES.has(key)) continue;
    const fault =
      key === "$defs" || key === "definitions"
        ? faultOf("properties", wanted, root)
        : CHECKS[key] === undefined
          ? `the keyword ${JSON.stringify(key)} cannot be checked`
          : faultOf(key, wanted, root);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOf(key: string, wanted: unknown, root: unknown): string | null {
  if (key === "$ref") {
    const leads = typeof wanted === "string" && REFERENCE.test(wanted) && referred(wanted, root) !== undefined;
    return leads ? null : `${JSON.stringify(wanted)} leads to no schema in $defs of the same one`;
  }
  if (key === "type") {
    const unknown = (Array.isArray(wanted) ? wanted : [wanted]).find((type) => !TYPES.has(String(type)));
    return unknown === undefined ? null : `${JSON.stringify(unknown)} is no type of JSON`;
  }
  if (key === "pattern") {
    const compiled = compileUserPattern(String(wanted));
    return compiled.ok ? null : `the pattern ${JSON.stringify(wanted)} cannot be run: ${compiled.problem}`;
  }
  if (key === "required" || key === "enum") return Array.isArray(wanted) ? null : `${key} is a list`;
  if (key === "properties") {
    if (!isObject(wanted)) return "properties is an object";
    return firstFault(Object.values(wanted), root);
  }
  if (["allOf", "anyOf", "oneOf", "prefixItems"].includes(key)) {
    return Array.isArray(wanted) ? firstFault(wanted, root) : `${key} is a list of schemas`;
  }
  if (["items", "additionalProperties", "contains", "not"].includes(key)) return schemaFault(wanted, root);
  if (/^(?:min|max|exclusive|multiple)/.test(key) && typeof wanted !== "number") return `${key} is a number`;
  return null;
}

function firstFault(schemas: readonly unknown[], root: unknown): string | null {
  for (const schema of schemas) {
    const fault = schemaFault(schema, root);
    if (fault !== null) return fault;
  }
  return null;
}
