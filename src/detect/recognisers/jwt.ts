import { isTokenHeader } from "./_token-header.ts";
import type { Recogniser } from "./recogniser.ts";

const PART = "[A-Za-z\\d_\\-]";

/** JSON web tokens in their compact form (RFC 7519, RFC 7515): a header that begins as `{"` does in base64url. */
export const jwt = {
  name: "jwt",
  entity: "API_KEY",
  group: "secret",
  patterns: [`eyJ${PART}{8,250}\\.${PART}{2,256}\\.${PART}{0,256}(?:\\.${PART}{0,256}){0,2}`],
  right: "none",
  priority: 14,
  canBecome(head) {
    const dot = head.indexOf(".");
    return dot < 0 || isTokenHeader(head.slice(0, dot));
  },
  valid: (text) => isTokenHeader(text.slice(0, text.indexOf("."))),
} as const satisfies Recogniser;
