import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { copyFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerPath, openLedger, visitLedger } from "../../src/store/ledger/open.ts";
import { MIGRATIONS } from "../../src/store/sqlite/schema.ts";
import { connect, createPrivate } from "../../src/store/sqlite.ts";
import { manualClock } from "../support/clock.ts";
import { cpuNowMs } from "../support/cpu-ms.ts";
import { anEvent, events, scratch } from "../support/events.ts";

const URL = "sqlite:ledger.db";
const message = (use: () => unknown): string => {
  try {
    use();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error("expected it to throw");
};

function child(dir: string, ...more: string[]) {
  return Bun.spawn([process.execPath, join(import.meta.dir, "write-until-killed.ts"), dir, ...more], {
    stdout: "pipe",
    stderr: "inherit",
  });
}

describe("the file", () => {
  test("is made with its folder, for this user only", async () => {
    using dir = scratch();
    await openLedger("sqlite:deep/er/l.db", dir.path).close();
    expect(statSync(join(dir.path, "deep")).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir.path, "deep/er/l.db")).mode & 0o777).toBe(0o600);
  });

  test.each(["a new file", "one that was there"])(
    "of %s is written so that a power cut does not corrupt it",
    async (which) => {
      using dir = scratch();
      const path = join(dir.path, "ledger.db");
      if (which === "a new file") createPrivate(path);
      else await openLedger(URL, dir.path).close();
      const { db, closed } = connect(path, { role: "own", clock: manualClock(), stateDir: dir.path });
      expect(db.query("PRAGMA synchronous").get()).toEqual({ synchronous: 1 });
      expect(db.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
      db.close(true);
      closed();
    },
  );

  test.each([
    ["sqlite:ledger.db", "/state/ledger.db"],
    ["sqlite:./a/../b.db", "/state/b.db"],
    ["sqlite:/var/x.db", "/var/x.db"],
    ["sqlite:///var/x.db", "/var/x.db"],
    ["sqlite://x.db", "/state/x.db"],
  ])("of %s is %s", (url, path) => expect(ledgerPath(url, "/state")).toBe(path));

  test.each(["sqlite:", "sqlite://", "mysql://h/db", "ledger.db", "file:x", ""])("cannot be had from %p", (url) => {
    using dir = scratch();
    expect(message(() => openLedger(url, dir.path))).toContain("sqlite:PATH, postgres://… and memory: are accepted");
    expect(message(() => visitLedger(url, dir.path))).toContain("sqlite:PATH, postgres://… and memory: are accepted");
  });

  test("must be no folder", () => {
    using dir = scratch();
    expect(message(() => openLedger("sqlite:.", dir.path))).toContain("is a folder: name a file");
  });

  test("that was moved away or replaced takes no more rows, and does so again where it is put back", async () => {
    using dir = scratch();
    const path = join(dir.path, "ledger.db");
    const clock = manualClock();
    const ledger = openLedger(URL, dir.path, clock);
    await ledger.append(events(2));
    renameSync(path, `${path}.moved`);
    clock.move(1_000);
    expect(message(() => ledger.append(events(1)))).toContain("removed or moved away under the gateway");
    copyFileSync(`${path}.moved`, path);
    expect(message(() => ledger.append(events(1)))).toContain("replaced by another file under the gateway");
    renameSync(`${path}.moved`, path);
    await ledger.append(events(1));
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: 4 });
    await ledger.close();
  });

  test("is not blamed for a lock beside it that is damaged", async () => {
    using dir = scratch();
    await openLedger(URL, dir.path).close();
    writeFileSync(join(dir.path, "ledger.db.lock"), "no lock ".repeat(100));
    expect(message(() => openLedger(URL, dir.path))).toContain('ledger.db.lock" could not be used');
  });

  test("that is no database is refused and left alone", async () => {
    using dir = scratch();
    const path = join(dir.path, "ledger.db");
    writeFileSync(path, "these are my notes, ".repeat(100));
    expect(message(() => openLedger(URL, dir.path))).toContain("no SQLite database");
    expect(await Bun.file(path).text()).toStartWith("these are my notes");
  });

  test("that is somebody else's database is refused and left alone", () => {
    using dir = scratch();
    const theirs = new Database(join(dir.path, "ledger.db"), { create: true });
    theirs.run("CREATE TABLE songs (title TEXT)");
    expect(message(() => openLedger(URL, dir.path))).toContain("not a ledger of Weir");
    expect(theirs.query("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "songs" }]);
    theirs.close();
  });

  test("of a newer Weir is refused", async () => {
    using dir = scratch();
    await openLedger(URL, dir.path).close();
    const raw = new Database(join(dir.path, "ledger.db"));
    raw.run("PRAGMA user_version = 99");
    raw.close();
    for (const open of [openLedger, visitLedger]) {
      expect(message(() => open(URL, dir.path))).toContain("version 99, this binary knows versions up to");
    }
  });

  test("that is damaged is refused, or its reading is", async () => {
    using dir = scratch();
    const ledger = openLedger(URL, dir.path);
    for (let n = 0; n < 20; n++) await ledger.append(events(50));
    await ledger.close();
    const path = join(dir.path, "ledger.db");
    const bytes = new Uint8Array(await Bun.file(path).arrayBuffer());
    bytes.fill(0x5a, 8192, bytes.length);
    writeFileSync(path, bytes);
    const use = async () => openLedger(URL, dir.path).events({ limit: 10 });
    const failed = await use().catch((thrown: unknown) => (thrown as Error).message);
    expect(failed).toContain("the file is damaged");
  });

  test("of version 1 is brought to the newest, with its rows and its chain", async () => {
    using dir = scratch();
    const path = join(dir.path, "ledger.db");
    const current = openLedger(URL, dir.path);
    await current.append(events(10, (at) => ({ id: `r${at}` })));
    const everything = { kind: "requests", sinceMs: 0, untilMs: 1e15, limit: 100 } as const;
    const sums = await current.sums(everything);
    await current.close();
    const raw = new Database(path);
    for (const index of ["ledger_find", "ledger_facet", "ledger_id"]) raw.run(`DROP INDEX ${index}`);
    for (const table of ["receipts", "facet", "escalations", "sums"]) raw.run(`DROP TABLE ${table}`);
    raw.run("ALTER TABLE ledger DROP COLUMN facet");
    raw.run("PRAGMA user_version = 1");
    raw.close();
    const upgraded = openLedger(URL, dir.path);
    expect((await upgraded.events({ limit: 3 })).events.map(({ event }) => event.id)).toEqual(["r9", "r8", "r7"]);
    const asked = { limit: 3, model: "mistral-large-latest", verdict: "allow" };
    expect((await upgraded.events(asked)).events.map(({ event }) => event.id)).toEqual(["r9", "r8", "r7"]);
    expect(await upgraded.sums(everything)).toEqual(sums);
    expect(await upgraded.verify()).toMatchObject({ ok: true, rows: 11, crashes: 0 });
    await upgraded.close();
    const after = new Database(path, { readonly: true });
    expect(after.query("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
    after.close();
  });
});

describe("several processes", () => {
  test("a second gateway is refused with both ways out, and may come when the first is gone", async () => {
    using dir = scratch();
    const first = openLedger(URL, dir.path);
    const refused = message(() => openLedger(URL, dir.path));
    expect(refused).toContain("in use by another weir process");
    expect(refused).toContain("--state-dir");
    expect(refused).toContain("memory:");
    await first.append([anEvent()]);
    await first.close();
    const second = openLedger(URL, dir.path);
    expect(await second.verify()).toMatchObject({ ok: true, rows: 2, crashes: 0 });
    await second.close();
  });

  test("a gateway in another process is seen too; a killed one holds nothing and its chain goes on", async () => {
    using dir = scratch();
    const other = child(dir.path);
    const lines: number[] = [];
    let killed = false;
    const read = (async () => {
      for await (const chunk of other.stdout) {
        for (const line of new TextDecoder().decode(chunk).split("\n")) if (line !== "") lines.push(Number(line));
        if (lines.length >= 20 && !killed) {
          killed = true;
          expect(message(() => openLedger(URL, dir.path))).toContain("in use by another weir process");
          const visitor = visitLedger(URL, dir.path);
          expect((await visitor.events({ limit: 1 })).events).toHaveLength(1);
          expect((await visitor.verify()).ok).toBe(true);
          await visitor.close();
          other.kill("SIGKILL");
        }
      }
    })();
    await read.finally(() => other.kill("SIGKILL"));
    await other.exited;
    const ledger = openLedger(URL, dir.path);
    const acknowledged = lines.at(-1) ?? 0;
    expect(acknowledged).toBeGreaterThanOrEqual(1000);
    const report = await ledger.verify();
    expect(report).toMatchObject({ ok: true, crashes: 1 });
    const totals = await ledger.sums({ kind: "total", sinceMs: 0, untilMs: 1e15, limit: 100 });
    // Two rows open chains, and a slow reader lets the other write so much that there are seals.
    const seals = (await ledger.rows({ limit: 1000, kind: "seal" })).rows.length;
    const requests = report.rows - 2 - seals;
    expect(totals.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(requests);
    // A batch may have been appended and not yet acknowledged.
    expect([acknowledged, acknowledged + 50]).toContain(requests);
    const [start] = (await ledger.rows({ limit: 1, kind: "chain" })).rows;
    expect(start?.entry).toMatchObject({ reason: "crash", previous: { seq: report.rows - 1 } });
    await ledger.close();
  }, 60_000);

  test.each([0, 1, 3])("after a crash a chain goes on, and holds, %d days later", async (days) => {
    using dir = scratch();
    using copy = scratch();
    const clock = manualClock();
    const ledger = openLedger(URL, dir.path, clock);
    await ledger.append(events(5, (at) => ({ id: `e${at}`, at: clock.now() })));
    // what lies on the disk before any end of it, as a crash leaves it
    for (const end of ["", "-wal"]) copyFileSync(join(dir.path, `ledger.db${end}`), join(copy.path, `ledger.db${end}`));
    await ledger.close();
    clock.move(days * 86_400_000);
    const later = openLedger(URL, copy.path, clock);
    await later.append(events(2, (at) => ({ id: `l${at}`, at: clock.now() })));
    const report = await later.verify();
    expect(report).toMatchObject({ ok: true, crashes: 1, rows: days === 0 ? 9 : 10 });
    const [start] = (await later.rows({ limit: 1, kind: "chain" })).rows;
    expect(start?.entry).toMatchObject({ reason: "crash", previous: { seq: (start?.seq ?? 0) - 1 } });
    await later.close();
  });

  test("SIGTERM loses nothing", async () => {
    using dir = scratch();
    const other = child(dir.path, "term");
    const reader = other.stdout.getReader();
    let text = "";
    const read = async (until: RegExp): Promise<string> => {
      for (let found = until.exec(text); ; found = until.exec(text)) {
        if (found !== null) return found[0];
        const { value, done } = await reader.read();
        if (done) throw new Error(`the child ended early: ${text}`);
        text += new TextDecoder().decode(value);
      }
    };
    await read(/ready\n/);
    other.kill("SIGTERM");
    const pushed = Number(await read(/\d+\n/));
    expect(await other.exited).toBe(0);
    const ledger = openLedger(URL, dir.path);
    expect(pushed).toBeGreaterThanOrEqual(400);
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: pushed + 1, crashes: 0, lost: 0 });
    await ledger.close();
  }, 60_000);

  test("visitors read, and add rows, while the gateway writes: the chain does not fork", async () => {
    using dir = scratch();
    const gateway = openLedger(URL, dir.path);
    const visitors = [visitLedger(URL, dir.path), visitLedger(URL, dir.path)];
    for (let round = 0; round < 20; round++) {
      await gateway.append(events(7));
      for (const visitor of visitors) {
        await visitor.append([{ kind: "access", at: round, who: "ada", via: "cli", what: "events tail", filter: {} }]);
        expect((await visitor.events({ limit: 1000 })).events).toHaveLength((round + 1) * 7);
      }
    }
    expect(await gateway.verify()).toMatchObject({ ok: true, rows: 1 + 20 * 9 });
    for (const visitor of visitors) await visitor.close();
    await gateway.close();
  });

  test("a visitor needs a ledger that is there, and makes none", async () => {
    using dir = scratch();
    expect(message(() => visitLedger(URL, join(dir.path, "none")))).toContain("There is no ledger at");
    expect(message(() => visitLedger("memory:", dir.path))).toContain("/api/events");
    expect(() => statSync(join(dir.path, "none"))).toThrow();
  });

  test("a ledger that somebody else keeps locked fails with what to do", async () => {
    using dir = scratch();
    const ledger = openLedger(URL, dir.path);
    const other = new Database(join(dir.path, "ledger.db"));
    other.run("BEGIN IMMEDIATE");
    expect(message(() => ledger.append(events(1)))).toContain("another process keeps it locked");
    other.run("ROLLBACK");
    other.close();
    await ledger.append(events(1));
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: 2 });
    await ledger.close();
  });
});

describe("what is done to the file by hand", () => {
  /** The requests, which have the same facts. */
  const EVERY = Array.from({ length: 20 }, (_, at) => `edited ${at + 2}`);
  const tampered = async (...statements: readonly string[]) => {
    using dir = scratch();
    const ledger = openLedger(URL, dir.path);
    await ledger.append(events(20));
    await ledger.close();
    const raw = new Database(join(dir.path, "ledger.db"));
    for (const statement of statements) raw.run(statement);
    raw.close();
    const visitor = visitLedger(URL, dir.path);
    const report = await visitor.verify();
    await visitor.close();
    return report.problems.map(({ seq, kind }) => `${kind} ${seq}`);
  };

  test.each([
    [["UPDATE ledger SET body = replace(body, '\"allow\"', '\"block\"') WHERE seq = 5"], ["edited 5"]],
    [["UPDATE ledger SET verdict = 'block' WHERE seq = 5"], ["edited 5"]],
    [["UPDATE ledger SET facet = 1 WHERE seq = 5"], ["edited 5"]],
    [["UPDATE ledger SET facet = NULL WHERE seq = 5"], ["edited 5"]],
    [["UPDATE facet SET verdict = 'block' WHERE id = (SELECT facet FROM ledger WHERE seq = 5)"], EVERY],
    [["UPDATE facet SET model = x'00ff' WHERE kind = 'request'"], EVERY],
    [["UPDATE facet SET consumer = '' WHERE kind = 'request'"], EVERY],
    [["UPDATE facet SET reasons = 7"], ["edited 1", ...EVERY]],
    [["DELETE FROM facet WHERE kind = 'request'"], EVERY],
    [["UPDATE ledger SET hash = zeroblob(32) WHERE seq = 5"], ["edited 5", "edited 6"]],
    [["UPDATE ledger SET hash = 'text' WHERE seq = 21"], ["edited 21"]],
    [["UPDATE ledger SET body = x'00ff' WHERE seq = 5"], ["edited 5"]],
    [["DELETE FROM ledger WHERE seq = 5"], ["removed 5"]],
    [["DELETE FROM ledger WHERE seq BETWEEN 5 AND 8"], ["removed 5"]],
    [["DELETE FROM ledger WHERE seq = 1"], ["removed 1"]],
    [["DELETE FROM ledger WHERE seq > 19"], ["removed 20"]],
    [["DELETE FROM ledger"], ["removed 1"]],
    [
      [
        "DELETE FROM ledger WHERE seq <= 4",
        "INSERT INTO meta SELECT 'base', json_object('seq', 4, 'hash', lower(hex(hash))) FROM ledger WHERE seq = 5",
      ],
      ["removed 4", "edited 5"],
    ],
    [
      ["INSERT INTO ledger SELECT 22, kind, id, at, verdict, target, body, hash, facet FROM ledger WHERE seq = 9"],
      ["inserted 22"],
    ],
    [
      [
        "UPDATE ledger SET seq = 1000 WHERE seq = 5",
        "UPDATE ledger SET seq = 5 WHERE seq = 6",
        "UPDATE ledger SET seq = 6 WHERE seq = 1000",
      ],
      ["reordered 5", "reordered 6", "reordered 7"],
    ],
  ])("%j is found", async (statements, found) => {
    expect(await tampered(...statements)).toEqual(found);
  });
});

describe("speed", () => {
  test("any page of 100,000 events comes within 50 ms", async () => {
    using dir = scratch();
    const ledger = openLedger(URL, dir.path);
    const written = events(100_000, (at) => ({
      target: at % 1000 === 7 ? "rare" : "large",
      verdict: at % 20_000 === 3 ? "block" : "allow",
    }));
    for (let at = 0; at < written.length; at += 1000) await ledger.append(written.slice(at, at + 1000));
    const base = written[0]!.at;
    const queries = [
      { limit: 100 },
      { limit: 100, cursor: `${base + 50_000_000}_1` },
      { limit: 100, cursor: `${base + 5000}_6`, oldestFirst: true },
      { limit: 100, verdict: "block" },
      { limit: 100, verdict: "escalate" },
      { limit: 100, target: "rare", untilMs: base + 30_000_000 },
      { limit: 100, sinceMs: base + 20_000_000, untilMs: base + 20_050_000 },
    ];
    for (const query of queries) {
      // The best of three: the machine has other work too.
      let best = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 3; tries++) {
        const before = cpuNowMs();
        await ledger.events(query);
        best = Math.min(best, cpuNowMs() - before);
      }
      expect({ query, slow: best > 50 }).toEqual({ query, slow: false });
    }
    await ledger.close();
  }, 60_000);
});
