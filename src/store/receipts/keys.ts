import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { makeKey, readKey, type SigningKey } from "../../carbon/sign.ts";
import { GatewayError } from "../../lib/errors.ts";
import { replaceFile } from "../../lib/replace-file.ts";
import { type ReceiptKey, ReceiptKeys } from "../../schema/receipt.ts";

/** The key that signs now, and every public one that ever did. */
export interface KeyRing {
  /** The private key as text, for other threads of this process. */
  readonly pem: string;
  readonly key: SigningKey;
  readonly published: readonly ReceiptKey[];
}

/** Where the state directory keeps them. */
const PRIVATE = "receipt-key.pem";
const PUBLIC = "receipt-keys.json";

/**
 * The keys of receipts. `given` is a private key by reference; without it the one of the state directory, which is made
 * at the first start with mode 0600. Without a directory nothing is kept: the key lives as long as the process. Throws
 * GatewayError where a key cannot be used or the directory cannot be written.
 */
export function openKeys(stateDir: string | null, given: string | null): KeyRing {
  const pem = given ?? (stateDir === null ? makeKey() : storedKey(stateDir));
  const key = keyFrom(pem, given === null ? `the file ${PRIVATE} of the state directory` : "receipts.key_ref");
  const before = stateDir === null ? [] : publishedIn(stateDir);
  if (before.some(({ kid }) => kid === key.published.kid)) return { pem, key, published: before };
  const published = [key.published, ...before];
  if (stateDir !== null) write(join(stateDir, PUBLIC), `${JSON.stringify({ keys: published }, null, 2)}\n`, 0o644);
  return { pem, key, published };
}

/**
 * Puts a fresh key in the place of the one in the state directory; the old public one stays published. Throws
 * GatewayError where there is none: no gateway has run there, and the one that is meant would go on with its old key.
 */
export function rotateKey(stateDir: string): KeyRing {
  if (!existsSync(join(stateDir, PRIVATE))) {
    const message = `There is no key of receipts in "${stateDir}": name the gateway's state directory with --state-dir (its first key is made when it first starts; one that receipts.key_ref names is yours to replace)`;
    throw new GatewayError("not_found", message);
  }
  openKeys(stateDir, null);
  write(join(stateDir, PRIVATE), makeKey(), 0o600);
  return openKeys(stateDir, null);
}

function keyFrom(pem: string, where: string): SigningKey {
  try {
    return readKey(pem);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new GatewayError("service_unavailable", `The key of receipts cannot be used (${where}): ${why}`, { cause });
  }
}

function storedKey(stateDir: string): string {
  const path = join(stateDir, PRIVATE);
  if (!existsSync(path)) write(path, makeKey(), 0o600);
  try {
    // whoever copied the directory may have opened it to others
    chmodSync(path, 0o600);
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new GatewayError("service_unavailable", `The key of receipts cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function publishedIn(stateDir: string): readonly ReceiptKey[] {
  const path = join(stateDir, PUBLIC);
  if (!existsSync(path)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (Value.Check(ReceiptKeys, value)) return value.keys;
  } catch {
    // said below, as for what is no set of keys
  }
  const message = `${path} is no set of public keys: restore it, or move it away (receipts of older keys then verify no more)`;
  throw new GatewayError("service_unavailable", message);
}

/** Replaces a file of the state directory, which is made where it is not there. */
function write(path: string, text: string, mode: number): void {
  try {
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    replaceFile(path, text, mode);
  } catch (cause) {
    throw new GatewayError("service_unavailable", `Cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
