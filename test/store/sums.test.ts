import { afterAll, beforeAll, test as bunTest, describe, expect } from "bun:test";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Clock } from "../../src/lib/clock.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import { BUCKET_MS, type SumRow, sumRows } from "../../src/lib/sums/sum-rows.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import type { AccessRecord } from "../../src/schema/ledger.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import type { ChainedLedger } from "../../src/store/store.ts";
import { manualClock } from "../support/clock.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { anEvent, events } from "../support/events.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres-server.ts";

const root = emptyFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

let server: PostgresServer | null = null;
beforeAll(async () => {
  if (hasPostgres) server = await startPostgres();
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const access: AccessRecord = { kind: "access", at: 5, who: "ada", via: "cli", what: "events tail", filter: {} };

const circular: Record<string, unknown> = {};
circular["self"] = circular;
/** What no store can write. */
const BROKEN = { ...anEvent(), content: circular } as unknown as RequestEvent;

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

  test("counts the tries that failed, and keeps them by the hour where they are old", async () => {
    const days = manualClock(1_770_000_000_000);
    const ledger = await fresh(days);
    const [ok] = anEvent().attempts as [RequestEvent["attempts"][number]];
    const failed = { ...ok, target: "down", outcome: "upstream_failed" };
    for (let times = 0; times < 3; times++) {
      await ledger.append(
        events(10, (at) => ({ at: days.now() + at * 600_000, attempts: at % 2 === 0 ? [failed, failed, ok] : [ok] })),
      );
    }
    const failures = async () => {
      const rows = await ledger.sums({ kind: "failure", sinceMs: 0, untilMs: 1e15, limit: 1000 });
      expect(rows.every(({ key }) => (JSON.parse(key) as string[])[0] === "down")).toBe(true);
      return { rows: rows.length, count: rows.reduce((sum, { values }) => sum + values[0]!, 0) };
    };
    expect(await failures()).toEqual({ rows: 5, count: 30 });
    days.move(3 * 86_400_000);
    await ledger.prune(0);
    const { rows, count } = await failures();
    expect([rows < 5, count]).toEqual([true, 30]);
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
    for (let times = 0; times < 2; times++) {
      const thrown = await Promise.try(() => ledger.append([anEvent(), BROKEN])).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(GatewayError);
    }
    expect(await requests()).toBe(2);
    await ledger.append(events(3));
    expect(await requests()).toBe(5);
    await ledger.close();
  });

  test("leaves out what cannot be counted, which is on record all the same", async () => {
    const ledger = await fresh();
    await ledger.append([anEvent(), { ...anEvent(), attempts: null } as unknown as RequestEvent, anEvent()]);
    const [total] = await ledger.sums({ kind: "total", sinceMs: 0, untilMs: 1e15, limit: 9 });
    expect(total?.values[0]).toBe(2);
    expect((await ledger.events({ limit: 9 })).events).toHaveLength(3);
    await ledger.close();
  });

  test("counts together what would be too much to count apart", async () => {
    const ledger = await fresh();
    for (let at = 0; at < 3; at++) {
      const attempts = (place: number) => [{ ...anEvent().attempts[0]!, model: `m${at * 400 + place}` }];
      await ledger.append(events(600, (place) => ({ at: 0, attempts: attempts(place) })));
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

bunTest(
  "whatever a crash leaves behind comes to the sums of its rows, each counted once",
  async () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ fail: fc.constant(true) }),
      fc.record({ wait: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ read: fc.constant(true) }),
      fc.record({ prune: fc.constant(true) }),
      fc.record({ reopen: fc.constant(true) }),
      fc.record({ crash: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const clock = manualClock(1_770_000_000_000);
        let dir = join(root, `crash-${Bun.randomUUIDv7()}`);
        let ledger = openLedger("sqlite:ledger.db", dir, clock);
        const left: ChainedLedger[] = [];
        let written = 0;
        const counted = async () => {
          const rows = await ledger.sums({ kind: "total", sinceMs: 0, untilMs: 1e15, limit: 1000 });
          return rows.reduce((sum, { values }) => sum + values[0]!, 0);
        };
        for (const each of steps) {
          if ("append" in each) {
            await ledger.append(events(each.append, (at) => ({ at: clock.now() - at * 200_000 })));
            written += each.append;
          } else if ("fail" in each) {
            const thrown = await Promise.try(() => ledger.append([anEvent(), BROKEN])).catch((error: unknown) => error);
            expect(thrown).toBeInstanceOf(GatewayError);
          } else if ("wait" in each) clock.move(each.wait);
          else if ("read" in each) expect(await counted()).toBe(written);
          else if ("prune" in each) await ledger.prune(0);
          else if ("reopen" in each) {
            await ledger.close();
            ledger = openLedger("sqlite:ledger.db", dir, clock);
          } else {
            const other = join(root, `crash-${Bun.randomUUIDv7()}`);
            mkdirSync(other);
            for (const file of ["ledger.db", "ledger.db-wal"]) copyFileSync(join(dir, file), join(other, file));
            left.push(ledger);
            dir = other;
            ledger = openLedger("sqlite:ledger.db", dir, clock);
          }
        }
        expect(await counted()).toBe(written);
        await ledger.close();
        for (const old of left) await old.close();
      }),
      { numRuns: 25 },
    );
  },
  60_000,
);
