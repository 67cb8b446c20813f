import { afterAll, beforeAll, test as bunTest, describe, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/lib/clock.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import { BUCKET_MS, type SumRow, sumRows } from "../../src/lib/sum-rows.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import type { AccessRecord } from "../../src/schema/ledger.ts";
import { openLedger } from "../../src/store/open-ledger.ts";
import type { ChainedLedger } from "../../src/store/store.ts";
import { anEvent, events, manualClock } from "../support/events.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres-server.ts";

const root = mkdtempSync(join(tmpdir(), "weir-sums-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let server: PostgresServer | null = null;
beforeAll(async () => {
  if (hasPostgres) server = await startPostgres();
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const access: AccessRecord = { kind: "access", at: 5, who: "ada", via: "cli", what: "events tail", filter: {} };

/** Every store keeps the same promises. */
describe.each(["sqlite:ledger.db", "memory:", "postgres:"])("sums at %s", (kind) => {
  const test = kind === "postgres:" ? bunTest.skipIf(!hasPostgres) : bunTest;
  let made = 0;
  const fresh = async (clock: Clock = manualClock(1_770_000_000_000)): Promise<ChainedLedger> => {
    const url = kind === "postgres:" ? await server!.database() : kind;
    return openLedger(url, join(root, `${kind.slice(0, 6)}-${made++}`), clock);
  };

  test("sums up what was appended, in any batches, page by page", async () => {
    const ledger = await fresh();
    const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
    const written = events(300, (at) => ({
      at: 1_770_000_000_000 + (at % 40) * 60_000,
      consumer: pick(["ann", "bob\u0000\ud800", null], at),
      target: pick(["large", "small"], Math.floor(at / 7)),
      duration_ms: at * 11,
      cost: { usd: at / 1e6, basis: "exact" },
    }));
    for (let at = 0; at < written.length; at += 17) await ledger.append([...written.slice(at, at + 17), access]);
    const all = { kind: "requests", sinceMs: 0, untilMs: 1e15 } as const;
    const whole = await ledger.sums({ ...all, limit: 1000 });
    const valid = ({ key, ...row }: SumRow) => ({ ...row, key: key.toWellFormed().replaceAll("\0", "\ufffd") });
    const right = sumRows(written)
      .filter(({ kind: own }) => own === "requests")
      .map(valid);
    const byPlace = (a: SumRow, b: SumRow) => a.at - b.at || (a.key < b.key ? -1 : 1);
    expect(whole.map(valid).toSorted(byPlace)).toEqual(right.toSorted(byPlace));
    const paged: SumRow[] = [];
    for (let page: readonly SumRow[] = []; paged.length === 0 || page.length > 0; paged.push(...page))
      page = await ledger.sums({ ...all, after: paged.at(-1), limit: 7 });
    expect(paged).toEqual([...whole]);
    const totals = await ledger.sums({ ...all, kind: "total", limit: 1000 });
    expect(totals.map(({ at, key }) => [at, key])).toEqual(
      [...new Set(whole.map(({ at }) => at))].map((at) => [at, "[]"]),
    );
    expect(totals.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(300);
    const from = 1_770_000_000_000 + 20 * 60_000;
    const later = await ledger.sums({ kind: "requests", sinceMs: from, untilMs: 1e15, limit: 1000 });
    expect(later).toEqual(whole.filter(({ at }) => at + BUCKET_MS > from));
    expect(await ledger.sums({ kind: "requests", sinceMs: 0, untilMs: 1_769_999_000_000, limit: 9 })).toEqual([]);
    await ledger.close();
  });

  test("sums up nothing of an append that was taken back", async () => {
    const ledger = await fresh();
    const requests = async () =>
      (await ledger.sums({ kind: "requests", sinceMs: 0, untilMs: 1e15, limit: 99 })).reduce(
        (sum, { values }) => sum + values[0]!,
        0,
      );
    await ledger.append(events(2));
    const bad = { ...anEvent(), attempts: null } as unknown as RequestEvent;
    for (let times = 0; times < 2; times++) {
      const thrown = await Promise.try(() => ledger.append([anEvent(), bad])).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(GatewayError);
    }
    expect(await requests()).toBe(2);
    await ledger.append(events(3));
    expect(await requests()).toBe(5);
    await ledger.close();
  });

  test("counts together what would be too much to count apart", async () => {
    const ledger = await fresh();
    for (let at = 0; at < 3; at++) {
      await ledger.append(events(600, (place) => ({ at: 0, answered_model: `m${at * 400 + place}` })));
    }
    const rows = await ledger.sums({ kind: "requests", sinceMs: 0, untilMs: 1, limit: 5000 });
    expect(rows.length).toBeLessThan(1800);
    expect(rows.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(1800);
    expect(rows.some(({ key }) => key.includes("(other)"))).toBe(true);
    await ledger.close();
  });

  test("keeps sums by the hour where they are old, and drops them with the rows", async () => {
    const days = manualClock(1_770_000_000_000);
    const ledger = await fresh(days);
    const hours = 3;
    await ledger.append(
      events(hours * 60, (at) => ({ at: days.now() + at * 60_000, cost: { usd: 0.01, basis: "exact" } })),
    );
    const read = () => ledger.sums({ kind: "requests", sinceMs: 0, untilMs: 1e15, limit: 1000 });
    const requests = (rows: readonly SumRow[]) => rows.reduce((sum, { values }) => sum + values[0]!, 0);
    const fine = await read();
    expect(fine.length).toBeGreaterThan(30);
    await ledger.prune(0);
    expect(await read()).toEqual(fine);
    days.move(3 * 86_400_000);
    await ledger.prune(0);
    const coarse = await read();
    expect(coarse.length).toBeLessThanOrEqual(hours + 1);
    expect(coarse.every(({ at }) => at % 3_600_000 === 0)).toBe(true);
    expect(requests(coarse)).toBe(hours * 60);
    await ledger.append(events(5, () => ({ at: days.now() })));
    await ledger.prune(days.now() - 86_400_000);
    expect(requests(await read())).toBe(5);
    await ledger.close();
  });
});
