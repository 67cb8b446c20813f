import type { Recogniser } from "./recogniser.ts";

// What stands in examples for a password to be filled in.
const PLACEHOLDER = /:(?:\$\{?\w+\}?|<\w+>|%s|\*+|x{3,}|\.{3})@/i;

/** Addresses that carry a name and a password (RFC 3986, 3.2.1): `postgres://app:secret@db.example/orders`. */
export const urlCredentials = {
  name: "url-credentials",
  entity: "URL_CREDENTIALS",
  group: "secret",
  patterns: [
    "[a-zA-Z][a-zA-Z\\d+.\\-]{1,20}://[^\\s/@:\"'`<>]{0,64}:[^\\s/@\"'`<>]{1,128}@[\\p{L}\\d.\\-]{1,128}(?::\\d{1,5})?(?:[/?#][^\\s\"'`<>]{0,100})?",
  ],
  right: "none",
  priority: 10,
  valid: (text) => !PLACEHOLDER.test(text),
} as const satisfies Recogniser;
