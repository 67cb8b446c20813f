import { entropy } from "./_checksums.ts";
import type { Recogniser } from "./recogniser.ts";

// What stands in documentation where a key belongs.
const PLACEHOLDER =
  /x{6}|not[-_]a|\.{3}|(?:your|my|dummy|fake|placeholder|change)[-_]?(?:api|key|token|secret|here|me)|0{8}|\*{3}/i;

/** A recogniser of keys that begin with what their issuer begins them with; `patterns` come with their prefixes. */
export function vendorKey<Name extends string>(name: Name, patterns: readonly string[]): Recogniser<Name> {
  return { name, entity: "API_KEY", group: "secret", patterns, priority: 15, valid: (text) => isRandom(text) };
}

/** Bits per character of what is drawn by lot; the rest is what adding up may leave. */
const RANDOM = 2.5 + 1e-9;

/** Whether a text looks drawn by lot rather than written: no placeholder, and more than 2.5 bits per character. */
export function isRandom(text: string): boolean {
  return entropy(text) > RANDOM && !PLACEHOLDER.test(text);
}
