/** What is wrong with the other side's certificate, by the code of Node and Bun; undefined for any other failure. */
export function certificateFault(code: string): "untrusted" | "other name" | "expired" | undefined {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return "expired";
  if (code.startsWith("ERR_TLS_CERT_ALTNAME")) return "other name";
  if (/SELF_SIGNED_CERT|^UNABLE_TO_|^CERT_/.test(code)) return "untrusted";
  return undefined;
}
