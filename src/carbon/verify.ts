import { Value } from "@sinclair/typebox/value";
import { isObject, type JsonObject, parsedJson } from "../lib/json/json.ts";
import { once } from "../lib/once.ts";
import { Receipt, type ReceiptKey, type ReceiptPayload } from "../schema/receipt.ts";
import { canonical } from "./canonical.ts";
import { type CommittedChoice, committedText } from "./commitment.ts";
import { fromBase64Url, parseCompact, RECEIPT_TYPE } from "./jws.ts";
import { METHODOLOGY } from "./methodology.ts";
import { recompute } from "./recompute.ts";

/** What one check came to, and why. `not_checked`: what it needs was not given; `gap`: something in between is missing. */
export interface Verdict {
  readonly status: "ok" | "failed" | "gap" | "not_checked";
  readonly reasons: readonly string[];
}

/** What was found about one receipt alone. */
export interface ReceiptVerdicts {
  /** Whether a published key signed the payload. */
  readonly signature: Verdict;
  /** Whether the block that is shown says what was signed. */
  readonly block: Verdict;
  /** Whether its numbers follow from the inputs that it states. */
  readonly recomputation: Verdict;
  /** What was signed; null where it cannot be read. */
  readonly payload: ReceiptPayload | null;
}

const utf8 = new TextEncoder();
const OK: Verdict = { status: "ok", reasons: [] };
const NOT_SIGNED = new Set(["jws", "commitment_nonce"]);

/** A verdict that fails where there are reasons. */
export const verdict = (reasons: readonly string[]): Verdict =>
  reasons.length === 0 ? OK : { status: "failed", reasons };

/**
 * Checks one receipt as it is shown, offline. Uses only what browsers have too (WebCrypto). Never throws: whatever is
 * wrong is a verdict.
 */
export async function verifyReceipt(block: JsonObject, keys: readonly ReceiptKey[]): Promise<ReceiptVerdicts> {
  const { jws } = block;
  const compact = typeof jws === "string" ? parseCompact(jws) : null;
  if (compact === null) {
    const unreadable = verdict(["jws is no compact JWS"]);
    return { signature: unreadable, block: unreadable, recomputation: unreadable, payload: null };
  }
  const signed = parsedJson(compact.payload);
  const payload = readPayload(signed);
  return {
    signature: verdict(await signatureFaults(compact, keys)),
    block: verdict(blockFaults(block, signed, compact.payload)),
    recomputation: verdict(
      payload === null ? ["what was signed is no receipt"] : recompute(payload, await methodologyHash()),
    ),
    payload,
  };
}

async function signatureFaults(
  { header, signed, signature }: NonNullable<ReturnType<typeof parseCompact>>,
  keys: readonly ReceiptKey[],
): Promise<string[]> {
  const { alg, typ, kid, ...rest } = header;
  if (alg !== "EdDSA" || typ !== RECEIPT_TYPE || typeof kid !== "string" || Object.keys(rest).length > 0) {
    return [`the header must be alg EdDSA, typ ${RECEIPT_TYPE} and a kid`];
  }
  const key = keys.find((each) => each.kid === kid);
  if (key === undefined) return [`no key with the kid "${kid.slice(0, 64)}" is among those given`];
  try {
    const bytes = new Uint8Array(fromBase64Url(key.x));
    const imported = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    const holds = await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
    return holds ? [] : ["the signature is not that of this key over this payload"];
  } catch {
    return [`the key with the kid "${kid.slice(0, 64)}" cannot be used`];
  }
}

function blockFaults(block: JsonObject, signed: unknown, text: string): string[] {
  if (!isObject(signed)) return ["what was signed is no JSON object"];
  const names = new Set([...Object.keys(block), ...Object.keys(signed)].filter((name) => !NOT_SIGNED.has(name)));
  const differing = [...names].filter((name) => canonicalOr(block[name]) !== canonicalOr(signed[name]));
  const faults = differing.map((name) => `${name} is not what was signed`);
  for (const name of NOT_SIGNED) if (name in signed) faults.push(`${name} must not be among what is signed`);
  if (canonicalOr(signed) !== text) faults.push("what was signed is not in canonical form");
  return faults;
}

/** Null for what has no canonical form. */
function canonicalOr(value: unknown): string | null {
  if (value === undefined) return null;
  try {
    return canonical(value);
  } catch {
    return null;
  }
}

function readPayload(signed: unknown): ReceiptPayload | null {
  if (!isObject(signed)) return null;
  return Value.Check(Receipt, { ...signed, jws: "" }) ? (signed as unknown as ReceiptPayload) : null;
}

/** Whether a receipt's commitments hold for the bodies that are given; a decision for the trace beside it. */
export async function verifyCommitments(
  block: JsonObject,
  given: {
    readonly request?: Uint8Array | undefined;
    readonly choices?: readonly CommittedChoice[] | undefined;
    readonly trace?: unknown;
  },
): Promise<Verdict> {
  const faults: string[] = [];
  const { commitment_nonce: nonce } = block;
  const { request, choices, trace } = given;
  const check = async (name: "request_commitment" | "response_commitment", bytes: Uint8Array) => {
    const committed = block[name];
    if (typeof nonce !== "string") faults.push(`${name} cannot be checked: the block has no commitment_nonce`);
    else if (typeof committed !== "string") faults.push(`${name} is null: the receipt is committed to none`);
    else if (committed !== (await sha256Hex([utf8.encode(nonce), bytes]))) faults.push(`${name} is of other bytes`);
  };
  if (request !== undefined) await check("request_commitment", request);
  if (choices !== undefined) await check("response_commitment", utf8.encode(committedText(choices)));
  if (
    trace !== undefined &&
    block["routing_decision_hash"] !== (await sha256Hex([utf8.encode(canonicalOr(trace) ?? "")]))
  )
    faults.push("routing_decision_hash is of another routing_trace");
  const any = request !== undefined || choices !== undefined || trace !== undefined;
  return any ? verdict(faults) : { status: "not_checked", reasons: [] };
}

/** SHA-256 over pieces, in lower-case hex. */
export async function sha256Hex(pieces: readonly Uint8Array[]): Promise<string> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
}

const methodologyHash = once(() => sha256Hex([utf8.encode(canonical(METHODOLOGY))]));
