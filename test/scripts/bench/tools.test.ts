import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { loadAbort, loadHold, loadRun } from "../../../scripts/bench/load.ts";
import { BODIES } from "../../../scripts/bench/requests.ts";
import { requestFiles } from "../../../scripts/bench/running.ts";
import { type Mock, makeTools, startMock, type Tools } from "../../../scripts/bench/tools.ts";
import { emptyFolder } from "../../support/empty-folder.ts";
import { needs } from "../../support/require.ts";

const asItIs = (argv: readonly string[]) => argv;
const unpinned = { subject: asItIs, free: asItIs, load: asItIs, text: "" };
const script = (name: string): string => join(import.meta.dir, "../../../scripts/bench/fallback", `${name}.ts`);
const inBun: Tools = {
  mock: [process.execPath, script("mock")],
  load: [process.execPath, script("load")],
  text: "",
};

describe.each(["C", "Bun"])("mock and load generator in %s", (language) => {
  const there = language === "Bun" || needs(["cc", "gcc", "clang"], true);
  const dir = emptyFolder();
  let tools: Tools;
  let mock: Mock;
  const direct = () => {
    const ports = { own: mock.port, upstream: mock.port };
    return {
      port: mock.port,
      requestFile: requestFiles({ path: "/v1/chat/completions", headers: () => ({}) }, ports, dir),
    };
  };

  beforeAll(async () => {
    if (!there) return;
    tools = language === "Bun" ? inBun : makeTools(dir, unpinned);
    mock = await startMock(tools);
  });
  afterAll(() => mock?.stop());

  test.skipIf(!there)("count every answer of a closed loop", async () => {
    const pids = [process.pid];
    const run = await loadRun(tools, direct(), { kind: "json-32k", connections: 4, warmupMs: 50, windowMs: 200, pids });
    expect(run.answered).toBeGreaterThan(10);
    expect(run).toMatchObject({ failed: 0, events: 0, cut_streams: 0 });
    expect(run.latency_us.p50).toBeGreaterThan(0);
    expect(run.latency_us.p99).toBeGreaterThanOrEqual(run.latency_us.p50);
  });

  test.skipIf(!there)("keep to the rate of an open loop", async () => {
    const options = { kind: "json-1k", connections: 16, rate: 200, warmupMs: 100, windowMs: 500, pids: [] } as const;
    const { answered, failed } = await loadRun(tools, direct(), options);
    expect(failed).toBe(0);
    expect(answered).toBeWithin(50, 151);
  });

  test.skipIf(!there)("count the events of streams and their first", async () => {
    const options = { kind: "stream-short", connections: 2, warmupMs: 50, windowMs: 300, pids: [] } as const;
    const run = await loadRun(tools, direct(), options);
    // role, three words, finish: the usage chunk comes only to those who asked for it
    expect(run.events / run.answered).toBeWithin(4.5, 5.5);
    expect(run).toMatchObject({ failed: 0, cut_streams: 0 });
    expect(run.first_event_us.p50).toBeGreaterThan(0);
  });

  test.skipIf(!there)(
    "hold slow streams open, and see them cut",
    async () => {
      const held = await loadHold(tools, direct(), { kind: "stream-slow", connections: 20, rampMs: 20, read: true });
      expect(held.ready).toBe(20);
      expect((await mock.stats()).streams).toBe(20);
      expect(await held.release()).toBe(20);
      await mock.clear();
      expect(await mock.stats()).toMatchObject({ streams: 0, aborted: 0 });
    },
    60_000,
  );

  test.skipIf(!there)(
    "tell each abort by its serial number, on one clock",
    async () => {
      for (const kind of ["stream-slow", "silent"] as const) {
        await mock.clear();
        // a machine with much to do must have sent the request before it is given up
        const options = { kind, connections: 2, count: 6, afterMs: 150, beforeAnswer: kind === "silent" };
        const closed = await loadAbort(tools, direct(), options);
        while ((await mock.stats()).aborted < 6);
        const seen = new Map((await mock.aborts()).map(([id, at]) => [id, at]));
        expect([...seen.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
        for (const [id, at] of closed.entries()) expect(((seen.get(id) ?? 0) - at) / 1e6).toBeWithin(-1, 1000);
      }
    },
    60_000,
  );
});

test("the prompts have the sizes that their names say", () => {
  expect(BODIES["json-1k"].length).toBeWithin(900, 1200);
  expect(BODIES["json-32k"].length).toBeWithin(31_000, 34_000);
  expect(JSON.parse(BODIES["json-32k"]).messages).toHaveLength(50);
});
