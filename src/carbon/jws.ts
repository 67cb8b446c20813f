import { type JsonObject, parsedObject } from "../lib/json/json.ts";
import type { ReceiptKey } from "../schema/receipt.ts";
import { canonical } from "./canonical.ts";

/** The header's `typ`: a signature over something else is none over a receipt. */
export const RECEIPT_TYPE = "vetted-receipt+jws";

const utf8 = new TextEncoder();

/** Base64 for URLs, without padding (RFC 7515). */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The bytes of {@link toBase64Url}, strictly: throws a SyntaxError for any other text, so that each has one form. */
export function fromBase64Url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new SyntaxError("not base64url");
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  if (toBase64Url(bytes) !== text) throw new SyntaxError("not the canonical base64url of its bytes");
  return bytes;
}

/** The header of what a key signs, encoded; `typ` says what that is. */
export function headerOf(kid: string, typ: string): string {
  return toBase64Url(utf8.encode(canonical({ alg: "EdDSA", kid, typ })));
}

/** The text that is signed: header and the canonical text of the payload, encoded, with a dot between them. */
export function signingInput(header: string, payload: string): string {
  return `${header}.${toBase64Url(utf8.encode(payload))}`;
}

/** The compact JWS of a detached one (RFC 7515, appendix F) and its payload's text. */
export function attached(detached: string, payload: string): string {
  const end = detached.lastIndexOf(".");
  return signingInput(detached.slice(0, end - 1), payload) + detached.slice(end);
}

/** A compact JWS taken apart. */
export interface Compact {
  readonly header: JsonObject;
  /** The payload's text as it was signed. */
  readonly payload: string;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Takes a compact JWS apart; null for what is none. */
export function parseCompact(jws: string): Compact | null {
  const parts = jws.split(".");
  if (parts.length !== 3) return null;
  const [header = "", payload = "", signature = ""] = parts;
  const decode = (text: string): string => new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(text));
  try {
    const head = parsedObject(decode(header));
    if (head === null) return null;
    return {
      header: head,
      payload: decode(payload),
      signed: utf8.encode(`${header}.${payload}`),
      signature: new Uint8Array(fromBase64Url(signature)),
    };
  } catch {
    return null;
  }
}

/** What an RFC 7638 thumbprint of an Ed25519 key is the SHA-256 of. */
export function thumbprintInput(x: string): string {
  return canonical({ crv: "Ed25519", kty: "OKP", x });
}

/** A public key in its published form. */
export function keyOf(x: string, kid: string): ReceiptKey {
  return { kty: "OKP", crv: "Ed25519", x, kid, use: "sig", alg: "EdDSA" };
}
