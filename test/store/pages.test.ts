import { afterAll, beforeAll, test as bunTest, describe, expect } from "bun:test";
import type { RequestEvent } from "../../src/schema/event.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import type { ChainedLedger, EventQuery } from "../../src/store/store.ts";
import { events, scratch } from "../support/events.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres-server.ts";

/** More kinds of facts than are merged, more rows than one step reads. */
const ROWS = 9_000;

/** As callers leave them who ask for ever new models: hardly two have the same facts. */
const written = events(ROWS, (at) => ({
  id: `r${at}`,
  at: 1_780_000_000_000 + ((at * 7919) % ROWS) * 10,
  model: `m${at}`,
  answered_model: null,
  consumer: at % 3 === 0 ? "ann" : "bob",
  verdict: at % 4_000 === 17 ? "block" : "allow",
  outcome: at < 5 ? "upstream_timeout" : at % 2 === 0 ? "ok" : "model_not_found",
}));

async function idsOf(ledger: ChainedLedger, query: Omit<EventQuery, "limit">, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await ledger.events({ ...query, limit, cursor });
    ids.push(...page.events.map(({ event }) => event.id));
    cursor = page.cursor;
  }
  return ids;
}

describe.each(["sqlite:ledger.db", "postgres:"])("pages of many kinds of facts at %s", (kind) => {
  const test = kind === "postgres:" ? bunTest.skipIf(!hasPostgres) : bunTest;
  const dir = scratch();
  let server: PostgresServer | null = null;
  let ledger: ChainedLedger;
  beforeAll(async () => {
    if (kind === "postgres:" && !hasPostgres) return;
    if (kind === "postgres:") server = await startPostgres();
    ledger = openLedger((await server?.database()) ?? kind, dir.path);
    for (let at = 0; at < ROWS; at += 1_000) await ledger.append(written.slice(at, at + 1_000));
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await server?.[Symbol.asyncDispose]();
    dir[Symbol.dispose]();
  });

  const HALF = 1_780_000_000_000 + ROWS * 5;
  const cases: readonly [query: Omit<EventQuery, "limit">, fits: (event: RequestEvent) => boolean][] = [
    [{ consumer: "ann" }, ({ consumer }) => consumer === "ann"],
    [{ verdict: "block" }, ({ verdict }) => verdict === "block"],
    [
      { verdict: "allow", consumer: "bob", untilMs: HALF },
      (e) => e.verdict === "allow" && e.consumer === "bob" && e.at <= HALF,
    ],
    [{ model: "m4711" }, ({ model }) => model === "m4711"],
    [{ reason: "Not_Found", sinceMs: HALF }, ({ outcome, at }) => outcome === "model_not_found" && at >= HALF],
    [{ reason: "timeout", consumer: "bob" }, (e) => e.outcome === "upstream_timeout" && e.consumer === "bob"],
    [{ outcomes: ["upstream_timeout", "internal"] }, (e) => e.outcome === "upstream_timeout"],
    [
      { outcomes: ["model_not_found"], verdict: "allow", sinceMs: HALF },
      (e) => e.outcome === "model_not_found" && e.verdict === "allow" && e.at >= HALF,
    ],
    [{ outcomes: ["ok"] }, () => false],
    [{ reason: "nothing like it" }, () => false],
    [{ target: "nobody", verdict: "allow" }, () => false],
    [{ region: "nowhere" }, () => false],
  ];

  test.each(cases)("%j", async (query, fits) => {
    const right = written
      .filter(fits)
      .toSorted((a, b) => a.at - b.at)
      .map(({ id }) => id);
    expect(await idsOf(ledger, { ...query, oldestFirst: true }, 1_000)).toEqual(right);
    expect(await idsOf(ledger, query, 777)).toEqual(right.toReversed());
  });
});
