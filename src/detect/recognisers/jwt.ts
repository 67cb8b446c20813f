import { onceFor } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

const PART = "[A-Za-z\\d_\\-]";

// All the matches that begin at one place have the same header.
const isHeader = onceFor((part) => {
  try {
    const header: unknown = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof header === "object" && header !== null && ("alg" in header || "enc" in header || "typ" in header);
  } catch {
    return false;
  }
});

/** JSON web tokens in their compact form (RFC 7519, RFC 7515): a header that begins as `{"` does in base64url. */
export const jwt = {
  name: "jwt",
  entity: "API_KEY",
  group: "secret",
  patterns: [`eyJ${PART}{8,100}\\.${PART}{2,256}\\.${PART}{0,256}(?:\\.${PART}{0,256}){0,2}`],
  right: "none",
  priority: 14,
  valid: (text) => isHeader(text.slice(0, text.indexOf("."))),
} as const satisfies Recogniser;
