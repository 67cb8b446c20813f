import { Kind, OptionalKind, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { coerce } from "../layers/coerce.ts";
import { isNull, type ListNode, type MapNode, type Node, toPlain } from "../layers/tree.ts";
import { type Finding, type Problem, problem } from "../problem.ts";
import { missingKey, type Spot, unknownKey, wrongKey, wrongValue } from "./shape-findings.ts";

interface Place extends Spot {
  /** The schema of the whole document. */
  readonly document: TSchema;
  readonly report: (finding: Finding) => void;
}

/**
 * Compares a tree with the schema of a configuration and names everything that does not fit, with the nearest valid
 * word: unknown keys (E002), unknown policy kinds (E001), wrong or missing values (E005). Scalars made from text get the
 * type that is asked for, in place. Null members count as missing.
 */
export function checkShape(schema: TSchema, root: MapNode): readonly Problem[] {
  const problems: Problem[] = [];
  check(schema, root, {
    document: schema,
    path: [],
    at: root.origin,
    report: (finding) => problems.push(problem(finding)),
  });
  return problems;
}

/** Whether a document must give this value: it is not optional, and no default stands in for it. */
function isRequired(schema: TSchema): boolean {
  return schema[OptionalKind] === undefined && schema["default"] === undefined && schema["derived"] === undefined;
}

function check(schema: TSchema, node: Node, place: Place): Node {
  if (node.kind === "scalar" && node.broken) return node;
  const kind = schema[Kind];
  if (kind === "Object" && node.kind === "map") return checkMap(schema, node, place);
  if (kind === "Record" && node.kind === "map") return checkRecord(schema, node, place);
  if (kind === "Array" && node.kind === "list") return checkList(schema, node, place);
  const value = node.kind === "scalar" ? coerce(schema, node) : node;
  if (fits(schema, toPlain(value))) return value;
  const branch = kind === "Union" ? branchFor(node, schema["anyOf"] as TSchema[]) : undefined;
  if (branch !== undefined) return check(branch, node, place);
  place.report(wrongValue(schema, value, place));
  return value;
}

/** Lengths are those of JSON Schema, which counts characters; TypeBox counts UTF-16 units, two for an emoji. */
function fits(schema: TSchema, value: unknown): boolean {
  const holds = (of: TSchema): boolean => Value.Check(of, value);
  if (holds(schema)) return true;
  const most: unknown = schema["maxLength"];
  if (typeof value !== "string" || typeof most !== "number") return false;
  if (value.length <= most || value.length > 2 * most || [...value].length > most) return false;
  return holds({ ...schema, maxLength: 2 * most });
}

/** The only branch of a union that a map (or a list) can stand for: it knows best what is wrong in it. */
function branchFor(node: Node, branches: readonly TSchema[]): TSchema | undefined {
  const kinds = node.kind === "map" ? ["Object", "Record"] : node.kind === "list" ? ["Array"] : [];
  const alike = branches.filter((branch) => kinds.includes(branch[Kind]));
  return alike.length === 1 ? alike[0] : undefined;
}

function checkMap(schema: TSchema, node: MapNode, place: Place): Node {
  const properties = schema["properties"] as Record<string, TSchema>;
  for (const [key, entry] of node.entries) {
    const inner: Place = { ...place, path: [...place.path, key], at: entry.keyOrigin, writtenAs: entry.writtenAs };
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) {
      place.report(unknownKey(schema, inner, place.document));
    } else if (!isNull(entry.node)) {
      node.entries.set(key, { ...entry, node: check(property, entry.node, inner) });
    }
  }
  checkCount(schema, node, place);
  for (const [key, property] of Object.entries(properties)) {
    if (isRequired(property) && !isThere(node, key)) place.report(missingKey(property, place, key));
  }
  return node;
}

function checkCount(schema: TSchema, node: MapNode, place: Place): void {
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema as {
    minProperties?: number;
    maxProperties?: number;
  };
  const present = Object.keys(schema["properties"] as object).filter((key) => isThere(node, key)).length;
  if (present < minProperties || present > maxProperties) place.report(wrongValue(schema, node, place));
}

function isThere(node: MapNode, key: string): boolean {
  const entry = node.entries.get(key);
  return entry !== undefined && !isNull(entry.node);
}

function checkRecord(schema: TSchema, node: MapNode, place: Place): Node {
  const [pattern, items] = Object.entries(schema["patternProperties"] as Record<string, TSchema>)[0]!;
  for (const [key, entry] of node.entries) {
    const inner: Place = { ...place, path: [...place.path, key], at: entry.keyOrigin, writtenAs: undefined };
    // An assignment to this key would set a prototype and be lost.
    if (key === "__proto__" || !new RegExp(pattern).test(key)) place.report(wrongKey(schema, inner));
    else if (!isNull(entry.node)) node.entries.set(key, { ...entry, node: check(items, entry.node, inner) });
  }
  return node;
}

function checkList(schema: TSchema, node: ListNode, place: Place): Node {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as { minItems?: number; maxItems?: number };
  if (node.items.length < minItems || node.items.length > maxItems) place.report(wrongValue(schema, node, place));
  const items = schema["items"] as TSchema;
  node.items = node.items.map((item, index) =>
    check(items, item, { ...place, path: [...place.path, index], at: item.origin, writtenAs: undefined }),
  );
  return node;
}
