import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import type { ChainHead } from "../../src/schema/ledger.ts";
import { keptHeads } from "../../src/store/ledger/kept-heads.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { LedgerWriter } from "../../src/store/ledger/writer.ts";
import { manualClock } from "../support/clock.ts";
import { events, scratch } from "../support/events.ts";
import { weir } from "./fake-io.ts";

async function ledgerIn(path: string): Promise<void> {
  const ledger = openLedger("sqlite:ledger.db", path);
  await ledger.append(events(10));
  await ledger.close();
}

const run = (path: string, ...more: string[]) => weir(["events", "verify", "--state-dir", path, ...more]);

function byHand(path: string, statement: string): void {
  const raw = new Database(join(path, "ledger.db"));
  raw.run(statement);
  raw.close();
}

describe("weir events verify", () => {
  test("says that the chain holds, its head, and that the end is not proven", async () => {
    using dir = scratch();
    await ledgerIn(dir.path);
    const { code, out } = await run(dir.path);
    expect(code).toBe(0);
    expect(out).toMatch(/^The chain holds\.\n {2}11 rows, head 11:[0-9a-f]{64}\n {2}end not proven/);
  });

  test("proves the end with the head it printed before, and shows a cut end", async () => {
    using dir = scratch();
    await ledgerIn(dir.path);
    const head = /11:[0-9a-f]{64}/.exec((await run(dir.path)).out)![0];
    expect((await run(dir.path, "--head", head)).out).toContain("end proven up to the head that was given");
    byHand(dir.path, "DELETE FROM ledger WHERE seq > 9");
    byHand(dir.path, "DELETE FROM meta");
    expect((await run(dir.path)).code).toBe(0);
    const cut = await run(dir.path, "--head", head);
    expect(cut.code).toBe(1);
    expect(cut.out).toContain("removed: the chain once reached row 11, but ends at row 9: its end was cut off");
  });

  test("proves nothing by a head that retention has removed, and says so", async () => {
    using dir = scratch();
    const clock = manualClock();
    const ledger = openLedger("sqlite:ledger.db", dir.path, clock);
    const old = await ledger.head();
    await ledger.append(events(5));
    clock.move(3 * 86_400_000);
    await ledger.append(events(5));
    await ledger.prune(1_790_000_000_000);
    await ledger.close();
    expect((await run(dir.path)).code).toBe(0);
    const { code, out } = await run(dir.path, "--head", `${old!.seq}:${old!.hash}`);
    expect(code).toBe(1);
    expect(out).toContain("The chain holds.");
    expect(out).toContain("end not proven: row 1 of the head that was given is one that retention removed");
  });

  test("shows a cut end by the head that a gateway kept, after a start and an orderly end since", async () => {
    using dir = scratch();
    const gateway = async (requests: number): Promise<string[]> => {
      const ledger = openLedger("sqlite:ledger.db", dir.path);
      const said: string[] = [];
      const log = { ...silentLogger, error: (_fields: object, message: string) => void said.push(message) };
      const heads = keptHeads("sqlite:ledger.db", dir.path)!;
      const keepHead = (head: ChainHead) => heads.keep(head, ledger, log);
      const writer = new LedgerWriter(ledger, { clock: systemClock, log, onError: "continue", keepHead });
      for (const event of events(requests)) writer.push(event);
      await writer.close();
      return said;
    };
    expect([...(await gateway(10)), ...(await gateway(3))]).toEqual([]);
    expect((await run(dir.path)).code).toBe(0);
    byHand(dir.path, "DELETE FROM ledger WHERE seq > 12");
    expect(await gateway(0)).toEqual([expect.stringContaining("was cut off")]);
    const cut = await run(dir.path);
    expect([cut.code, cut.out]).toEqual([1, expect.stringContaining("reached row 14, but ends at row 12")]);
    // rows that come to stand there are others
    expect(await gateway(5)).toEqual([]);
    const grown = await run(dir.path);
    expect([grown.code, grown.out]).toEqual([1, expect.stringContaining("the chain was computed anew")]);
  });

  test("names what was changed, for people and for machines", async () => {
    using dir = scratch();
    await ledgerIn(dir.path);
    byHand(dir.path, "UPDATE ledger SET body = replace(body, 'large', 'small') WHERE seq = 4");
    const { code, out } = await run(dir.path);
    expect(code).toBe(1);
    expect(out).toContain("The chain is broken: 1 problem.\n  edited: row 4");
    const json = await run(dir.path, "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      rows: 11,
      problem_count: 1,
      problems: [{ seq: 4, kind: "edited" }],
    });
  });

  test.each(["", "1", "1:abc", "x:".padEnd(66, "0")])("--head %p is a wrong use", async (head) => {
    using dir = scratch();
    await ledgerIn(dir.path);
    const { code, err } = await run(dir.path, `--head=${head}`);
    expect(code).toBe(2);
    expect(err).toContain("--head");
  });
});
