import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { thumbprintInput, toBase64Url } from "../../carbon/jws.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, parsedJson } from "../../lib/json/json.ts";
import type { ReceiptKey } from "../../schema/receipt.ts";
import type { Io } from "../command.ts";

/** How long a set of keys may take to come. */
const FETCH_MS = 10_000;

/** What stands in a file, seen from the working directory. Throws `not_found`. */
export function bytesOf(file: string, io: Io): Uint8Array {
  try {
    return readFileSync(resolve(io.cwd, file));
  } catch (cause) {
    throw new GatewayError("not_found", `The file "${file}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * The keys of a JWKS, a file or a URL: those whose name is their thumbprint, since another name could be anybody's.
 * Throws where there are none.
 */
export async function keysFrom(source: string, io: Io): Promise<readonly ReceiptKey[]> {
  const text = /^https?:\/\//i.test(source) ? await fetched(source) : new TextDecoder().decode(bytesOf(source, io));
  const refuse = (): never => {
    throw new GatewayError(
      "not_found",
      `--jwks "${source}" holds no Ed25519 keys: a JSON object with keys is accepted`,
    );
  };
  const value = parsedJson(text);
  const listed = isObject(value) && Array.isArray(value["keys"]) ? value["keys"] : refuse();
  const keys = (listed as readonly unknown[]).filter(isOurs);
  return keys.length === 0 ? refuse() : keys;
}

function isOurs(key: unknown): key is ReceiptKey {
  if (!isObject(key) || key["kty"] !== "OKP" || key["crv"] !== "Ed25519" || typeof key["x"] !== "string") return false;
  const hash = new Bun.CryptoHasher("sha256").update(thumbprintInput(key["x"])).digest();
  return key["kid"] === toBase64Url(hash);
}

async function fetched(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.text();
  } catch (cause) {
    throw new GatewayError("not_found", `--jwks "${url}" cannot be fetched: ${(cause as Error).message}`, { cause });
  }
}
