import { describe, expect, test } from "bun:test";
import { sign } from "node:crypto";
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { canonical } from "../../src/carbon/canonical.ts";
import { signingInput, toBase64Url } from "../../src/carbon/jws.ts";
import { makeKey, ReceiptChain, readKey, sha256 } from "../../src/carbon/sign.ts";
import { type Verdict, verifyCommitments, verifyReceipt } from "../../src/carbon/verify.ts";
import { verifyChain } from "../../src/carbon/verify-chain.ts";
import type { Receipt, ReceiptPayload } from "../../src/schema/receipt.ts";
import { failureOf } from "../support/failure-of.ts";
import { NONCE, REQUEST, SIGNAL, sealed, signer, unsigned, work } from "../support/receipts.ts";

const OK: Verdict = { status: "ok", reasons: [] };
const { key, keys, sign: signed, receipts: _ } = signer();
const receipt = signed({ works: [work(), work({ signal: { ...SIGNAL, gco2_per_kwh: 12 } })] });
const shown = receipt as unknown as Record<string, unknown>;

/** The same receipt with another payload under a signature that holds: what only the issuer itself could do. */
function resigned(change: Partial<ReceiptPayload>): Record<string, unknown> {
  const { jws: __, commitment_nonce: ___, ...payload } = { ...receipt, ...change };
  const input = signingInput(key.header, canonical(payload));
  return { ...payload, jws: `${input}.${toBase64Url(sign(null, Buffer.from(input), key.secret))}` };
}

test("the checks need nothing that a browser lacks", async () => {
  const reached = new Set<string>();
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const reach = async (file: string): Promise<void> => {
    if (reached.has(file)) return;
    reached.add(file);
    if (file.endsWith(".json")) return;
    const text = await Bun.file(file).text();
    expect([file, /\bBun\.|\bBuffer\b|\bprocess\./.test(text)]).toEqual([file, false]);
    for (const { path } of transpiler.scanImports(text)) {
      if (path.startsWith(".")) await reach(new URL(path, `file://${file}`).pathname);
      else expect([file, path]).toEqual([file, expect.stringMatching(/^@sinclair\/typebox/)]);
    }
  };
  for (const name of ["verify", "verify-chain", "commitment"])
    await reach(new URL(`../../src/carbon/${name}.ts`, import.meta.url).pathname);
  expect(reached.size).toBeGreaterThan(8);
  const console = await Bun.file(new URL("../../src/console/ui/receipts/check.ts", import.meta.url)).text();
  expect(console).toContain('"../../../carbon/verify.ts"');
});

describe("verifyReceipt", () => {
  test("takes what was issued", async () => {
    expect(await verifyReceipt(shown, keys)).toMatchObject({ signature: OK, block: OK, recomputation: OK });
    const read = JSON.parse(JSON.stringify(shown));
    expect(await verifyReceipt(read, keys)).toMatchObject({ signature: OK, block: OK, recomputation: OK });
  });

  test("takes one of measured energy, and none that calls itself measured", async () => {
    const measured = signed({ works: [work({ machine: { energy: { measured_wh_per_token: 0.001 } } })] });
    expect(measured.tier).toBe(3);
    const taken = await verifyReceipt(measured as unknown as Record<string, unknown>, keys);
    expect(taken).toMatchObject({ signature: OK, block: OK, recomputation: OK });
    const wrong = await verifyReceipt(resigned({ tier: 3 }), keys);
    expect(wrong.recomputation.reasons).toEqual([expect.stringMatching(/^tier /)]);
  });

  test("fails in every respect for what is no JWS", async () => {
    const failed = { status: "failed", reasons: ["jws is no compact JWS"] } as const;
    const verdicts = await verifyReceipt({ ...shown, jws: "a.b" }, keys);
    expect(verdicts).toEqual({ signature: failed, block: failed, recomputation: failed, payload: null });
  });

  test("is of one mind with an independent implementation", async () => {
    const { payload, protectedHeader } = await compactVerify(receipt.jws, await importJWK(keys[0]!, "EdDSA"));
    const { jws: __, commitment_nonce: ___, ...rest } = receipt;
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(JSON.parse(JSON.stringify(rest)));
    expect(new TextDecoder().decode(payload)).toBe(canonical(rest));
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "vetted-receipt+jws", kid: keys[0]!.kid });
    expect(await calculateJwkThumbprint(keys[0]!)).toBe(keys[0]!.kid);
    const another = await importJWK(readKey(makeKey()).published, "EdDSA");
    expect(await failureOf(compactVerify(receipt.jws, another))).toBeInstanceOf(Error);
    expect(decodeProtectedHeader(receipt.jws).kid).toBe(key.published.kid);
  });

  const FIELDS = Object.keys(receipt).filter((name) => name !== "jws" && name !== "commitment_nonce");
  test.each(FIELDS)("catches a changed %s by the block, and by the block alone", async (name) => {
    for (const value of [changed(shown[name]), undefined]) {
      const found = await verifyReceipt({ ...shown, [name]: value }, keys);
      expect(found.signature).toEqual(OK);
      expect(found.recomputation).toEqual(OK);
      expect(found.block).toEqual({ status: "failed", reasons: [`${name} is not what was signed`] });
    }
  });

  test("catches a changed value anywhere within the inputs and the parts", async () => {
    let count = 0;
    for (const path of leaves(shown)) {
      if (path[0] === "jws" || path[0] === "commitment_nonce") continue;
      const copy = structuredClone(shown);
      const parent = path.slice(0, -1).reduce<never>((at, step) => at[step as never], copy as never) as never;
      (parent as Record<string, unknown>)[path.at(-1)!] = changed(parent[path.at(-1)! as never]);
      const { block, signature } = await verifyReceipt(copy, keys);
      expect([path.join("."), block.status, signature.status]).toEqual([path.join("."), "failed", "ok"]);
      count++;
    }
    expect(count).toBeGreaterThan(100);
  });

  test("catches a member that is added", async () => {
    expect((await verifyReceipt({ ...shown, offset: true }, keys)).block.reasons).toEqual([
      "offset is not what was signed",
    ]);
  });

  test("catches every changed character of the jws by the signature", async () => {
    const { jws } = receipt;
    for (let at = 0; at < jws.length; at += 7) {
      const other = jws[at] === "A" ? "B" : "A";
      const broken = jws.slice(0, at) + other + jws.slice(at + 1);
      const { signature } = await verifyReceipt({ ...shown, jws: broken }, keys);
      expect([at, signature.status]).toEqual([at, "failed"]);
    }
    // the last one has bits that stand for nothing: of the letters that mean the same bytes one is right
    for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".replace(jws.at(-1)!, "")) {
      const { signature } = await verifyReceipt({ ...shown, jws: jws.slice(0, -1) + other }, keys);
      expect([other, signature.status]).toEqual([other, "failed"]);
    }
    for (const none of [undefined, 1, "", "a.b", `${jws}.x`, `${jws}=`]) {
      expect((await verifyReceipt({ ...shown, jws: none }, keys)).signature.status).toBe("failed");
    }
  });

  test("catches another's signature, an unknown key and another type", async () => {
    const foreign = signer();
    const theirs = foreign.sign() as unknown as Record<string, unknown>;
    const unknown = await verifyReceipt(theirs, keys);
    expect(unknown.signature.reasons[0]).toContain("no key with the kid");
    const posing = [{ ...keys[0]!, kid: foreign.key.published.kid }];
    expect((await verifyReceipt(theirs, posing)).signature.status).toBe("failed");
    expect((await verifyReceipt(shown, [])).signature.status).toBe("failed");
    const header = toBase64Url(new TextEncoder().encode(canonical({ alg: "none", kid: keys[0]!.kid, typ: "JWT" })));
    const untyped = { ...shown, jws: [header, ...receipt.jws.split(".").slice(1)].join(".") };
    expect((await verifyReceipt(untyped, keys)).signature.reasons[0]).toContain("typ vetted-receipt+jws");
  });

  test("catches numbers that do not follow from their inputs even where the issuer signed them", async () => {
    const found = await verifyReceipt(resigned({ gco2e: 0.0001 }), keys);
    expect(found).toMatchObject({ signature: OK, block: OK });
    expect(found.recomputation.status).toBe("failed");
    const none = await verifyReceipt(resigned({ energy_wh: "a" as never }), keys);
    expect(none.recomputation.reasons).toEqual(["what was signed is no receipt"]);
  });
});

describe("verifyCommitments", () => {
  const choices = [{ content: "Hä", toolCalls: [{ name: "f", arguments: "{}" }] }];
  const trace = { route_policy: "standard" };
  const committed = signed({
    responseCommitment: sha256(`${NONCE}Hä\0f\0{}\0`),
    routingDecisionHash: sha256(canonical(trace)),
  }) as unknown as Record<string, unknown>;

  test("holds for the bytes that were sent, and for no others", async () => {
    expect(await verifyCommitments(committed, { request: REQUEST, choices, trace })).toEqual(OK);
    const other = new TextEncoder().encode('{"model":"n"}');
    expect((await verifyCommitments(committed, { request: other })).status).toBe("failed");
    expect((await verifyCommitments(committed, { choices: [{ ...choices[0]!, content: "Ha" }] })).status).toBe(
      "failed",
    );
    expect((await verifyCommitments(committed, { trace: { route_policy: "pinned" } })).status).toBe("failed");
    expect((await verifyCommitments({ ...committed, commitment_nonce: "0" }, { request: REQUEST })).status).toBe(
      "failed",
    );
  });

  test("cannot be checked without a nonce, or where there is none", async () => {
    const { commitment_nonce: __, ...kept } = committed;
    expect((await verifyCommitments(kept, { request: REQUEST })).reasons[0]).toContain("no commitment_nonce");
    const none = signed({ requestCommitment: null }) as unknown as Record<string, unknown>;
    expect((await verifyCommitments(none, { request: REQUEST })).reasons[0]).toContain("is null");
    expect((await verifyCommitments(committed, {})).status).toBe("not_checked");
  });
});

describe("verifyChain", () => {
  const pem = makeKey();
  const many = (chain: string, count: number, prevChain: string | null = null) => {
    const made = new ReceiptChain(readKey(pem), chain, prevChain);
    return Array.from({ length: count }, (_each, at) =>
      link(sealed(made, unsigned({ receiptId: `${chain}-${at + 1}` }))),
    );
  };
  const link = (signedOne: Receipt) => ({ payload: signedOne, jws: signedOne.jws });

  test("holds for chains in any order, one after another", async () => {
    const first = many("a", 4);
    const second = many("b", 3, sha256(first[3]!.jws));
    expect(await verifyChain([...second, ...first].reverse())).toEqual(OK);
    expect(second[0]!.payload.prev_chain).toBe(sha256(first[3]!.jws));
    expect(second[1]!.payload.prev_chain).toBeNull();
  });

  test("of one receipt, or the same twice, is not checked", async () => {
    const [one] = many("a", 1);
    expect((await verifyChain([one!])).status).toBe("not_checked");
    expect((await verifyChain([one!, one!])).status).toBe("not_checked");
  });

  test("says where receipts are missing", async () => {
    const all = many("a", 5);
    const found = await verifyChain(all.filter((_each, at) => at !== 2));
    expect(found).toEqual({ status: "gap", reasons: ["chain a: the receipts from 3 to 3 are not among these"] });
    const headless = { status: "gap", reasons: ["chain a: the receipts from 1 to 3 are not among these"] } as const;
    expect(await verifyChain(all.slice(3))).toEqual(headless);
    expect((await verifyChain(all.slice(3, 4))).status).toBe("not_checked");
    expect(await verifyChain(all.slice(3, 4), true)).toEqual(headless);
    expect((await verifyChain(all.slice(0, 1), true)).status).toBe("not_checked");
  });

  test("fails where a number is there twice, or the one before is another", async () => {
    const all = many("a", 3);
    const others = many("a", 3, "0".repeat(64));
    expect((await verifyChain([all[0]!, all[1]!, others[1]!])).status).toBe("failed");
    const foreign = { ...others[1]!, payload: { ...others[1]!.payload, prev: "0".repeat(64) } };
    expect((await verifyChain([all[0]!, foreign])).reasons[0]).toContain("does not follow");
  });

  test("fails for places that cannot be", async () => {
    const [one] = many("a", 1);
    for (const change of [{ seq: 0 }, { seq: 2 }, { prev: "x" }, { seq: 2, prev: "x", prev_chain: "y" }]) {
      const { status } = await verifyChain([{ ...one!, payload: { ...one!.payload, ...change } }]);
      expect([change, status]).toEqual([change, "failed"]);
    }
  });
});

describe("a chain", () => {
  test("does not number what it could not sign", () => {
    const { receipts } = signer();
    expect(() => receipts.seal(unsigned({ promptTokens: Number.NaN }))).toThrow(RangeError);
    expect(sealed(receipts, unsigned())).toMatchObject({ seq: 1, prev: null });
  });

  test.each(["", "x", "{}", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])(
    "takes no key from %p",
    (text) => {
      expect(() => readKey(text)).toThrow("PKCS#8 in PEM or a JWK is accepted");
    },
  );

  test("takes a PEM whose line ends are written out", () => {
    const pem = makeKey();
    expect(readKey(pem.replaceAll("\n", "\\n")).published).toEqual(readKey(pem).published);
  });

  test("takes a JWK too", () => {
    const pem = makeKey();
    const { secret, published } = readKey(pem);
    expect(readKey(JSON.stringify(secret.export({ format: "jwk" }))).published).toEqual(published);
  });
});

function changed(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return `${value}x`;
  if (value === null) return 0;
  if (Array.isArray(value)) return [...value, "x"];
  return { ...(value as object), x: 1 };
}

function* leaves(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) yield path;
  else for (const [name, member] of Object.entries(value)) yield* leaves(member, [...path, name]);
}
