import type { Recogniser } from "./recogniser.ts";

/**
 * Private keys in their textual form (RFC 7468; OpenSSH; PGP, RFC 9580): the first line, and the body as it comes, to the
 * end of the last line. The body may stand in a JSON string or be indented.
 */
export const privateKey = {
  name: "private-key",
  entity: "PRIVATE_KEY",
  group: "secret",
  patterns: [
    "-----BEGIN (?:[A-Z\\d]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----",
    "PuTTY-User-Key-File-[23]: [a-z\\d\\-]{3,30}",
  ],
  left: "none",
  right: "none",
  priority: 5,
  swallow: { while: "[A-Za-z\\d+/=\\s\\\\:,.()\\-]", until: "KEY-----" },
} as const satisfies Recogniser;
