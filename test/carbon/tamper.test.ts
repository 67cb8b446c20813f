import { describe, expect, test } from "bun:test";
import { sign } from "node:crypto";
import { canonical } from "../../src/carbon/canonical.ts";
import { signingInput, toBase64Url } from "../../src/carbon/jws.ts";
import { sha256 } from "../../src/carbon/sign.ts";
import { verifyCommitments, verifyReceipt } from "../../src/carbon/verify.ts";
import { verifyChain } from "../../src/carbon/verify-chain.ts";
import type { Receipt, ReceiptPayload } from "../../src/schema/receipt.ts";
import { NONCE, REQUEST, SIGNAL, signer, work } from "../support/receipts.ts";

type Json = Record<string, unknown>;
type Path = readonly string[];

const { key, keys, sign: signed } = signer();
const TRACE = { route_policy: "standard", decision_mode: "standard" };
const CHOICES = [{ content: "Hi", toolCalls: [] }];
const committed = { responseCommitment: sha256(`${NONCE}Hi\0`), routingDecisionHash: sha256(canonical(TRACE)) };
const before = signed();
const simple = signed(committed);
const several = signed({
  ...committed,
  works: [work({ completionTokens: 100 }), work({ signal: { ...SIGNAL, zone: "SE-SE3", gco2_per_kwh: 12 } })],
});
const after = signed();
const ALL = [before, simple, several, after];

/** Whatever stands in a receipt and is signed. */
function payloadOf({ jws: _, commitment_nonce: __, ...payload }: Receipt): ReceiptPayload {
  return payload;
}

function* leaves(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== "object" || value === null) yield path;
  else for (const [name, member] of Object.entries(value)) yield* leaves(member, [...path, name]);
}

/** Another value of the same type, so that only what it says is wrong. */
function other(value: unknown): unknown {
  // enough to need other GPUs, whose number is a power of two
  if (typeof value === "number") return value * 3 + 7;
  if (value === null) return null;
  const text = String(value);
  if (text === "live") return "stale";
  if (text === "lifecycle") return "direct";
  if (text === "production") return "consumption";
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return text.replace(/^\d{4}/, "2020");
  return `${text}x`;
}

function withLeaf<T>(of: T, path: Path): T {
  const copy = structuredClone(of);
  const parent = path.slice(0, -1).reduce<Json>((at, step) => at[step] as Json, copy as Json);
  parent[path.at(-1)!] = other(parent[path.at(-1)!]);
  return copy;
}

/** The JWS of another payload: under the old signature, or under one that holds, which only the issuer can make. */
function jwsOf(payload: object, signature: string | null): string {
  const input = signingInput(key.header, canonical(payload));
  return `${input}.${signature ?? toBase64Url(sign(null, Buffer.from(input), key.secret))}`;
}

const paths = [simple, several].flatMap((receipt) =>
  [...leaves(payloadOf(receipt))]
    .filter((path) => path.reduce<unknown>((at, step) => (at as Json)[step], receipt) !== null)
    .map((path) => ({ receipt, path, name: `${receipt === simple ? "" : "of several parts: "}${path.join(".")}` })),
);

async function statuses(block: object): Promise<string> {
  const { signature, block: shown, recomputation } = await verifyReceipt(block as Json, keys);
  return [signature, shown, recomputation].map(({ status }) => status).join(" ");
}

describe("a receipt with one value changed", () => {
  test("there is much to change", () => {
    expect(paths.length).toBeGreaterThan(200);
  });

  test("in the block that is shown: the shown block fails, and nothing else", async () => {
    for (const { receipt, path, name } of paths) {
      expect([name, await statuses(withLeaf(receipt, path))]).toEqual([name, "ok failed ok"]);
    }
  });

  test("in what was signed and in the block alike: the signature fails", async () => {
    for (const { receipt, path, name } of paths) {
      const changed = withLeaf(payloadOf(receipt), path);
      const block = { ...changed, jws: jwsOf(changed, receipt.jws.split(".")[2]!) };
      expect([name, await statuses(block)]).toEqual([name, expect.stringMatching(/^failed ok /)]);
    }
  });

  test("in what was signed alone: signature and shown block fail", async () => {
    for (const { receipt, path, name } of paths) {
      const jws = jwsOf(withLeaf(payloadOf(receipt), path), receipt.jws.split(".")[2]!);
      expect([name, await statuses({ ...receipt, jws })]).toEqual([name, expect.stringMatching(/^failed failed /)]);
    }
  });

  /** What the issuer alone can state: no other value of a receipt says what is right. */
  const STATED =
    /^(receipt_id|query_id|issued_at|issuer|route_taken|prompt_tokens|exclusions\.\d+|(parts\.\d+\.)?inputs\.\w+\.(unit|source)|(parts\.\d+\.)?inputs\.(generation_seconds\.value|total_params_b\.(lo|hi)))$/;
  /** The same where no part repeats it. */
  const STATED_ALONE = /^(parts\.\d+\.)?(target|model|region|grid_zone|basis|accounting)$/;
  const PLACE = ["chain", "seq", "prev", "prev_chain"];
  const COMMITTED = ["request_commitment", "response_commitment", "routing_decision_hash"];

  test("and signed by the issuer itself: recomputation, chain or commitments fail, whichever knows better", async () => {
    const caught = { recomputation: 0, chain: 0, commitments: 0, stated: 0 };
    for (const { receipt, path, name } of paths) {
      const changed = withLeaf(payloadOf(receipt), path);
      const block = { ...changed, commitment_nonce: NONCE, jws: jwsOf(changed, null) };
      const found = await statuses(block);
      expect([name, found]).toEqual([name, expect.stringMatching(/^ok ok /)]);
      const chain = await verifyChain(
        ALL.map((each) => (each === receipt ? { payload: changed, jws: block.jws } : { payload: each, jws: each.jws })),
      );
      const bodies = await verifyCommitments(block, { request: REQUEST, choices: CHOICES, trace: TRACE });
      const field = path.join(".");
      const is = {
        recomputation: found.endsWith("failed"),
        commitments: bodies.status === "failed",
        // the receipt after it names another hash whatever was changed
        chain: chain.status === "failed",
      };
      expect([name, is.chain]).toEqual([name, true]);
      expect([name, is.commitments]).toEqual([name, COMMITTED.includes(field)]);
      if (is.commitments) caught.commitments++;
      else if (PLACE.includes(field)) caught.chain++;
      else if (is.recomputation) caught.recomputation++;
      else {
        expect([name, STATED.test(field) || STATED_ALONE.test(field)]).toEqual([name, true]);
        caught.stated++;
      }
    }
    expect(caught.commitments).toBe(6);
    expect(caught.chain).toBe(6);
    expect(caught.recomputation).toBeGreaterThan(100);
  });
});

describe("the place of a receipt, changed by the issuer", () => {
  const links = (changed: Partial<ReceiptPayload>) => {
    const payload = { ...payloadOf(after), ...changed };
    const last = { payload, jws: jwsOf(payload, null) };
    return [...[before, simple, several].map((each) => ({ payload: each, jws: each.jws })), last];
  };
  test.each([
    ["its chain", { chain: "other" }],
    ["its number", { seq: 5 }],
    ["a number that is taken", { seq: 2 }],
    ["the one before it", { prev: "0".repeat(64) }],
    ["none before it", { prev: null }],
    ["a chain before its own", { prev_chain: "0".repeat(64) }],
    ["another chain that it begins", { chain: "other", seq: 1, prev: null, prev_chain: null, query_id: "x" }],
  ])("%s", async (name, change) => {
    const { status } = await verifyChain(links(change));
    // a chain of its own is no fault: every thread and every start has one
    expect(status).toBe(name === "another chain that it begins" ? "ok" : "failed");
  });
});

test("bodies with one byte changed are other bodies", async () => {
  const block = simple as unknown as Json;
  for (let at = 0; at < REQUEST.length; at++) {
    const request = REQUEST.map((byte, place) => (place === at ? byte ^ 1 : byte));
    expect((await verifyCommitments(block, { request })).status).toBe("failed");
  }
  const answers = [
    [{ content: "Hi ", toolCalls: [] }],
    [{ content: "hi", toolCalls: [] }],
    [...CHOICES, ...CHOICES],
    [{ content: "", toolCalls: [{ name: "Hi", arguments: "" }] }],
    [],
  ];
  for (const choices of answers) expect((await verifyCommitments(block, { choices })).status).toBe("failed");
  for (const nonce of ["", `${NONCE}0`, NONCE.toUpperCase(), undefined, 1])
    expect((await verifyCommitments({ ...block, commitment_nonce: nonce }, { request: REQUEST })).status).toBe(
      nonce === NONCE ? "ok" : "failed",
    );
});
