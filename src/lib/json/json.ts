/** JSON values as types, and the small questions everybody asks of them. */

/** A JSON object whose members have not been checked. */
export type JsonObject = { readonly [key: string]: unknown };

/** Steps from the root of a JSON value: member names and array indices. */
export type JsonPath = readonly (string | number)[];

/** A body as it came (`source`, the decoded text) and as it reads (`value`). Edits refer to `source`. */
export interface Parsed<T extends JsonObject = JsonObject> {
  readonly source: string;
  readonly value: T;
}

/** A body of text that is known to be JSON of an object. */
export function reparsed(source: string): Parsed {
  return { source, value: JSON.parse(source) as JsonObject };
}

/** True for objects, false for arrays and null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for arrays that hold something. */
export function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** The items of an array; none of what is no array. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An object as it is; one without members in place of what is none. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A member of an object; undefined of what is none. */
export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** A text as it is, any other JSON value as JSON; undefined is empty. (`String` throws where a `toString` came along.) */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** What JSON text says, or undefined where it is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object that a text is as JSON, or null where it is no JSON or no object. */
export function parsedObject(text: string): JsonObject | null {
  const value = parsedJson(text);
  return isObject(value) ? value : null;
}

/** `messages[2].content` for `["messages", 2, "content"]`. */
export function showPath(path: JsonPath): string {
  let shown = "";
  for (const step of path) shown += typeof step === "number" ? `[${step}]` : shown === "" ? step : `.${step}`;
  return shown;
}
