import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonical } from "../../src/carbon/canonical.ts";
import { sha256 } from "../../src/carbon/sign.ts";
import { main } from "../../src/cli/cli.ts";
import type { ReceiptCheck } from "../../src/cli/receipts-verify.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { openKeys } from "../../src/store/receipts/keys.ts";
import { scratch } from "../support/events.ts";
import { NONCE, REQUEST, rowOf, signer } from "../support/receipts.ts";
import { fakeIo, weir } from "./fake-io.ts";

const dir = scratch();
const { sign, keys } = signer();
const trace = { route_policy: "standard", decision_mode: "standard" };
const receipts = [1, 2, 3].map((at) =>
  sign({
    receiptId: `rcpt_${at}`,
    responseCommitment: sha256(`${NONCE}Hi\0`),
    routingDecisionHash: sha256(canonical(trace)),
  }),
);
const answer = (vetted: object) => ({
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  vetted,
  routing_trace: trace,
});
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta }], ...more })}\n\n`;
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "jwks.json": JSON.stringify({ keys }),
  "empty-jwks.json": '{"keys":[]}',
  "renamed-jwks.json": JSON.stringify({ keys: [{ ...keys[0], kid: "mine" }] }),
  "block.json": JSON.stringify(receipts[0], null, 2),
  "answer.json": JSON.stringify(answer(receipts[0]!)),
  "answers.jsonl": lines(receipts.map(answer)),
  "blocks.jsonl": lines(receipts),
  "list.json": JSON.stringify(receipts),
  "gap.jsonl": lines([receipts[2], receipts[0]]),
  "headless.jsonl": lines(receipts.slice(1)),
  "second.json": JSON.stringify(receipts[1]),
  "stream.txt": `${chunk({ content: "H" })}: heartbeat\n\n${chunk({ content: "i" })}${chunk({}, { vetted: receipts[0], routing_trace: trace })}data: [DONE]\n\n`,
  "none.json": JSON.stringify({ choices: [], vetted: null, vetted_error: "no key" }),
  "request.json": REQUEST,
  "garbage.txt": "not json",
  "some-garbage.jsonl": `${JSON.stringify(receipts[0])}\n{"half":\n`,
  "twice.json": JSON.stringify(receipts[0]).replace('{"accounting"', '{"gco2e":0,"accounting"'),
  "changed.json": JSON.stringify({ ...receipts[0], gco2e: 0.0001 }),
  "said-otherwise.json": JSON.stringify({ ...answer(receipts[0]!), choices: [{ message: { content: "Ho" } }] }),
  "routed-otherwise.json": JSON.stringify({ ...answer(receipts[0]!), routing_trace: { ...trace, region: "x" } }),
};

beforeAll(() => {
  for (const name in FILES) writeFileSync(join(dir.path, name), FILES[name]!);
});
afterAll(() => dir[Symbol.dispose]());

const run = (...args: string[]) => weir(["receipts", "verify", ...args], { cwd: dir.path });

async function check(...args: string[]): Promise<ReceiptCheck & { code: number }> {
  const { code, out } = await run(...args, "--jwks", "jwks.json", "--json");
  return { ...(JSON.parse(out) as ReceiptCheck), code };
}

describe("weir receipts verify", () => {
  test.each([
    ["block.json", 1, "not_checked", "not_checked"],
    ["answer.json", 1, "not_checked", "ok"],
    ["answers.jsonl", 3, "ok", "ok"],
    ["blocks.jsonl", 3, "ok", "not_checked"],
    ["list.json", 3, "ok", "not_checked"],
    ["stream.txt", 1, "not_checked", "ok"],
  ])("takes %s", async (file, count, chain, commitments) => {
    const found = await check(file);
    expect([found.code, found.ok, found.receipts.length, found.chain.status]).toEqual([0, true, count, chain as never]);
    for (const { signature, block, recomputation, commitments: committed } of found.receipts) {
      expect([signature, block, recomputation].map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
      expect(committed.status).toBe(commitments as never);
    }
  });

  test.each([
    ["changed.json", "block"],
    ["twice.json", "block"],
    ["said-otherwise.json", "commitments"],
    ["routed-otherwise.json", "commitments"],
  ] as const)("refuses %s by its %s", async (file, name) => {
    const found = await check(file);
    expect([found.code, found.ok, found.receipts[0]![name].status]).toEqual([1, false, "failed"]);
    const others = (["signature", "block", "recomputation", "commitments"] as const).filter((each) => each !== name);
    for (const other of others) expect(found.receipts[0]![other].status).not.toBe("failed");
  });

  test("says for people which check failed and why", async () => {
    const { code, out } = await run("changed.json", "--jwks", "jwks.json");
    expect(code).toBe(1);
    expect(out).toMatch(/signature +ok\n +shown block +FAILED\n +gco2e is not what was signed\n +recomputation ok/);
    expect((await run("answer.json", "--jwks", "jwks.json")).out).toContain("everything that was checked holds");
  });

  test("of many, tells those that fail and sums up the others, and the lines without any", async () => {
    const many = lines(Array.from({ length: 30 }, () => receipts[0]));
    writeFileSync(join(dir.path, "many.jsonl"), many + FILES["changed.json"] + "\nno json".repeat(25));
    const { code, out } = await run("many.jsonl", "--jwks", "jwks.json");
    expect(code).toBe(1);
    expect(out).toMatch(/^rcpt_1 +many.jsonl:31\n +signature +ok\n +shown block +FAILED\n/);
    expect(out).toMatch(/\n30 others\n +signature +ok 30\n +shown block +ok 30\n/);
    expect(out).toContain("and 5 more without a receipt\n31 receipts: not everything holds.");
    expect(out.split("\n").length).toBeLessThan(40);
  });

  test("checks the bodies that are given", async () => {
    const bodies = ["--request", "request.json", "--response", "stream.txt"];
    expect((await check("block.json", ...bodies)).receipts[0]!.commitments.status).toBe("ok");
    const wrong = await check("block.json", "--request", "answer.json");
    expect([wrong.code, wrong.receipts[0]!.commitments.reasons[0]]).toEqual([
      1,
      "request_commitment is of other bytes",
    ]);
    const many = await run("blocks.jsonl", "--jwks", "jwks.json", ...bodies);
    expect([many.code, many.err.includes("these files hold 3")]).toEqual([2, true]);
  });

  test("takes a gap for a failure only where all were to be there", async () => {
    expect(await check("gap.jsonl")).toMatchObject({ code: 0, chain: { status: "gap" } });
    expect(await check("gap.jsonl", "--complete")).toMatchObject({ code: 1, ok: false });
    expect(await check("headless.jsonl", "--complete")).toMatchObject({ code: 1, ok: false });
    expect(await check("second.json")).toMatchObject({ code: 0, chain: { status: "not_checked" } });
    expect(await check("second.json", "--complete")).toMatchObject({ code: 1, chain: { status: "gap" } });
    expect(await check("blocks.jsonl", "--complete")).toMatchObject({ code: 0 });
  });

  test("fails where there is no receipt, or something cannot be read", async () => {
    const none = await check("none.json");
    expect(none).toMatchObject({ code: 1, without: [{ why: "the answer has none: no key", unreadable: false }] });
    expect((await check("garbage.txt")).code).toBe(1);
    expect(await check("some-garbage.jsonl")).toMatchObject({ code: 1, without: [{ where: "some-garbage.jsonl:2" }] });
    expect(await check("none.json", "block.json")).toMatchObject({ code: 0 });
  });

  test.each([
    [["block.json"], 2, "needs --jwks"],
    [["--jwks", "jwks.json"], 2, "FILE"],
    [["nowhere.json", "--jwks", "jwks.json"], 1, "nowhere.json"],
    [["block.json", "--jwks", "nowhere.json"], 1, "nowhere.json"],
    [["block.json", "--jwks", "empty-jwks.json"], 1, "no Ed25519 keys"],
    [["block.json", "--jwks", "renamed-jwks.json"], 1, "no Ed25519 keys"],
    [["block.json", "--jwks", "garbage.txt"], 1, "no Ed25519 keys"],
    [["block.json", "--jwks", "http://127.0.0.1:1/jwks.json"], 1, "cannot be fetched"],
  ])("says what is wrong with %j", async (args, code, message) => {
    const found = await run(...args);
    expect([found.code, found.err.includes(message)]).toEqual([code, true]);
  });

  test("fetches keys, and does not take another's", async () => {
    using server = Bun.serve({
      port: 0,
      fetch: ({ url }) => Response.json({ keys: url.endsWith("ours") ? keys : signer().keys }),
    });
    expect((await run("block.json", "--jwks", `${server.url}ours`)).code).toBe(0);
    expect((await run("block.json", "--jwks", `${server.url}theirs`)).code).toBe(1);
  });
});

describe("weir receipts export and rotate", () => {
  test("write what was kept, for the verifier to read", async () => {
    using state = scratch();
    const ledger = openLedger("sqlite:ledger.db", state.path);
    ledger.receipts.keep(receipts.map((receipt, at) => rowOf(receipt, at * 1_000_000)));
    await ledger.close();
    const io = fakeIo({ cwd: state.path });
    expect(await main(["receipts", "export", "--state-dir", state.path], io)).toBe(0);
    writeFileSync(join(dir.path, "export.jsonl"), io.written.out);
    expect(await check("export.jsonl", "--complete")).toMatchObject({ code: 0, receipts: [{}, {}, {}] });
    const late = fakeIo();
    await main(["receipts", "export", "--state-dir", state.path, "--since", "1000"], late);
    expect(late.written.out.trim().split("\n")).toHaveLength(2);
  });

  test("turn the key over and keep the old one", async () => {
    using state = scratch();
    const kids = [openKeys(state.path, null).key.published.kid];
    for (let times = 0; times < 2; times++) {
      const io = fakeIo();
      expect(await main(["receipts", "rotate", "--state-dir", state.path, "--json"], io)).toBe(0);
      kids.unshift(JSON.parse(io.written.out).kid);
    }
    const kept = JSON.parse(readFileSync(join(state.path, "receipt-keys.json"), "utf8"));
    expect(kept.keys.map(({ kid }: { kid: string }) => kid)).toEqual(kids);
  });

  test("turn nothing over where no gateway has run, and leave nothing there", async () => {
    using state = scratch();
    const elsewhere = join(state.path, "elsewhere");
    const io = fakeIo();
    expect(await main(["receipts", "rotate", "--state-dir", elsewhere], io)).toBe(1);
    expect([io.written.out, existsSync(elsewhere)]).toEqual(["", false]);
    expect(io.written.err).toContain(`There is no key of receipts in "${elsewhere}"`);
  });
});
