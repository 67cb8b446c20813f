import type { JsonPath } from "../lib/json/json.ts";

const SENSITIVE =
  /(^|\.)(headers|secret_key_ref|admin_token_ref|token_ref|key_ref|key_sha256|headers_ref)(\.|$)|^store\.(counters\.)?url$|\.otlp\.endpoint$|\.(base_url|proxy)$/;

/** Whether a value at this path may hold a secret, even by mistake: it is then never repeated in a message. */
export function isSensitive(path: JsonPath): boolean {
  return SENSITIVE.test(path.filter((step) => typeof step === "string").join("."));
}

/** Variables whose names say that they hold a secret. */
export function isSecretName(variable: string): boolean {
  return /key|token|secret|passw|pwd|credential|auth|private|dsn/i.test(variable);
}
