import { Kind, type TSchema } from "@sinclair/typebox";
import type { ScalarNode } from "./tree.ts";

/**
 * A scalar in the type its schema asks for, where it was made from text (a variable, a flag): `${PORT}` may stand where
 * a number is asked for, and `4` where a name is. Scalars that were written in a file keep the type YAML gave them.
 */
export function coerce(schema: TSchema, node: ScalarNode): ScalarNode {
  if (node.text === undefined) return node;
  const value = read(schema, node.text);
  return value === undefined ? node : { ...node, value };
}

function read(schema: TSchema, text: string): string | number | boolean | undefined {
  switch (schema[Kind]) {
    case "String":
      return text;
    case "Integer":
    case "Number":
      return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text.trim()) ? Number(text) : undefined;
    case "Boolean":
      return /^(true|false)$/i.test(text.trim()) ? text.trim().toLowerCase() === "true" : undefined;
    case "Literal":
      return String(schema["const"]) === text ? (schema["const"] as string | number | boolean) : undefined;
    case "Union":
      return firstOf(schema["anyOf"] as TSchema[], text);
    default:
      return undefined;
  }
}

function firstOf(branches: readonly TSchema[], text: string): string | number | boolean | undefined {
  for (const branch of branches) {
    const value = read(branch, text);
    if (value !== undefined) return value;
  }
  return undefined;
}
