import { describe, expect, test } from "bun:test";
import { type LoadResult, loadConfig } from "../../src/config/load.ts";
import type { Gateway } from "../../src/gateway/gateway-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { changedPaths, LiveRuntime, type RuntimeParts } from "../../src/server/runtime.ts";

function document(changes: string = ""): LoadResult {
  const text = `
pack: {name: t, version: 1.0.0, enabled: true}
policies: {chain: []}
providers: {targets: [{id: a, provider: simulated, model: m}]}
${changes}`;
  const readFile = () => new TextEncoder().encode(text);
  return loadConfig({ files: ["test.yaml"], env: {}, readFile });
}

function setUp(over: Partial<RuntimeParts<Gateway>> = {}) {
  let next: LoadResult = document();
  const built: { config: object; previous: Gateway | null }[] = [];
  const first = document();
  if (!first.ok) throw new Error(JSON.stringify(first.problems));
  const runtime = new LiveRuntime<Gateway>(first.config, {
    load: () => next,
    build(config, previous) {
      built.push({ config, previous });
      return { config, configHash: `hash-${built.length}`, drained: () => Promise.resolve() } as Gateway;
    },
    ledger: undefined as never,
    clock: systemClock,
    log: silentLogger,
    onSwap() {},
    onReloaded() {},
    ...over,
  });
  return {
    runtime,
    built,
    change(result: LoadResult) {
      next = result;
    },
  };
}

describe("LiveRuntime", () => {
  test("swaps to a new gateway that inherits from the old one", async () => {
    const { runtime, built, change } = setUp();
    const before = runtime.gateway;
    change(document("server: {drain_seconds: 5, max_concurrency: 9}"));
    const result = await runtime.reload();
    expect(result).toEqual({
      ok: true,
      configHash: "hash-2",
      changed: ["server.max_concurrency", "server.drain_seconds"],
    });
    expect(built[1]!.previous).toBe(before);
    expect(runtime.gateway).not.toBe(before);
    expect(runtime.gateway.config.server.drain_seconds).toBe(5);
  });

  test("an invalid document changes nothing and says what is wrong", async () => {
    const { runtime, built, change } = setUp();
    const before = runtime.gateway;
    change(document("nonsense: 1"));
    const result = await runtime.reload();
    expect(result).toMatchObject({ ok: false, errors: [expect.stringContaining("E002")] });
    expect([runtime.gateway, built.length]).toEqual([before, 1]);
    expect(runtime.lastReloadErrors).toEqual(result.ok ? [] : result.errors);
    change(document());
    expect(await runtime.reload()).toMatchObject({ ok: true, changed: [] });
    expect(runtime.lastReloadErrors).toEqual([]);
  });

  test.each([
    ["server: {listen: '127.0.0.1:9'}", "server.listen"],
    ["store: {url: 'memory:'}", "store"],
    ["server: {idle_timeout_seconds: 75}", "server.idle_timeout_seconds"],
    ["server: {keep_alive_timeout_seconds: 11}", "server.keep_alive_timeout_seconds"],
    ["telemetry: {log: {format: json}}", "telemetry.log.format"],
    ["receipts: {key_ref: {env: RECEIPT_KEY}}", "receipts.key_ref"],
  ])("%s is named and refused: only a restart can take it on", async (changes, path) => {
    const { runtime, change } = setUp();
    const before = runtime.gateway;
    const result = document(changes);
    expect(result.ok).toBe(true);
    change(result);
    const refused = await runtime.reload();
    expect(refused).toMatchObject({ ok: false, errors: [expect.stringContaining(`${path}: changed`)] });
    expect(runtime.gateway).toBe(before);
  });

  test("is drained when the gateways it replaced are, too", async () => {
    const ends: (() => void)[] = [];
    const { runtime, change } = setUp({
      build: (config) =>
        ({ config, configHash: "h", drained: () => new Promise<void>((resolve) => ends.push(resolve)) }) as Gateway,
    });
    change(document("server: {drain_seconds: 5}"));
    await runtime.reload();
    let drained = false;
    const all = runtime.drained().then(() => {
      drained = true;
    });
    ends.at(-1)!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBe(false);
    for (const end of ends) end();
    await all;
    expect(drained).toBe(true);
  });

  test("a gateway that cannot be built leaves the old one in place", async () => {
    let builds = 0;
    const { runtime, change } = setUp({
      build(config) {
        builds += 1;
        if (builds > 1) throw new Error("no room");
        return { config, configHash: "only" } as Gateway;
      },
    });
    change(document("server: {drain_seconds: 5}"));
    expect(await runtime.reload()).toMatchObject({ ok: false, errors: [expect.stringContaining("no room")] });
    expect(runtime.gateway.configHash).toBe("only");
  });
});

test("changedPaths names leaves, and lists whose length changed as a whole", () => {
  const before = { a: 1, list: [{ x: 1 }, { x: 2 }], gone: 1, many: [1] };
  const after = { a: 2, list: [{ x: 1 }, { x: 3 }], new: 1, many: [1, 2] };
  expect(changedPaths(before, after).sort()).toEqual(["a", "gone", "list[1].x", "many", "new"]);
  expect(changedPaths(before, structuredClone(before))).toEqual([]);
});
