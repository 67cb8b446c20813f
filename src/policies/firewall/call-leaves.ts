import { isObject, parsedJson } from "../../lib/json/json.ts";

/** Says whether a text holds what is looked for; `name` is what it is the value of, empty where that is nothing. */
export type LeafTest = (text: string, name: string) => boolean;

/**
 * Whether a call's arguments hold it: every string and number in them, decoded, member names included, and the whole
 * where it is no JSON. Iterative, so that depth costs no stack.
 */
export function someLeaf(input: unknown, holds: LeafTest): boolean {
  const stack: [name: string, value: unknown][] = [["", typeof input === "string" ? decoded(input) : input]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [name, value] = next;
    if (typeof value === "string" || typeof value === "number") {
      if (holds(String(value), name)) return true;
    } else if (Array.isArray(value)) {
      // `["rm", "-rf", "/"]` is one command
      if (value.length > 1 && value.every((item) => typeof item === "string") && holds(value.join(" "), name))
        return true;
      for (const item of value) stack.push([name, item]);
    } else if (isObject(value)) {
      for (const [key, member] of Object.entries(value)) stack.push(["", key], [key, member]);
    }
  }
  return false;
}

function decoded(text: string): unknown {
  const value = parsedJson(text);
  return value === undefined ? text : value;
}
