import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Socket, SQL } from "bun";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silentLogger as silent } from "../../src/lib/logger.ts";
import { keptHeads } from "../../src/store/ledger/kept-heads.ts";
import { openLedger, reachLedger, visitLedger } from "../../src/store/ledger/open.ts";
import { LedgerWriter } from "../../src/store/ledger/writer.ts";
import { PostgresLedger } from "../../src/store/postgres/ledger.ts";
import { PostgresLink } from "../../src/store/postgres/link.ts";
import type { ChainedLedger } from "../../src/store/store.ts";
import { anEvent, events, scratch } from "../support/events.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { startGateway } from "../support/spawn-gateway.ts";

let server: PostgresServer;
beforeAll(async () => {
  if (hasPostgres) server = await startPostgres();
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const failure = async (doing: unknown): Promise<string> => {
  try {
    await doing;
    return "nothing";
  } catch (thrown) {
    return (thrown as Error).message;
  }
};
const idsOf = async (ledger: ChainedLedger): Promise<string[]> =>
  (await ledger.events({ limit: 10_000, oldestFirst: true })).events.map(({ event }) => event.id);

describe.skipIf(!hasPostgres)("a ledger in PostgreSQL", () => {
  test("is shared by gateways without a fork", async () => {
    using first = scratch();
    using second = scratch();
    const url = await server.database();
    const gateways = [openLedger(url, first.path), openLedger(url, second.path)];
    const written = Array.from({ length: 20 }, (_, at) => events(7, (place) => ({ id: `${at}.${place}` })));
    await Promise.all(written.map(async (batch, at) => gateways[at % 2]!.append(batch)));
    expect(await gateways[0]!.verify()).toMatchObject({ ok: true, rows: 1 + 20 * 7, crashes: 0 });
    expect((await idsOf(gateways[1]!)).sort()).toEqual(
      written
        .flat()
        .map(({ id }) => id)
        .sort(),
    );
    for (const gateway of gateways) await gateway.close();
  });

  test("is one gateway's for each state directory", async () => {
    using dir = scratch();
    const url = await server.database();
    const gateway = openLedger(url, dir.path);
    expect(() => openLedger(url, dir.path)).toThrow("in use by another weir process");
    await gateway.close();
  });

  test("is kept in the database of its address, whatever PGDATABASE says", async () => {
    using dir = scratch();
    const [url, other] = [await server.database(), await server.database()];
    const { PGDATABASE: before } = process.env;
    process.env["PGDATABASE"] = new URL(other).pathname.slice(1);
    try {
      const gateway = openLedger(url, dir.path);
      await gateway.append(events(3));
      await gateway.close();
    } finally {
      if (before === undefined) delete process.env["PGDATABASE"];
      else process.env["PGDATABASE"] = before;
    }
    await using sql = new SQL({ url, max: 1 });
    expect(await sql.unsafe("SELECT count(*)::int AS rows FROM weir_ledger")).toEqual([{ rows: 4 }]);
    const visitor = visitLedger(other, dir.path);
    expect(await failure(visitor.head())).toContain("There is no ledger in that database");
    await visitor.close();
  });

  test("goes on in a database that has lost its tables, as one that took over empty", async () => {
    using dir = scratch();
    const url = await server.database();
    const ledger = openLedger(url, dir.path);
    await ledger.append(events(3));
    await ledger.setAudit({ logAllAccess: true });
    await using sql = new SQL({ url, max: 1 });
    await sql.unsafe("DROP TABLE weir_ledger, weir_facet, weir_sums, weir_meta");
    const later = events(2, () => ({ at: 5000 }));
    expect(await failure(ledger.append(later))).toContain("its tables are gone");
    await ledger.append(later);
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: 3 });
    expect(await idsOf(ledger)).toEqual(later.map(({ id }) => id));
    await sql.unsafe("DROP TABLE weir_ledger, weir_facet, weir_sums, weir_meta");
    expect(await failure(ledger.head())).toContain("its tables are gone");
    expect(await ledger.head()).toMatchObject({ seq: 1 });
    await ledger.append(events(1));
    await ledger.close();
    const visitor = visitLedger(url, dir.path);
    expect(await visitor.audit()).toEqual({ logAllAccess: true });
    await visitor.close();
  });

  test("is read by commands beside the gateway, which make no tables", async () => {
    using dir = scratch();
    using elsewhere = scratch();
    const url = await server.database();
    const early = visitLedger(url, elsewhere.path);
    expect(await failure(early.events({ limit: 1 }))).toContain("There is no ledger in that database");
    await early.close();
    const gateway = openLedger(url, dir.path);
    await gateway.append(events(3));
    await gateway.setAudit({ logAllAccess: true });
    const visitor = visitLedger(url.replace("postgres:", "postgresql:"), elsewhere.path);
    expect(await visitor.audit()).toEqual({ logAllAccess: true });
    expect(await idsOf(visitor)).toEqual(await idsOf(gateway));
    await visitor.close();
    await gateway.close();
  });

  test("of an older Weir is brought to the newest, with its rows, and sums of them", async () => {
    using dir = scratch();
    const url = await server.database();
    const before = openLedger(url, dir.path);
    await before.append(events(2500, (at) => ({ at: 1_780_000_000_000 + at * 1000, duration_ms: at })));
    const everything = { kind: "requests", sinceMs: 0, untilMs: 1e15, limit: 5000 } as const;
    const sums = await before.sums(everything);
    await before.close();
    await statement(url, "UPDATE weir_meta SET value = '1' WHERE key = 'version'");
    await statement(url, "DROP TABLE weir_sums");
    const after = openLedger(url, dir.path);
    expect(await after.sums(everything)).toEqual(sums);
    await after.append(events(1));
    // what opened the chain, the seal of a full segment
    expect(await after.verify()).toMatchObject({ ok: true, rows: 2503 });
    await after.close();
  });

  test("of a newer Weir is left alone", async () => {
    using dir = scratch();
    const url = await server.database();
    await openLedger(url, dir.path).close();
    await statement(url, "UPDATE weir_meta SET value = '99' WHERE key = 'version'");
    const ledger = openLedger(url, dir.path);
    expect(await failure(ledger.append(events(1)))).toContain("has version 99");
    expect(await failure(ledger.close())).toContain("has version 99");
  });

  test.each([
    [`UPDATE weir_ledger SET body = replace(body, '"allow"', '"block"') WHERE seq = 5`, ["edited 5"]],
    ["UPDATE weir_ledger SET verdict = 'block' WHERE seq = 5", ["edited 5"]],
    ["UPDATE weir_ledger SET facet = NULL WHERE seq = 5", ["edited 5"]],
    ["UPDATE weir_facet SET verdict = 'block' WHERE kind = 'chain'", ["edited 1"]],
    ["DELETE FROM weir_ledger WHERE seq BETWEEN 5 AND 8", ["removed 5"]],
    ["DELETE FROM weir_ledger WHERE seq > 19", ["removed 20"]],
    ["DELETE FROM weir_ledger", ["removed 1"]],
  ])("%s is found", async (sql, found) => {
    using dir = scratch();
    const url = await server.database();
    const ledger = openLedger(url, dir.path);
    await ledger.append(events(20));
    await ledger.close();
    await statement(url, sql);
    const visitor = visitLedger(url, dir.path);
    expect((await visitor.verify()).problems.map(({ seq, kind }) => `${kind} ${seq}`)).toEqual(found);
    await visitor.close();
  });

  test("shows a cut end by the head that was kept here, after an orderly end since", async () => {
    using dir = scratch();
    const url = await server.database();
    const heads = keptHeads(url, dir.path)!;
    const first = openLedger(url, dir.path);
    await first.append(events(20));
    await heads.keep((await first.head())!, first, silent);
    await first.close();
    await statement(url, "DELETE FROM weir_ledger WHERE seq > 19");
    const second = openLedger(url, dir.path);
    await heads.keep((await second.head())!, second, silent);
    await second.close();
    const visitor = visitLedger(url, dir.path);
    expect(await visitor.verify()).toMatchObject({ ok: true });
    const { problems } = await visitor.verify(undefined, heads.read());
    expect(problems.map(({ seq, kind }) => `${kind} ${seq}`)).toEqual(["removed 20"]);
    await visitor.close();
  });

  test("whose server is gone says so without its address, and works again when it is back", async () => {
    using dir = scratch();
    await using own = await startPostgres();
    const url = await own.database();
    const ledger = openLedger(url, dir.path);
    await ledger.append(events(2));
    await own.stop();
    const batch = events(3, (at) => ({ id: `late${at}` }));
    const said = await failure(ledger.append(batch));
    expect(said).toContain("The ledger in PostgreSQL could not be used: the server cannot be reached");
    expect(said).not.toContain("secret");
    expect(await failure(ledger.events({ limit: 1 }))).toContain("cannot be reached");
    await own.start();
    await until(() => ledger.append(batch));
    expect(await idsOf(ledger)).toEqual(expect.arrayContaining(["late0", "late1", "late2"]));
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: 6 });
    await ledger.close();
  }, 60_000);

  test("that does not answer is taken for lost, and nothing is written twice", async () => {
    using dir = scratch();
    await using own = await startPostgres();
    const url = await own.database();
    const side = openLedger("memory:", dir.path);
    const ledger = new PostgresLedger({
      link: new PostgresLink(url, 300),
      clock: systemClock,
      own: true,
      receipts: side.receipts,
      escalations: side.escalations!,
      released() {},
    });
    await ledger.append(events(2));
    own.hang();
    const batch = events(3, (at) => ({ id: `late${at}` }));
    expect(await failure(ledger.append(batch))).toContain("has not answered for 0.3 s");
    own.goOn();
    await until(() => ledger.append(batch));
    expect((await idsOf(ledger)).filter((id) => id.startsWith("late"))).toEqual(["late0", "late1", "late2"]);
    await ledger.close();
    await side.close();
  }, 60_000);

  test("that does not answer does not keep a gateway from stopping, and the log says what is lost", async () => {
    await using own = await startPostgres();
    const config = {
      pack: { name: "p", version: "1.0.0", enabled: true },
      policies: { chain: ["audit-logger"] },
      server: { drain_seconds: 1 },
      store: { url: await own.database() },
      providers: { targets: [{ id: "a", provider: "simulated", model: "m" }] },
    };
    await using gateway = await startGateway({ config });
    const ask = async (): Promise<number> => {
      const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await ask()).toBe(200);
    own.hang();
    expect([await ask(), await ask()]).toEqual([200, 200]);
    const startedMs = performance.now();
    expect(await gateway.stop()).toBe(0);
    // four seconds for the events, one for the end, and what a busy machine adds: without a limit it is for ever
    expect(performance.now() - startedMs).toBeLessThan(25_000);
    expect(gateway.logs()).toMatch(/"lost":[23],.*events are lost/);
  }, 60_000);

  test("an append whose acknowledgement was lost is not made again", async () => {
    using dir = scratch();
    const url = new URL(await server.database());
    const proxy = cuttingProxy(Number(url.port));
    url.port = String(proxy.port);
    const ledger = openLedger(url.href, dir.path);
    await ledger.append(events(2));
    const batch = events(3, (at) => ({ id: `once${at}` }));
    proxy.cutAfterCommit();
    expect(await failure(ledger.append(batch))).toContain("cannot be reached");
    await until(() => ledger.append([anEvent({ id: "between" })]));
    await ledger.append(batch);
    expect((await idsOf(ledger)).filter((id) => id.startsWith("once"))).toEqual(["once0", "once1", "once2"]);
    // the same entries in another array are others
    await ledger.append([...batch]);
    expect((await idsOf(ledger)).filter((id) => id.startsWith("once"))).toHaveLength(6);
    expect(await ledger.verify()).toMatchObject({ ok: true });
    await ledger.close();
    proxy.stop();
  }, 60_000);

  test("what came while it was gone is written once, and what found no room is counted", async () => {
    using dir = scratch();
    await using own = await startPostgres();
    const ledger = openLedger(await own.database(), dir.path);
    const writer = new LedgerWriter(ledger, { clock: systemClock, log: silent, onError: "refuse", maxQueued: 10 });
    writer.push(anEvent({ id: "before" }));
    await writer.flush();
    await own.stop();
    for (let at = 0; at < 12; at++) writer.push(anEvent({ id: `during${at}` }));
    await writer.flush();
    expect(writer.full()).toBe(true);
    expect(writer.stats()).toMatchObject({ queued: 10, lost: 2, failing: true });
    await own.start();
    await until(async () => {
      await writer.flush();
      if (writer.stats().queued > 0) throw new Error("not yet");
    });
    expect(writer.full()).toBe(false);
    expect((await idsOf(ledger)).toSorted()).toEqual(
      ["before", ...Array.from({ length: 10 }, (_, at) => `during${at}`)].toSorted(),
    );
    expect(await ledger.verify()).toMatchObject({ ok: true, lost: 2 });
    await writer.close();
  }, 60_000);

  test("that cannot be reached at the start stops a gateway under refuse, and none under continue", async () => {
    using dir = scratch();
    const ledger = openLedger("postgres://weir:secret@127.0.0.1:1/weir", dir.path);
    const said: unknown[] = [];
    const log: Logger = { ...silent, error: (fields: unknown) => void said.push(fields) };
    expect(await failure(reachLedger(ledger, { onError: "refuse", log }))).toContain("cannot be reached");
    expect(await failure(reachLedger(ledger, { onError: "continue", log }))).toBe("nothing");
    expect(said).toHaveLength(1);
    await ledger.close().catch(() => {});
  });

  test.each(["postgres://h:port/x", "postgres://u:%zz-secret@h/x"])("%s is no address", (url) => {
    using dir = scratch();
    expect(() => openLedger(url, dir.path)).toThrow("store.url is no address of a PostgreSQL database");
  });
});

async function statement(url: string, text: string): Promise<void> {
  await using sql = new SQL({ url, max: 1 });
  await sql.unsafe(text);
}

/** Tries until it works. */
async function until(attempt: () => unknown): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await attempt();
      return;
    } catch (thrown) {
      if (tries === 50) throw thrown;
      await Bun.sleep(100);
    }
  }
}

/** A TCP proxy that can lose the server's answer to the next COMMIT. */
function cuttingProxy(port: number) {
  let cuts = false;
  interface Pair {
    upstream: Socket<unknown> | null;
    waiting: Buffer[];
    dying: boolean;
  }
  const listener = Bun.listen<Pair>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        client.data = { upstream: null, waiting: [], dying: false };
        void Bun.connect({
          hostname: "127.0.0.1",
          port,
          socket: {
            open(upstream) {
              client.data.upstream = upstream;
              for (const bytes of client.data.waiting) upstream.write(bytes);
            },
            data(_, bytes) {
              if (!client.data.dying) client.write(bytes);
              else client.end();
            },
            close() {
              client.end();
            },
          },
        });
      },
      data(client, bytes) {
        if (cuts && bytes.includes("COMMIT")) {
          cuts = false;
          client.data.dying = true;
        }
        if (client.data.upstream === null) client.data.waiting.push(Buffer.from(bytes));
        else client.data.upstream.write(bytes);
      },
      close(client) {
        client.data.upstream?.end();
      },
    },
  });
  return {
    port: listener.port,
    cutAfterCommit() {
      cuts = true;
    },
    stop: () => listener.stop(true),
  };
}
