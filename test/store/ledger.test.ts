import { afterAll, beforeAll, test as bunTest, describe, expect } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/lib/clock.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import type { AccessRecord, PruneRecord, SealRecord } from "../../src/schema/ledger.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { recordAccess } from "../../src/store/ledger/record-access.ts";
import type { ChainedLedger, RowQuery } from "../../src/store/store.ts";
import { manualClock } from "../support/clock.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { anEvent, events } from "../support/events.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres-server.ts";

const root = emptyFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A database for each ledger that a test opens. */
const databases: string[] = [];
let server: PostgresServer | null = null;
beforeAll(async () => {
  if (!hasPostgres) return;
  server = await startPostgres();
  while (databases.length < 60) databases.push(await server.database());
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const access: AccessRecord = {
  kind: "access",
  at: 5,
  who: "ada",
  via: "cli",
  what: "events tail",
  filter: { limit: 3 },
};

/** Every store keeps the same promises. */
describe.each(["sqlite:ledger.db", "memory:", "postgres:"])("a ledger at %s", (kind) => {
  const test = kind === "postgres:" ? bunTest.skipIf(!hasPostgres) : bunTest;
  let made = 0;
  const clock = manualClock(1_770_000_000_000);
  const fresh = (own: Clock = clock): ChainedLedger => {
    const url = kind === "postgres:" ? databases[made]! : kind;
    return openLedger(url, join(root, `${kind.slice(0, 6)}-${made++}`), own);
  };
  const ids = async (ledger: ChainedLedger, query: Partial<RowQuery>): Promise<string[]> => {
    const { events: page } = await ledger.events({ limit: 100, ...query });
    return page.map(({ event }) => event.id);
  };

  test("gives back what was appended, newest first, with its place in the chain", async () => {
    const ledger = fresh();
    const models = [null, "ünïcode \u0000 🌍 \ud800", '"\\/ \b\n\u0001\u001f\u007f\u2028\uffff'];
    const written = events(3, (at) => ({ id: `r${at}`, model: models[at]! }));
    await ledger.append(written);
    const page = await ledger.events({ limit: 10 });
    expect(page.events.map(({ event }) => event)).toEqual(written.toReversed());
    expect(page.events.map(({ seq }) => seq)).toEqual([4, 3, 2]);
    expect(page.events[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await ledger.head()).toEqual({ seq: 4, hash: page.events[0]!.hash });
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: 4 });
    await ledger.close();
  });

  test("a new one begins a chain", async () => {
    const ledger = fresh();
    const { rows } = await ledger.rows({ limit: 10 });
    expect(rows).toMatchObject([{ seq: 1, kind: "chain", entry: { reason: "new", previous: null } }]);
    expect(await ids(ledger, {})).toEqual([]);
    await ledger.close();
  });

  test("narrows by time (both ends included), verdict and target", async () => {
    const ledger = fresh();
    const base = 1_780_000_000_000;
    const written = events(6, (at) => ({
      id: `r${at}`,
      verdict: at % 2 === 0 ? "allow" : "block",
      target: at < 3 ? "large" : null,
    }));
    await ledger.append(written);
    expect(await ids(ledger, { sinceMs: base + 4000 })).toEqual(["r5", "r4"]);
    expect(await ids(ledger, { untilMs: base + 1000 })).toEqual(["r1", "r0"]);
    expect(await ids(ledger, { sinceMs: base + 1000, untilMs: base + 3000, verdict: "block" })).toEqual(["r3", "r1"]);
    expect(await ids(ledger, { target: "large", verdict: "allow" })).toEqual(["r2", "r0"]);
    expect(await ids(ledger, { target: "large' OR 1=1" })).toEqual([]);
    expect(await ids(ledger, { limit: 2, oldestFirst: true })).toEqual(["r0", "r1"]);
    await ledger.close();
  });

  test("narrows by consumer, model, region and text of reason codes, together too", async () => {
    const ledger = fresh();
    const policy = { phase: "request", verdict: "block", mode: "enforce", findings: 1, score: null };
    const pii = { ...policy, policy: "pii-detector", reason_code: "PII_Detected.email_100%" };
    const words = { ...policy, policy: "dlp-filter", reason_code: "dlp_blocked" };
    const trace = (region: string | null) => ({ region }) as NonNullable<RequestEvent["routing_trace"]>;
    await ledger.append([
      anEvent({ id: "a", consumer: "ann", model: "fast", answered_model: "mistral-small-2603" }),
      anEvent({ id: "b", consumer: "bob", model: "fast", policies: [pii, words], routing_trace: trace("fr-par") }),
      anEvent({ id: "c", consumer: "ann", model: "o'hara\u0000\ud800", routing_trace: trace(null) }),
      anEvent({ id: "d", consumer: "ann", model: null, outcome: "upstream_timeout", routing_trace: trace("fr-par") }),
      { kind: "access", at: 1_780_000_000_000, who: "ada", via: "cli", what: "x", filter: {} },
    ]);
    expect(await ids(ledger, { consumer: "ann" })).toEqual(["d", "c", "a"]);
    expect(await ids(ledger, { model: "fast" })).toEqual(["b", "a"]);
    expect(await ids(ledger, { model: "mistral-small-2603" })).toEqual(["a"]);
    expect(await ids(ledger, { model: "o'hara\u0000\ud800" })).toEqual(["c"]);
    expect(await ids(ledger, { region: "fr-par" })).toEqual(["d", "b"]);
    expect(await ids(ledger, { region: "fr-par", consumer: "ann" })).toEqual(["d"]);
    expect(await ids(ledger, { region: "fr-par", consumer: "ann", model: "fast" })).toEqual([]);
    expect(await ids(ledger, { reason: "pii_detected" })).toEqual(["b"]);
    expect(await ids(ledger, { reason: "DLP" })).toEqual(["b"]);
    expect(await ids(ledger, { reason: "timeout" })).toEqual(["d"]);
    expect(await ids(ledger, { reason: "100%" })).toEqual(["b"]);
    for (const none of ["%%", "p_i", "ok", "\\", "'"]) expect(await ids(ledger, { reason: none })).toEqual([]);
    expect((await ledger.rows({ limit: 9, consumer: "ann" })).rows.map(({ kind }) => kind)).toEqual(
      Array(3).fill("request"),
    );
    expect(await ledger.verify()).toMatchObject({ ok: true });
    await ledger.close();
  });

  test("narrows by how requests ended, and takes no part of a code for the whole", async () => {
    const ledger = fresh();
    const policy = { policy: "dlp", phase: "input", verdict: "block", mode: "enforce", findings: 1, score: null };
    await ledger.append([
      anEvent({ id: "a" }),
      anEvent({ id: "b", outcome: "upstream_timeout", status: 504 }),
      anEvent({ id: "c", outcome: "upstream_cut", policies: [{ ...policy, reason_code: "dlp.upstream_timeout" }] }),
      anEvent({ id: "d", outcome: "cancelled", status: 499, policies: [{ ...policy, reason_code: "zz" }] }),
      anEvent({ id: "e", outcome: "upstream", consumer: "ann" }),
      { kind: "access", at: 1_780_000_000_000, who: "ada", via: "cli", what: "x", filter: {} },
    ]);
    expect(await ids(ledger, { outcomes: ["upstream_timeout", "upstream_cut"] })).toEqual(["c", "b"]);
    expect(await ids(ledger, { outcomes: ["upstream_timeout"] })).toEqual(["b"]);
    expect(await ids(ledger, { outcomes: ["cancelled"], verdict: "allow" })).toEqual(["d"]);
    expect(await ids(ledger, { outcomes: ["upstream"], consumer: "ann" })).toEqual(["e"]);
    expect(await ids(ledger, { outcomes: ["cancelled", "upstream_cut"], reason: "zz" })).toEqual(["d"]);
    for (const none of [[], ["ok"], ["upstream%"], ["upstream-cut"]])
      expect(await ids(ledger, { outcomes: none })).toEqual([]);
    await ledger.close();
  });

  test("every page of every filter is what sorting everything gives", async () => {
    const ledger = fresh();
    const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
    const written = events(400, (at) => ({
      id: `r${at}`,
      at: 1000 + Math.floor(at / 3) * ((at % 7) - 3),
      consumer: pick(["ann", "bob", null], at * 7),
      verdict: pick(["allow", "allow", "allow", "block", "redact"], at * 3),
      target: pick(["large", "small", null], Math.floor(at / 50)),
    }));
    await ledger.append(written);
    const all = written.map((event, at) => ({ event, at })).sort((a, b) => a.event.at - b.event.at || a.at - b.at);
    for (const query of [
      { consumer: "ann" },
      { verdict: "allow" },
      { verdict: "block", target: "small" },
      { target: "large" },
    ]) {
      for (const oldestFirst of [false, true]) {
        const right = all
          .filter(({ event }) => Object.entries(query).every(([key, value]) => event[key as "consumer"] === value))
          .map(({ event }) => event.id);
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await ledger.events({ limit: 7, cursor, oldestFirst, ...query });
          seen.push(...page.events.map(({ event }) => event.id));
          cursor = page.cursor;
        }
        expect(seen).toEqual(oldestFirst ? right : right.toReversed());
      }
    }
    await ledger.close();
  });

  test("pages meet without a gap or a double, in both directions, also where times are equal", async () => {
    const ledger = fresh();
    await ledger.append(events(25, (at) => ({ id: `r${at}`, at: 1000 + Math.floor(at / 10) })));
    for (const oldestFirst of [false, true]) {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await ledger.events({ limit: 4, cursor, oldestFirst });
        seen.push(...page.events.map(({ event }) => event.id));
        // What comes meanwhile does not move the pages.
        if (seen.length === 4 && !oldestFirst) await ledger.append([anEvent({ id: "late", at: 9000 })]);
        cursor = page.cursor;
      }
      const all = Array.from({ length: 25 }, (_, at) => `r${at}`);
      expect(seen).toEqual(oldestFirst ? [...all, "late"] : all.toReversed());
    }
    await ledger.close();
  });

  test("a full last page has no cursor", async () => {
    const ledger = fresh();
    await ledger.append(events(4));
    expect((await ledger.events({ limit: 4 })).cursor).toBeNull();
    expect((await ledger.events({ limit: 3 })).cursor).not.toBeNull();
    await ledger.close();
  });

  test.each([0, -1, 1.5, 10_001, Number.NaN])("refuses a page of %p rows", async (limit) => {
    const ledger = fresh();
    const failed = await ledger.events({ limit }).catch((thrown: unknown) => (thrown as Error).message);
    expect(failed).toContain("A page has 1 to 10000 rows");
    await ledger.close();
  });

  test.each(["", "x", "1", "1_", "1_2; DROP TABLE ledger", "1_2_3"])("refuses the cursor %p", async (cursor) => {
    const ledger = fresh();
    const failed = await ledger.events({ limit: 1, cursor }).catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(GatewayError);
    expect((failed as GatewayError).details.param).toBe("cursor");
    await ledger.close();
  });

  test("finds the newest event with an id, and all of them", async () => {
    const ledger = fresh();
    await ledger.append([
      anEvent({ id: "same", at: 1000, status: 200 }),
      anEvent(),
      anEvent({ id: "same", at: 2000, status: 409 }),
    ]);
    expect((await ledger.event("same"))?.event.status).toBe(409);
    expect((await ledger.eventsOf("same")).map(({ event }) => event.status)).toEqual([409, 200]);
    expect(await ledger.event("nobody")).toBeNull();
    expect(await ledger.event("' OR '1'='1")).toBeNull();
    await ledger.close();
  });

  test("keeps rows of other kinds apart from events", async () => {
    const ledger = fresh();
    await ledger.append([anEvent({ id: "r" }), access, { kind: "gap", at: 6, lost: 1, since: 4 }]);
    expect(await ids(ledger, {})).toEqual(["r"]);
    const { rows } = await ledger.rows({ limit: 10, kind: "access" });
    expect(rows.map(({ entry }) => entry)).toEqual([access]);
    expect((await ledger.rowsAfter(1, 2)).map(({ kind }) => kind)).toEqual(["request", "access"]);
    expect(await ledger.verify()).toMatchObject({ ok: true, lost: 1 });
    await ledger.close();
  });

  test("an append is all or nothing", async () => {
    const ledger = fresh();
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const bad = { ...anEvent(), policies: circular } as unknown as ReturnType<typeof anEvent>;
    expect(() => ledger.append([anEvent(), bad])).toThrow(GatewayError);
    expect(await ids(ledger, {})).toEqual([]);
    await ledger.append([anEvent({ id: "after" })]);
    expect(await ids(ledger, {})).toEqual(["after"]);
    expect((await ledger.verify()).ok).toBe(true);
    await ledger.close();
  });

  test("records who reads only where log_all_access asks for it, without undefined filters", async () => {
    const ledger = fresh();
    const reading = {
      who: "ada",
      via: "api",
      what: "GET /api/events",
      filter: { limit: 3, verdict: undefined },
    } as const;
    await recordAccess(ledger, reading, clock);
    expect((await ledger.rows({ limit: 9, kind: "access" })).rows).toEqual([]);
    await ledger.setAudit({ logAllAccess: true });
    expect(await ledger.audit()).toEqual({ logAllAccess: true });
    await recordAccess(ledger, reading, clock);
    const { rows } = await ledger.rows({ limit: 9, kind: "access" });
    expect(rows.map(({ entry }) => entry)).toEqual([
      { kind: "access", at: clock.now(), who: "ada", via: "api", what: "GET /api/events", filter: { limit: 3 } },
    ]);
    await ledger.close();
  });

  test("prunes whole sealed segments, keeps their closing hash, and says so in rows", async () => {
    const ledger = fresh();
    const start = clock.now();
    const most = kind === "memory:" ? 1000 : 2000;
    await ledger.append(events(5000, (at) => ({ id: `r${at}`, at: start + 1000 + at })));
    const seals = (await ledger.rows({ limit: 10, kind: "seal", oldestFirst: true })).rows;
    expect(seals.map(({ seq }) => seq)).toEqual(Array.from({ length: 5001 / most }, (_, at) => (at + 1) * most + 1));
    expect(await ledger.prune(start)).toBe(0);
    expect(await ledger.prune(start + 1000 + most - 2)).toBe(0);
    // the row that opened the chain, and r0 to the last before the seal
    expect(await ledger.prune(start + 1000 + most - 1)).toBe(most);
    expect(await ids(ledger, { oldestFirst: true, limit: 1 })).toEqual([`r${most - 1}`]);
    const [kept] = await ledger.rowsAfter(0, 1);
    expect(kept).toEqual(seals[0]!);
    expect(await ledger.verify()).toMatchObject({ ok: true, pruned: { seq: most } });
    expect((kept!.entry as SealRecord).through).toEqual((await ledger.verify()).pruned!);
    const sealed = Math.floor(5001 / most) * most;
    expect(await ledger.prune(start + 999_999)).toBe(sealed - most);
    const { rows } = await ledger.rows({ limit: 10, kind: "prune", oldestFirst: true });
    expect(rows.map(({ entry }) => (entry as PruneRecord).rows)).toEqual(Array(sealed / most).fill(most));
    expect(await ledger.verify()).toMatchObject({ ok: true, pruned: { seq: sealed } });
    expect(await ledger.prune(start + 999_999)).toBe(0);
    await ledger.append(events(3));
    expect((await ledger.verify()).ok).toBe(true);
    await ledger.close();
  });

  test("a day's rows are a segment, and what is left of it stays when it is cut away", async () => {
    const days = manualClock(1_770_000_000_000);
    const ledger = fresh(days);
    for (let day = 0; day < 4; day++) {
      await ledger.append(events(3, (at) => ({ id: `d${day}-${at}`, at: days.now() + at })));
      days.move(86_400_000);
    }
    expect((await ledger.rows({ limit: 10, kind: "seal" })).rows).toHaveLength(3);
    // of the first day, and of the second: its seal and its three rows
    expect(await ledger.prune(days.now() - 2 * 86_400_000)).toBe(8);
    expect(await ids(ledger, { oldestFirst: true })).toEqual(["d2-0", "d2-1", "d2-2", "d3-0", "d3-1", "d3-2"]);
    // nothing comes any more: the last day is sealed when it is to go
    expect(await ledger.prune(days.now())).toBeGreaterThan(6);
    expect(await ids(ledger, {})).toEqual([]);
    expect((await ledger.verify()).ok).toBe(true);
    await ledger.close();
  });

  test.each([365, -365])(
    "a clock that was wrong by %d days for a while neither keeps rows nor costs any",
    async (days) => {
      const moving = manualClock(1_770_000_000_000);
      const ledger = fresh(moving);
      const day = async (name: string) => {
        await ledger.append(events(3, (at) => ({ id: `${name}-${at}`, at: moving.now() + at })));
        moving.move(86_400_000);
      };
      for (const name of ["d0", "d1"]) await day(name);
      moving.move(days * 86_400_000);
      for (const name of ["w0", "w1"]) await day(name);
      moving.move(-days * 86_400_000);
      for (const name of ["d4", "d5", "d6", "d7"]) await day(name);
      await ledger.prune(moving.now() - 7.5 * 86_400_000);
      expect(await ids(ledger, {})).toContain("d1-0");
      await ledger.prune(moving.now() - 1.5 * 86_400_000);
      const left = new Set((await ids(ledger, {})).map((id) => id.slice(0, 2)));
      // a segment whose age is known by its seal alone goes a day later
      left.delete("d6");
      expect([...left]).toEqual(["d7"]);
      expect((await ledger.verify()).ok).toBe(true);
      await ledger.close();
    },
  );
});
