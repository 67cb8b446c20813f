import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKey } from "../../src/carbon/sign.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import type { KeptReceipt, ReceiptRow } from "../../src/schema/receipt.ts";
import { openLedger, visitLedger } from "../../src/store/ledger/open.ts";
import { openKeys, rotateKey } from "../../src/store/receipts/keys.ts";
import { ReceiptWriter } from "../../src/store/receipts/writer.ts";
import type { ReceiptBook } from "../../src/store/receipts.ts";
import { fakeClock } from "../support/clock.ts";
import { scratch } from "../support/events.ts";
import { rowOf, signer } from "../support/receipts.ts";

const { sign } = signer();
/** Each as it is written, and as it is read. */
const both = (id: string, at = 1_000, consumer: string | null = null): { row: ReceiptRow; read: KeptReceipt } => {
  const { commitment_nonce: _, ...receipt } = sign({ receiptId: id });
  return { row: { ...rowOf(receipt, at), consumer }, read: { at, consumer, receipt } };
};
const kept = (id: string): ReceiptRow => both(id).row;

describe.each(["sqlite:l.db", "memory:"])("receipts in %s", (url) => {
  test("are found by id, read in pages, and end with what was kept last", async () => {
    using dir = scratch();
    const ledger = openLedger(url, dir.path);
    const { receipts } = ledger;
    expect(receipts.lastJws()).toBeNull();
    const given = [both("a", 10), both("b", 20, "someone"), both("c", 30)];
    receipts.keep(given.map(({ row }) => row));
    const all = given.map(({ read }) => read);
    expect(receipts.find("b")).toEqual(all[1]!);
    expect(receipts.find("x")).toBeNull();
    const first = receipts.page({ limit: 2 });
    expect(first.receipts.map(({ receipt }) => receipt.receipt_id)).toEqual(["a", "b"]);
    expect(receipts.page({ limit: 2, after: first.next! })).toEqual({ receipts: [all[2]!], next: null });
    expect(receipts.page({ limit: 9, sinceMs: 20, untilMs: 20 }).receipts).toEqual([all[1]!]);
    expect(receipts.lastJws()).toBe(all[2]!.receipt.jws);
    expect([receipts.prune(100), receipts.page({ limit: 9 }).receipts.length]).toEqual([2, 1]);
    await ledger.close();
  });

  test("go lot by lot from the old end, though a clock was ahead when some were kept; the last stays", async () => {
    using dir = scratch();
    const ledger = openLedger(url, dir.path);
    const { receipts } = ledger;
    const one = kept("x");
    const row = (id: string, at: number): ReceiptRow => ({ ...one, id, at });
    receipts.keep([row("ahead", 9_000), ...Array.from({ length: 1_200 }, (_, at) => row(`old-${at}`, 10))]);
    receipts.keep([row("new", 5_000), row("last", 10)]);
    expect([1, 2, 3, 4].map(() => receipts.prune(1_000))).toEqual([500, 500, 200, 0]);
    expect(["ahead", "old-0", "old-1199", "new", "last"].map((id) => receipts.find(id) !== null)).toEqual([
      ...[true, false, false, true, true],
    ]);
    await ledger.close();
  });
});

test("receipts are read beside the gateway that keeps them, and stay when it ends", async () => {
  using dir = scratch();
  const own = openLedger("sqlite:l.db", dir.path);
  own.receipts.keep([kept("a")]);
  const visitor = visitLedger("sqlite:l.db", dir.path);
  expect(visitor.receipts.find("a")?.receipt.receipt_id).toBe("a");
  await visitor.close();
  await own.close();
  const again = openLedger("sqlite:l.db", dir.path);
  expect(again.receipts.find("a")).not.toBeNull();
  expect((await again.verify()).ok).toBe(true);
  await again.close();
});

test("receipts that an older Weir kept are found, as they were signed", async () => {
  using dir = scratch();
  const own = openLedger("sqlite:l.db", dir.path);
  own.receipts.keep([kept("a"), kept("b")]);
  const { receipt: whole } = own.receipts.find("a")!;
  const { receipt } = own.receipts.find("b")!;
  await own.close();
  const raw = new Database(join(dir.path, "l.db"));
  raw.run("ALTER TABLE receipts RENAME COLUMN jws TO body");
  raw.run("ALTER TABLE receipts DROP COLUMN payload");
  raw.query("UPDATE receipts SET body = ? WHERE id = 'a'").run(whole.jws);
  raw.query("UPDATE receipts SET body = ? WHERE id = 'b'").run(JSON.stringify({ ...receipt, commitment_nonce: "n" }));
  raw.run("PRAGMA user_version = 6");
  raw.close();
  const again = openLedger("sqlite:l.db", dir.path);
  for (const each of [whole, receipt]) {
    expect(again.receipts.find(each.receipt_id)).toEqual({ at: 1_000, consumer: null, receipt: each });
  }
  again.receipts.keep([kept("c")]);
  expect(again.receipts.page({ limit: 9 }).receipts.map((each) => each.receipt.receipt_id)).toEqual(["a", "b", "c"]);
  await again.close();
});

describe("the writer", () => {
  function book() {
    const stored: string[] = [];
    const state = { fails: false };
    const receipts = {
      keep(batch: readonly ReceiptRow[]) {
        if (state.fails) throw new Error("disk");
        stored.push(...batch.map(({ id }) => id));
      },
    } as unknown as ReceiptBook;
    return { stored, state, receipts };
  }

  test("keeps what comes together in one go, and the rest soon", async () => {
    const clock = fakeClock();
    const { stored, receipts } = book();
    const writer = new ReceiptWriter(receipts, { clock, log: silentLogger });
    for (let at = 0; at < 300; at++) writer.push(kept(`r${at}`));
    expect(stored).toHaveLength(0);
    await clock.advance(25);
    expect(stored).toHaveLength(300);
    expect(clock.waiting).toBe(0);
  });

  test("tries again what a store refused, in order and once", async () => {
    const clock = fakeClock();
    const { stored, state, receipts } = book();
    const errors: object[] = [];
    const writer = new ReceiptWriter(receipts, {
      clock,
      log: { ...silentLogger, error: (fields) => void errors.push(fields) },
    });
    state.fails = true;
    writer.push(kept("a"));
    await clock.advance(100);
    writer.push(kept("b"));
    state.fails = false;
    await clock.advance(1_000);
    expect([stored, errors.length, clock.waiting]).toEqual([["a", "b"], 1, 0]);
  });

  test("says at 1, 2, 4, 8 … failures that it fails, and once that it works again", async () => {
    const clock = fakeClock();
    const { state, receipts } = book();
    const said: unknown[] = [];
    const say = (fields: object) => void said.push((fields as { failures: number }).failures);
    const writer = new ReceiptWriter(receipts, { clock, log: { ...silentLogger, error: say, info: say } });
    state.fails = true;
    writer.push(kept("a"));
    for (let seconds = 0; seconds < 19; seconds++) await clock.advance(1_000);
    state.fails = false;
    await clock.advance(1_000);
    writer.push(kept("b"));
    await clock.advance(1_000);
    expect(said).toEqual([1, 2, 4, 8, 16, 19]);
  });

  test("keeps everything at the end, and says what it could not", async () => {
    const { stored, state, receipts } = book();
    const errors: object[] = [];
    const log = { ...silentLogger, error: (fields: object) => void errors.push(fields) };
    const clock = fakeClock();
    const writer = new ReceiptWriter(receipts, { clock, log });
    writer.push(kept("a"));
    await writer.close();
    expect(stored).toEqual(["a"]);
    state.fails = true;
    writer.push(kept("b"));
    const locked = writer.close();
    await clock.advance(700);
    state.fails = false;
    await clock.advance(800);
    await locked;
    expect([stored, clock.waiting]).toEqual([["a", "b"], 0]);
    state.fails = true;
    writer.push(kept("c"));
    const broken = writer.close();
    await clock.advance(1_500);
    await broken;
    expect([errors.at(-1), clock.waiting]).toEqual([{ lost: 1 }, 0]);
  });
});

describe("keys", () => {
  test("are made once, for this user only, and stay", () => {
    using dir = scratch();
    const { key, published, pem } = openKeys(dir.path, null);
    const file = join(dir.path, "receipt-key.pem");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(published).toEqual([key.published]);
    expect(JSON.stringify(published)).not.toContain('"d"');
    chmodSync(file, 0o644);
    expect(openKeys(dir.path, null).pem).toBe(pem);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("that were turned over stay published, the newest first", () => {
    using dir = scratch();
    const old = openKeys(dir.path, null).key.published;
    const { key, published } = rotateKey(dir.path);
    expect(key.published.kid).not.toBe(old.kid);
    expect(published).toEqual([key.published, old]);
    const given = openKeys(dir.path, makeKey());
    expect(given.published.map(({ kid }) => kid)).toEqual([given.key.published.kid, key.published.kid, old.kid]);
    expect(JSON.parse(readFileSync(join(dir.path, "receipt-keys.json"), "utf8")).keys).toHaveLength(3);
  });

  test("by reference leave no private key behind, and without a directory nothing", () => {
    using dir = scratch();
    openKeys(dir.path, makeKey());
    expect(existsSync(join(dir.path, "receipt-key.pem"))).toBe(false);
    expect(openKeys(null, null).published).toHaveLength(1);
  });

  test("that cannot be used are said to be, without the key", () => {
    using dir = scratch();
    expect(() => openKeys(null, "hunter2")).toThrow("receipts.key_ref");
    expect(() => openKeys(null, "hunter2")).not.toThrow("hunter2");
    writeFileSync(join(dir.path, "receipt-key.pem"), "");
    expect(() => openKeys(dir.path, null)).toThrow("receipt-key.pem");
    using other = scratch();
    writeFileSync(join(other.path, "receipt-keys.json"), "{}");
    expect(() => openKeys(other.path, null)).toThrow("no set of public keys");
  });
});
