import type { JsonPath } from "../lib/json.ts";

/**
 * Documented keys that this version does not act on. A setting that cannot be enforced is an error and not ignored, so
 * each of them is E007; the version that serves one takes its row away and puts the key into the schema.
 */
const NOT_SERVED: ReadonlySet<string> = new Set(["size_limits.max_header_bytes"]);

/** Whether the documentation knows this key and this version does not serve it. */
export function isNotServed(path: JsonPath): boolean {
  return NOT_SERVED.has(patternOf(path));
}

/** `providers.targets[].model` for `["providers", "targets", 3, "model"]`. */
export function patternOf(path: JsonPath): string {
  let pattern = "";
  for (const step of path) pattern += typeof step === "number" ? "[]" : pattern === "" ? step : `.${step}`;
  return pattern;
}

/** What is said of a setting that this version cannot enforce. */
export function notServedMessage(what: string): string {
  return `${what} is not enforced by this version yet: remove it`;
}
