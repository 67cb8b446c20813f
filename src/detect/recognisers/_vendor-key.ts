import { entropy } from "./_checksums.ts";
import type { Recogniser } from "./recogniser.ts";

// What stands in documentation where a key belongs.
const PLACEHOLDER =
  /x{6}|not[-_]a|\.{3}|(?:your|my|dummy|fake|placeholder|change)[-_]?(?:api|key|token|secret|here|me)|0{8}|\*{3}/i;

/** A recogniser of keys that begin with what their issuer begins them with; `patterns` come with their prefixes. */
export function vendorKey<Name extends string>(name: Name, patterns: readonly string[]): Recogniser<Name> {
  return { name, entity: "API_KEY", group: "secret", patterns, priority: 15, valid: (text) => isRandom(text) };
}

/** Whether a text looks drawn by lot rather than written: no placeholder, and at least 2.5 bits per character. */
export function isRandom(text: string): boolean {
  return !PLACEHOLDER.test(text) && entropy(text) > 2.5;
}
