import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { main } from "../../src/cli/cli.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import type { AccessRecord } from "../../src/schema/ledger.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import type { ChainedLedger } from "../../src/store/store.ts";
import { anEvent, events, scratch } from "../support/events.ts";
import { fakeIo, weir } from "./fake-io.ts";

const dir = scratch();
let ledger: ChainedLedger;
const now = Date.now();

beforeAll(async () => {
  ledger = openLedger("sqlite:ledger.db", dir.path);
  await ledger.append(
    events(30, (at) => ({
      id: `r${at}`,
      at: now - (30 - at) * 60_000,
      verdict: at === 3 || at === 29 ? "block" : "allow",
      target: at === 29 ? null : at % 2 === 0 ? "large" : "small",
      consumer: at === 5 ? "ann" : null,
      answered_model: at === 6 ? "small-2603" : "mistral-large-2512",
      outcome: at === 7 ? "upstream_timeout" : "ok",
      ...(at === 8 ? { routing_trace: { region: "fr-par" } as NonNullable<RequestEvent["routing_trace"]> } : {}),
      status: at === 29 ? 409 : 200,
    })),
  );
});
afterAll(async () => {
  await ledger.close();
  dir[Symbol.dispose]();
});

async function run(...more: string[]) {
  const said = await weir(["events", "tail", "--state-dir", dir.path, ...more]);
  return { ...said, lines: said.out.split("\n").filter((line) => line !== "") };
}
const idsOf = (lines: readonly string[]): string[] => lines.map((line) => (JSON.parse(line) as RequestEvent).id);

describe("weir events tail", () => {
  test("shows the newest twenty, the newest last, with a head", async () => {
    const { code, lines, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(lines).toHaveLength(21);
    expect(lines[0]).toMatch(/^RECEIVED \(UTC\) +REQUEST +MODEL +TARGET +VERDICT +STATUS +TOKENS +MS +OUTCOME$/);
    expect(lines[1]).toContain(" r10 ");
    expect(lines.at(-1)).toMatch(/ r29 +mistral-large-latest +- +block +409 +12\+99 +1240 +ok$/);
  });

  test("prints one event a line as JSON, as stored, with its place in the chain", async () => {
    const { lines } = await run("--format", "json", "--limit", "2");
    expect(idsOf(lines)).toEqual(["r28", "r29"]);
    const { event, ...place } = (await ledger.event("r29"))!;
    expect(JSON.parse(lines[1]!)).toEqual({ ...event, ...place });
    expect((await run("--json", "--limit", "2")).lines).toEqual(lines);
  });

  test("narrows by consumer, model, region and reason", async () => {
    expect(idsOf((await run("--json", "--consumer", "ann")).lines)).toEqual(["r5"]);
    expect(idsOf((await run("--json", "--model", "small-2603")).lines)).toEqual(["r6"]);
    expect(idsOf((await run("--json", "--reason", "TIMEOUT")).lines)).toEqual(["r7"]);
    expect(idsOf((await run("--json", "--region", "fr-par")).lines)).toEqual(["r8"]);
    expect(idsOf((await run("--json", "--outcome", "failed")).lines)).toEqual(["r7"]);
    expect(idsOf((await run("--json", "--outcome", "upstream_timeout")).lines)).toEqual(["r7"]);
    expect((await run("--json", "--outcome", "cancelled")).lines).toEqual([]);
    expect((await run("--json", "--region", "fr-par", "--consumer", "ann")).lines).toEqual([]);
  });

  test("narrows by age, date, verdict and target", async () => {
    expect(idsOf((await run("--json", "--since", "3.5m")).lines)).toEqual(["r27", "r28", "r29"]);
    const iso = new Date(now - 2 * 60_000).toISOString();
    expect(idsOf((await run("--json", "--since", iso)).lines)).toEqual(["r28", "r29"]);
    expect(idsOf((await run("--json", "--since", String(now - 60_000))).lines)).toEqual(["r29"]);
    expect(idsOf((await run("--json", "--until", "28.5m", "--limit", "1")).lines)).toEqual(["r1"]);
    expect(idsOf((await run("--json", "--verdict", "block")).lines)).toEqual(["r3", "r29"]);
    expect(idsOf((await run("--json", "--target", "large", "--limit", "2")).lines)).toEqual(["r26", "r28"]);
    expect(idsOf((await run("--json", "--target", "none")).lines)).toEqual([]);
  });

  test("says on stderr that nothing matches, and only to people", async () => {
    expect(await run("--verdict", "escalate")).toMatchObject({ code: 0, out: "", err: "No event matches.\n" });
    expect(await run("--verdict", "escalate", "--json")).toMatchObject({ code: 0, out: "", err: "" });
  });

  test.each([
    [["--since", "yesterday"], /--since "yesterday" is no point in time: give .*24h/],
    [["--until", "2026-13-01"], /--until "2026-13-01" is no point in time/],
    [["--verdict", "blocked"], /--verdict "blocked" is none of: allow, redact, block, escalate/],
    [["--outcome", "fail"], /--outcome "fail" is no outcome: give failed .*cancelled, or a code/],
    [["--kind", "requests"], /--kind "requests" is none of: request, access, .*all/],
    [["--limit", "0"], /--limit "0" is no number of events/],
    [["--limit", "many"], /--limit "many" is no number of events/],
    [["--limit", "10001"], /more than 10000/],
    [["--format", "xml"], /--format "xml" is none of: table, json, csv/],
    [["--format", "csv", "--json"], /cannot both be had/],
    [["--verdicts", "block"], /did you mean --verdict/],
    [["extra"], /does not take "extra"/],
  ])("%j is a wrong use", async (flags, message) => {
    const { code, out, err } = await run(...flags);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });

  test("fails where there is no ledger, naming the file and the flags, and makes none", async () => {
    using empty = scratch();
    const io = fakeIo();
    expect(await main(["events", "tail", "--state-dir", empty.path], io)).toBe(1);
    expect(io.written.err).toContain(`There is no ledger at "${empty.path}/ledger.db"`);
    expect(io.written.err).toContain("--state-dir");
    expect(await Bun.file(`${empty.path}/ledger.db`).exists()).toBe(false);
  });

  test("finds the state directory by its variable, and a ledger elsewhere by --store", async () => {
    const byVariable = fakeIo({ env: { WEIR_STATE_DIR: dir.path } });
    expect(await main(["events", "tail", "--json", "--limit", "1"], byVariable)).toBe(0);
    const byStore = fakeIo();
    const path = `sqlite:${dir.path}/ledger.db`;
    expect(await main(["events", "tail", "--json", "--limit", "1", "--store", path], byStore)).toBe(0);
    expect(byStore.written.out).toBe(byVariable.written.out);
  });

  test("colours on a terminal, not with NO_COLOR, not in a pipe", async () => {
    const shown = async (given: Parameters<typeof fakeIo>[0]) => {
      const io = fakeIo(given);
      await main(["events", "tail", "--state-dir", dir.path, "--limit", "1"], io);
      return io.written.out.includes("\u001b[");
    };
    expect(await shown({ terminal: true })).toBe(true);
    expect(await shown({ terminal: true, env: { NO_COLOR: "1" } })).toBe(false);
    expect(await shown({ terminal: false })).toBe(false);
  });

  test("shows what could move the cursor or turn text around as text", async () => {
    using other = scratch();
    const theirs = openLedger("sqlite:ledger.db", other.path);
    await theirs.append([anEvent({ model: "\u001b[2J\u009bA\u202eevil\r\n" })]);
    await theirs.close();
    const io = fakeIo();
    await main(["events", "tail", "--state-dir", other.path], io);
    expect(io.written.out).toContain("\\u{1b}[2J\\u{9b}A");
    expect(io.written.out.split("\n")).toHaveLength(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(io.written.out).not.toMatch(/[\u001b\u009b\u202e\r]/);
  });

  test("--follow goes on with what is written, narrowed too, until it is stopped", async () => {
    using other = scratch();
    const theirs = openLedger("sqlite:ledger.db", other.path);
    await theirs.append([anEvent({ id: "old" })]);
    const io = fakeIo();
    const flags = ["--state-dir", other.path, "--json", "--follow", "--verdict", "block"];
    const ended = main(["events", "tail", ...flags], io);
    await theirs.append([anEvent({ id: "no" }), anEvent({ id: "one", verdict: "block" })]);
    await io.saw('"one"');
    await theirs.append([anEvent({ id: "two", verdict: "block" })]);
    await io.saw('"two"');
    io.stop();
    expect(await ended).toBe(0);
    expect(idsOf(io.written.out.trimEnd().split("\n"))).toEqual(["one", "two"]);
    await theirs.close();
  });

  test("is itself a row where log_all_access asks for it: who, what, filter, when", async () => {
    using other = scratch();
    const theirs = openLedger("sqlite:ledger.db", other.path);
    await theirs.append(events(2));
    const tail = async (...more: string[]) => {
      const io = fakeIo();
      expect(await main(["events", "tail", "--state-dir", other.path, "--json", ...more], io)).toBe(0);
      return io.written.out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as AccessRecord);
    };
    await tail();
    expect(await tail("--kind", "access")).toEqual([]);
    await theirs.setAudit({ logAllAccess: true });
    await tail("--verdict", "block", "--limit", "5");
    const [row] = await tail("--kind", "access", "--limit", "1");
    // The second reading is the newest row itself.
    expect(row).toMatchObject({
      kind: "access",
      via: "cli",
      what: "events tail",
      filter: { kind: "access", limit: "1" },
    });
    const [first] = await tail("--kind", "access", "--limit", "3");
    expect(first).toMatchObject({ filter: { verdict: "block", limit: "5" } });
    expect(first!.who).toContain(`uid ${process.getuid?.()}`);
    expect(Math.abs(first!.at - Date.now())).toBeLessThan(60_000);
    // A gateway that writes meanwhile goes on behind them.
    await theirs.append(events(1));
    expect((await theirs.verify()).ok).toBe(true);
    await theirs.close();
  });
});
