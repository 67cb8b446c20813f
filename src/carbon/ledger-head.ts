import { createPublicKey, sign, verify } from "node:crypto";
import type { ChainHead, SignedHead } from "../schema/ledger.ts";
import type { ReceiptKey } from "../schema/receipt.ts";
import { canonical } from "./canonical.ts";
import { headerOf, parseCompact, signingInput, toBase64Url } from "./jws.ts";
import type { SigningKey } from "./sign.ts";

/** The header's `typ`: a signature over a head is none over a receipt. */
const TYPE = "weir-ledger-head+jws";

/** Signs a head of the ledger as it was at `at` (epoch milliseconds), with the key of receipts. */
export function signHead({ published, secret }: SigningKey, { seq, hash }: ChainHead, at: number): SignedHead {
  const { kid } = published;
  const input = signingInput(headerOf(kid, TYPE), canonical({ at, hash, seq }));
  const jws = `${input}.${toBase64Url(sign(null, Buffer.from(input), secret))}`;
  return { seq, hash, head: `${seq}:${hash}`, at, kid, jws };
}

/** The head in a JWS, or why it cannot be believed: what is wrong with it or whose key signed it. */
export function readHead(jws: string, keys: readonly ReceiptKey[]): ChainHead | string {
  const compact = parseCompact(jws);
  if (compact === null || compact.header["typ"] !== TYPE) return "it is no signed head of a ledger";
  const { kid } = compact.header;
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) return `no key ${String(kid).slice(0, 64)} is known here`;
  const { kty, crv, x } = key;
  const published = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  if (!verify(null, compact.signed, published, compact.signature)) return "its signature does not hold";
  const { seq, hash } = JSON.parse(compact.payload) as Partial<ChainHead>;
  if (!Number.isInteger(seq) || !/^[0-9a-f]{64}$/.test(hash ?? "")) return "it names no row and hash";
  return { seq: seq!, hash: hash! };
}
