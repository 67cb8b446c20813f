import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "../../../src/lib/logger.ts";
import type { ChainHead } from "../../../src/schema/ledger.ts";
import { KeptHeads, keptHeads } from "../../../src/store/ledger/kept-heads.ts";
import { openLedger } from "../../../src/store/ledger/open.ts";
import { manualClock } from "../../support/clock.ts";
import { anEvent, scratch } from "../../support/events.ts";

test("a head takes the place of the one before as long as the chain leads through that one", async () => {
  using dir = scratch();
  const clock = manualClock();
  const ledger = openLedger("sqlite:ledger.db", dir.path, clock);
  const heads = keptHeads("sqlite:ledger.db", dir.path)!;
  expect(heads.path).toBe(join(dir.path, "ledger.db.heads"));
  expect(heads.read()).toEqual([]);
  const keep = async (): Promise<ChainHead> => {
    const head = (await ledger.head())!;
    await heads.keep(head, ledger, silentLogger);
    return head;
  };
  await keep();
  await ledger.append([anEvent({ at: clock.now() })]);
  const second = await keep();
  expect(heads.read()).toEqual([second]);
  expect(statSync(heads.path).mode & 0o777).toBe(0o600);
  expect(await ledger.verify(undefined, heads.read())).toMatchObject({ ok: true, end: "not proven" });
  // retention takes the row away, and says so
  clock.move(3 * 86_400_000);
  await ledger.append([anEvent({ at: clock.now() })]);
  expect(await ledger.prune(clock.now() - 86_400_000)).toBeGreaterThan(0);
  const third = await keep();
  expect(heads.read()).toEqual([third]);
  expect(await ledger.verify(undefined, [second, third])).toMatchObject({ ok: true });
  const elsewhere: ChainHead = { seq: third.seq, hash: "ab".repeat(32) };
  writeFileSync(heads.path, JSON.stringify([elsewhere]));
  await keep();
  expect(heads.read()).toEqual([elsewhere, third]);
  expect(await ledger.verify(undefined, heads.read())).toMatchObject({ ok: false, problemCount: 1 });
  await ledger.close();
});

test("a file that holds none is none", () => {
  using dir = scratch();
  const heads = new KeptHeads(join(dir.path, "x"));
  for (const text of ["", "{}", '[{"seq":"1"}]', "null"]) {
    writeFileSync(heads.path, text);
    expect(heads.read()).toEqual([]);
  }
});

test("every ledger has its own, whoever logs in to it", () => {
  const path = (url: string): string | undefined => keptHeads(url, "/state")?.path;
  expect(path("memory:")).toBeUndefined();
  expect(path("sqlite:///var/lib/weir.db")).toBe("/var/lib/weir.db.heads");
  expect(path("postgres://a:b@db:5432/weir")).toMatch(/^\/state\/postgres-[0-9a-f]{16}\.heads$/);
  expect(path("postgres://c:d@db:5432/weir")).toBe(path("postgres://a:b@db:5432/weir"));
  expect(path("postgres://a:b@db:5432/other")).not.toBe(path("postgres://a:b@db:5432/weir"));
});
