import { Kind, type TSchema } from "@sinclair/typebox";
import { isNull, type Node } from "./layers/tree.ts";

/** Longest value that is repeated in a message. */
const LONGEST_QUOTE = 60;

/**
 * What a schema asks for, in words that follow "must be": `an integer from 1 to 10`. `expects` of a map with free keys
 * says what these are.
 */
export function describe(schema: TSchema): string {
  if (schema[Kind] !== "Record" && typeof schema["expects"] === "string") return schema["expects"];
  switch (schema[Kind]) {
    case "Literal":
      return JSON.stringify(schema["const"]);
    case "Union":
      return describeUnion(schema["anyOf"] as TSchema[]);
    case "String":
      return describeText(schema);
    case "Integer":
      return `an integer${describeRange(schema)}`;
    case "Number":
      return `a number${describeRange(schema)}`;
    case "Boolean":
      return "true or false";
    case "Array":
      return describeList(schema);
    case "Object":
      return describeMap(schema);
    case "Record":
      return typeof schema["expects"] === "string" ? `a map, each key ${schema["expects"]}` : "a map";
    default:
      return "of another form";
  }
}

function describeUnion(branches: readonly TSchema[]): string {
  const words = branches.map(describe);
  if (words.length === 0) return "left out: this version serves none";
  const list = words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return words.length > 2 && branches.every((branch) => branch[Kind] === "Literal") ? `one of ${list}` : list;
}

function describeText(schema: TSchema): string {
  const { minLength, maxLength } = schema as { minLength?: number; maxLength?: number };
  if (maxLength !== undefined) return `text of ${minLength ?? 0} to ${maxLength} characters`;
  return minLength === undefined ? "text" : "text that is not empty";
}

function describeRange(schema: TSchema): string {
  const low = schema["minimum"] ?? schema["exclusiveMinimum"];
  const high = schema["maximum"] ?? schema["exclusiveMaximum"];
  const above = schema["minimum"] === undefined;
  const below = schema["maximum"] === undefined;
  if (low !== undefined && high !== undefined) {
    return above || below
      ? ` ${above ? "above" : "from"} ${low} and ${below ? "below" : "at most"} ${high}`
      : ` from ${low} to ${high}`;
  }
  if (low !== undefined) return above ? ` above ${low}` : ` of at least ${low}`;
  if (high !== undefined) return below ? ` below ${high}` : ` of at most ${high}`;
  return "";
}

function describeList(schema: TSchema): string {
  const { minItems } = schema as { minItems?: number };
  const items = schema["items"] as TSchema | undefined;
  const isSaid = items !== undefined && items[Kind] === "Object" && typeof items["expects"] === "string";
  if (isSaid) return `a list, each entry ${items["expects"]}`;
  const of = items === undefined ? "" : ` of ${describePlural(items)}`;
  return minItems === undefined
    ? `a list${of}`
    : `a list${of} with at least ${minItems === 1 ? "one entry" : minItems}`;
}

function describePlural(items: TSchema): string {
  switch (items[Kind]) {
    case "Object":
      return "maps";
    case "String":
      return "texts";
    case "Integer":
    case "Number":
      return "numbers";
    case "Null":
      return "null";
    case "Union":
      return [...new Set((items["anyOf"] as TSchema[]).map(describePlural))].join(" or ");
    default:
      return "names";
  }
}

function describeMap(schema: TSchema): string {
  const keys = Object.keys((schema["properties"] as object | undefined) ?? {});
  if (schema["maxProperties"] === 1) return `a map with exactly one of ${keys.join(", ")}`;
  if (schema["minProperties"] === 1) return `a map with at least one of ${keys.join(", ")}`;
  return keys.length > 0 && keys.length <= 6 ? `a map with ${keys.join(", ")}` : "a map";
}

/** What stands there, in words that follow "not"; the value itself only where `quote` says it may be shown. */
export function describeNode(node: Node, quote: boolean): string {
  if (node.kind === "list") return node.items.length === 0 ? "an empty list" : "a list";
  if (node.kind === "map") {
    // a key without a value is as good as none, and yet it was written
    const keys = [...node.entries]
      .slice(0, 6)
      .map(([key, { node: value }]) => (isNull(value) ? `an empty ${key}` : key));
    return keys.length === 0 ? "an empty map" : `a map with ${keys.join(", ")}`;
  }
  if (node.value === null) return "empty";
  if (!quote) return `this ${typeof node.value === "string" ? "text" : typeof node.value}`;
  // .inf and .nan are nothing in JSON
  const shown = typeof node.value === "string" ? JSON.stringify(node.value) : String(node.value);
  return shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE)}…` : shown;
}
