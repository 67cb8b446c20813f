import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../lib/errors.ts";
import { replaceFile } from "../lib/replace-file.ts";
import { randomToken } from "./random-token.ts";

/** The file of the state directory that holds the SHA-256 of the admin token, in hex. */
const FILE = "admin-token.sha256";

/** SHA-256 of a token, 32 bytes. */
export function hashToken(token: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(token).digest();
}

/** A fresh token: `weir_admin_` and 256 random bits in base64url. */
export function makeToken(): string {
  return `weir_admin_${randomToken()}`;
}

/**
 * Keeps a token's hash in the state directory, mode 0600, in one step: a reader sees the old one or the new one.
 * Throws `internal` with the path where the directory cannot be written.
 */
export function storeToken(stateDir: string, token: string): void {
  const path = join(stateDir, FILE);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    replaceFile(path, `${hashToken(token).toHex()}\n`);
  } catch (cause) {
    throw new GatewayError("internal", `Cannot write the admin token's hash to ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Reads what {@link storeToken} wrote; null where there is none or it is no hash. */
export function storedHash(stateDir: string): Uint8Array | null {
  try {
    const text = readFileSync(join(stateDir, FILE), "utf8").trim();
    return /^[0-9a-f]{64}$/.test(text) ? Uint8Array.fromHex(text) : null;
  } catch {
    return null;
  }
}

/** As {@link storedHash}, reading the file again only when it has changed: a new token counts at once. */
export function watchedHash(stateDir: string): () => Uint8Array | null {
  let seen = "";
  let hash: Uint8Array | null = null;
  return () => {
    const stat = statSync(join(stateDir, FILE), { throwIfNoEntry: false, bigint: true });
    const now = stat === undefined ? "" : `${stat.ino}:${stat.mtimeNs}`;
    if (now !== seen) {
      seen = now;
      hash = stat === undefined ? null : storedHash(stateDir);
    }
    return hash;
  };
}
