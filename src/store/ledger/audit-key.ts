import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../../lib/errors.ts";

const FILE = "audit.key";

/**
 * The key of keyed hashes (texts on the ledger, escalated requests), 32 bytes in hex: the one of the state directory,
 * made at the first start with mode 0600. Without a directory it lives as long as the process. Throws GatewayError where
 * it cannot be read or written, or is none.
 */
export function openAuditKey(stateDir: string | null): string {
  const fresh = randomBytes(32).toHex();
  if (stateDir === null) return fresh;
  const path = join(stateDir, FILE);
  try {
    if (!existsSync(path)) writeFileSync(path, `${fresh}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(path, 0o600);
    const key = readFileSync(path, "utf8").trim();
    if (/^[0-9a-f]{64}$/.test(key)) return key;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new GatewayError("service_unavailable", `The key of hashes cannot be used (${path}): ${why}`, { cause });
  }
  const message = `${path} is no key of 64 hexadecimal digits: restore it, or move it away (older hashes then compare no more)`;
  throw new GatewayError("service_unavailable", message);
}
