import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from "node:crypto";
import { once } from "../lib/once.ts";
import type { ReceiptKey, SealedReceipt, UnsignedReceipt } from "../schema/receipt.ts";
import { canonical } from "./canonical.ts";
import { headerOf, keyOf, RECEIPT_TYPE, thumbprintInput, toBase64Url } from "./jws.ts";
import { METHODOLOGY } from "./methodology.ts";

/** For bytes that are read at once: what is allocated for each receipt costs more in the end than what is done with it. */
let scratch = Buffer.allocUnsafeSlow(131_072);

/** The scratch, with room for so many bytes. */
function scratchOf(bytes: number): Buffer {
  if (bytes > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * bytes);
  return scratch;
}

/** SHA-256 of a text, or of a text and the bytes behind it, in lower-case hex. */
export function sha256(text: string, bytes?: Uint8Array): string {
  if (bytes === undefined) return hash("sha256", text, "hex");
  // of a text a unit takes up to three bytes
  const room = scratchOf(3 * text.length + bytes.length);
  const start = room.write(text);
  room.set(bytes, start);
  return hash("sha256", room.subarray(0, start + bytes.length), "hex");
}

/** `methodology_hash`: over the formulas, the constants and the tables. */
export const methodologyHash: () => string = once(() => sha256(canonical(METHODOLOGY)));

/** A key that signs receipts. */
export interface SigningKey {
  readonly published: ReceiptKey;
  /** Encoded, as it stands in front of every signature. */
  readonly header: string;
  readonly secret: KeyObject;
}

/** Makes a key; PKCS#8 in PEM. */
export function makeKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * Reads a private key: PKCS#8 in PEM, its lines ended by `\n` also where that was written out, as files of environment
 * variables do, or a JWK with `crv: Ed25519` and `d`. Throws a RangeError that says what is accepted, and nothing of what
 * was given.
 */
export function readKey(text: string): SigningKey {
  const secret = privateKey(text);
  if (secret?.asymmetricKeyType !== "ed25519") {
    throw new RangeError("it is no Ed25519 private key: PKCS#8 in PEM or a JWK is accepted");
  }
  const { x } = createPublicKey(secret).export({ format: "jwk" }) as { x: string };
  const kid = toBase64Url(createHash("sha256").update(thumbprintInput(x)).digest());
  return { published: keyOf(x, kid), header: headerOf(kid, RECEIPT_TYPE), secret };
}

function privateKey(text: string): KeyObject | null {
  try {
    if (!text.trimStart().startsWith("{")) return createPrivateKey(text.replaceAll("\\n", "\n"));
    return createPrivateKey({ key: JSON.parse(text), format: "jwk" });
  } catch {
    return null;
  }
}

/**
 * The receipts of one thread since it began, each with the hash of the one before. A chain has a random name of its own,
 * so that nothing is ever numbered twice.
 */
export class ReceiptChain {
  readonly #key: SigningKey;
  readonly #chain: string;
  #seq = 0;
  #prev: string | null = null;
  #prevChain: string | null;

  /** `prevChain`: SHA-256 of the last JWS that is known of other chains; null: none is. */
  constructor(key: SigningKey, chain: string, prevChain: string | null) {
    this.#key = key;
    this.#chain = chain;
    this.#prevChain = prevChain;
  }

  /** SHA-256 of the last JWS; null before the first. */
  get head(): string | null {
    return this.#prev;
  }

  /** Gives a receipt its place and signs it. Throws where it holds what JSON cannot say; its number is then still free. */
  seal(unsigned: UnsignedReceipt): SealedReceipt {
    const seq = this.#seq + 1;
    const place = { chain: this.#chain, seq, prev: this.#prev, prev_chain: this.#prevChain };
    const payload = canonical({ ...unsigned, ...place });
    // of a text a unit takes up to three bytes, and three bytes take four letters
    const { header, secret } = this.#key;
    const bytes = scratchOf(header.length + 4 * payload.length + 4);
    const body = bytes.toString("base64url", 0, bytes.write(payload));
    const signed = `${header}.${body}`;
    const signature = toBase64Url(sign(null, bytes.subarray(0, bytes.write(signed, "latin1")), secret));
    const jws = `${signed}.${signature}`;
    this.#seq = seq;
    this.#prev = sha256(jws);
    this.#prevChain = null;
    return { payload, jws, detached: `${header}..${signature}` };
  }
}
