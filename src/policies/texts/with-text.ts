import { isObject, type JsonObject, type JsonPath } from "../../lib/json/json.ts";

/**
 * A copy of `value` with `text` at `path`, sharing everything that is not on the way there. Throws a RangeError where
 * the path leads nowhere.
 */
export function withText<T extends JsonObject>(value: T, path: JsonPath, text: string): T {
  const root = { ...value };
  let holder: object = root;
  for (const [depth, step] of path.entries()) {
    if (!Object.hasOwn(holder, step)) throw new RangeError("There is no text at that path");
    const child = depth === path.length - 1 ? text : copyOf(Reflect.get(holder, step));
    // defining, not assigning: a member named `__proto__` stays a member
    Object.defineProperty(holder, step, { value: child });
    if (typeof child === "object") holder = child;
  }
  return root;
}

function copyOf(value: unknown): object {
  if (Array.isArray(value)) return [...value];
  if (isObject(value)) return { ...value };
  throw new RangeError("There is no text at that path");
}
