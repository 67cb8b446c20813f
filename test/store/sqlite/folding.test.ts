import { expect, test } from "bun:test";
import { copyFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/lib/clock.ts";
import { openLedger, visitLedger } from "../../../src/store/ledger/open.ts";
import { Folding } from "../../../src/store/sqlite/folding.ts";
import { SqliteLedger } from "../../../src/store/sqlite/ledger.ts";
import { connect, createPrivate } from "../../../src/store/sqlite.ts";
import { anEvent, events, scratch } from "../../support/events.ts";

const URL = "sqlite:ledger.db";

/** A ledger whose disk takes the file, once that is open, when `settle` says so. */
function ledgerOn(dir: string, settle: () => Promise<void>) {
  const path = join(dir, "ledger.db");
  createPrivate(path);
  const { db, closed } = connect(path, { role: "own", clock: systemClock, stateDir: dir });
  let isOpen = false;
  const folding = new Folding({ db, path, settle: () => (isOpen ? settle() : Promise.resolve()) });
  isOpen = true;
  const ledger = new SqliteLedger({ db, path, clock: systemClock, own: true, folding, released: closed });
  const untilFolds = (): void => {
    while (folding.running === null) void ledger.append([anEvent()]);
  };
  return { ledger, folding, path, untilFolds };
}

/** The rows of what a power cut would leave, once opened again. */
async function rowsAfter(powerCut: { file: string; wal: string }): Promise<number> {
  using after = scratch();
  copyFileSync(powerCut.file, join(after.path, "ledger.db"));
  copyFileSync(powerCut.wal, join(after.path, "ledger.db-wal"));
  const left = visitLedger(URL, after.path);
  const { ok, rows } = await left.verify();
  await left.close();
  expect(ok).toBe(true);
  return rows;
}

test("the disk is asked at once for what a killed process left with the system", () => {
  using dir = scratch();
  const path = join(dir.path, "ledger.db");
  createPrivate(path);
  const { db, closed } = connect(path, { role: "own", clock: systemClock, stateDir: dir.path });
  let asked = 0;
  new Folding({
    db,
    path,
    settle: async () => {
      asked++;
      throw new Error("EIO");
    },
  });
  expect(asked).toBe(1);
  db.close(true);
  closed();
});

test("what was folded is in the file itself, and the WAL is begun anew", async () => {
  using dir = scratch();
  const ledger = openLedger(URL, dir.path);
  const wal = join(dir.path, "ledger.db-wal");
  const sizes: number[] = [];
  for (let commit = 0; commit < 2_000; commit++) {
    await ledger.append(events(4));
    sizes.push(statSync(wal).size);
  }
  expect(sizes.at(-1)).toBeLessThan(4 * sizes[180]!);
  using alone = scratch();
  copyFileSync(join(dir.path, "ledger.db"), join(alone.path, "ledger.db"));
  const folded = visitLedger(URL, alone.path);
  expect((await folded.verify()).rows).toBeGreaterThan(1_000);
  await folded.close();
  await ledger.close();
});

test("a power cut before the disk has taken the copies loses no row, whoever writes meanwhile", async () => {
  using dir = scratch();
  const taken = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { ledger, folding, path, untilFolds } = ledgerOn(dir.path, () => {
    asked.resolve();
    return taken.promise;
  });
  const before = join(dir.path, "as-the-disk-has-it");
  copyFileSync(path, before);
  untilFolds();
  await asked.promise;
  const visitor = visitLedger(URL, dir.path);
  for (let commit = 0; commit < 50; commit++) await visitor.append(events(1));
  await visitor.close();
  const rows = (await ledger.head())!.seq;
  expect(await rowsAfter({ file: before, wal: `${path}-wal` })).toBe(rows);
  taken.resolve();
  await folding.running;
  await ledger.close();
});

test("batches wait for it", async () => {
  using dir = scratch();
  const taken = Promise.withResolvers<void>();
  const { ledger, folding, untilFolds } = ledgerOn(dir.path, () => taken.promise);
  untilFolds();
  const { seq } = (await ledger.head())!;
  const appended = ledger.append([anEvent()]);
  expect(ledger.receipts.busy).toBe(folding.running);
  expect((await ledger.head())!.seq).toBe(seq);
  taken.resolve();
  await appended;
  expect((await ledger.head())!.seq).toBe(seq + 1);
  expect(ledger.receipts.busy).toBeNull();
  await ledger.close();
});

test("a disk that fails is asked again, and nothing is lost", async () => {
  using dir = scratch();
  let asked = 0;
  const { ledger, folding, untilFolds } = ledgerOn(dir.path, async () => {
    asked++;
    throw new Error("EIO");
  });
  for (let time = 0; time < 3; time++) {
    untilFolds();
    await folding.running;
  }
  expect(asked).toBe(3);
  expect(await ledger.verify()).toMatchObject({ ok: true });
  await ledger.close();
});
