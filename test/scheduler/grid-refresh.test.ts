import { beforeAll, describe, expect, test } from "bun:test";
import { freshnessRules, gridPlans } from "../../src/config/grid-plans.ts";
import { GridBook } from "../../src/gateway/carbon/grid-book.ts";
import { createPace } from "../../src/gateway/carbon/read-grid.ts";
import { runJobs } from "../../src/scheduler/_run-jobs.ts";
import { gridRefresh, readOwnValues } from "../../src/scheduler/grid-refresh.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { fakeClock } from "../support/clock.ts";
import { configOf } from "../support/gateway.ts";

// the injected clock goes on while the parser of the first document loads
beforeAll(async () => {
  await import("sax");
});

const MINUTE_MS = 60_000;

/** A process that refreshes grids: its service answers as told, its clock stands until it is moved. */
function running(sources: readonly object[], env: Record<string, string> = {}) {
  const clock = fakeClock();
  let config = configOf([{ id: "a" }], { carbon: { sources } });
  const grid = new GridBook(freshnessRules(config));
  const logged: { level: string; fields: object; message: string }[] = [];
  const to = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const log = { debug: to("debug"), info: to("info"), warn: to("warn"), error: to("error") };
  const asked: { atMs: number; url: URL; headers: Headers }[] = [];
  let reply: (url: URL) => Response | Promise<Response> = () => Response.json({});
  const ask = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push({ atMs: clock.now(), url, headers: new Headers(init?.headers) });
    return reply(url);
  };
  const tells: (() => void)[] = [];
  const context = {
    runtime: {
      gateway: {
        get config() {
          return config;
        },
      },
    },
    grid,
    env,
    clock,
    log,
    fetch: ask,
    onReload: (tell: () => void) => void tells.push(tell),
  };
  const stop = runJobs(context as unknown as JobContext, [gridRefresh], () => 0);
  const landsnet = () =>
    Response.json({ hydro: 1000, geothermal: 0, oil: 0, timestamp: new Date(clock.now()).toISOString().slice(0, 23) });
  return {
    clock,
    grid,
    logged,
    asked,
    stop,
    landsnet,
    answer: (next: typeof reply) => (reply = next),
    waits: () => asked.slice(1).map(({ atMs }, at) => Math.round((atMs - asked[at]!.atMs) / 1000)),
    reload(next: readonly object[], more: object = {}) {
      config = configOf([{ id: "a" }], { carbon: { sources: next, ...more } });
      for (const tell of tells) tell();
    },
  };
}

test("what stands in the configuration is known before anything runs, and nobody is asked for it", async () => {
  const clock = fakeClock();
  const values = [{ zone: "FR", gco2_per_kwh: 40, observed_at: "now" }];
  const sources = [{ source: "landsnet" }, { source: "static", values }, { source: "annual" }];
  const config = configOf([{ id: "a" }], { carbon: { sources } });
  const grid = new GridBook(freshnessRules(config));
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ask = (() => Promise.reject(new Error("nobody is asked"))) as unknown as typeof fetch;
  await readOwnValues(config, { grid, env: {}, clock, log, fetch: ask });
  expect(grid.table.operational("FR", clock.now())?.gramsPerKwh).toBe(40);
  expect(grid.sources().map(({ source, state }) => `${source} ${state}`)).toEqual([
    "landsnet waiting",
    "static ok",
    "annual ok",
  ]);
});

/** Moves the clock on in steps, so that answers come in between. */
async function pass(clock: ReturnType<typeof fakeClock>, minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 6; step++) {
    await clock.advance(10_000);
    // what is read in several turns of the loop comes to its end
    for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("grid refresh", () => {
  test("asks at once and then at its interval; the table has what came", async () => {
    const world = running([{ source: "landsnet" }]);
    world.answer(world.landsnet);
    await pass(world.clock, 11);
    expect(world.waits()).toEqual([300, 300]);
    expect(world.grid.table.operational("IS", world.clock.now())).toMatchObject({
      gramsPerKwh: 24,
      source: "landsnet",
    });
    expect(world.grid.sources()).toMatchObject([
      { source: "landsnet", state: "ok", asked: 3, failures: 0, last_error: null },
    ]);
    world.stop();
  });

  test("a source that fails is asked again soon, then ever more seldom; what it said last stays", async () => {
    const world = running([{ source: "landsnet" }]);
    world.answer(world.landsnet);
    await pass(world.clock, 1);
    world.answer(() => new Response("", { status: 500 }));
    await pass(world.clock, 130);
    expect(world.waits()).toEqual([300, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    expect(world.grid.table.shown("IS", world.clock.now())).toMatchObject({ gramsPerKwh: 24 });
    expect(world.grid.sources()).toMatchObject([
      { state: "failing", consecutive_failures: 10, last_error: "landsnet at amper.landsnet.is answered 500" },
    ]);
    expect(world.logged.map(({ level, message }) => [level, message])).toEqual([["warn", "a grid source fails"]]);
    world.answer(world.landsnet);
    await pass(world.clock, 40);
    expect(world.grid.sources()).toMatchObject([{ state: "ok", consecutive_failures: 0, failures: 10 }]);
    expect(world.logged.at(-1)).toMatchObject({ level: "info", message: "a grid source answers again" });
    world.stop();
  });

  test("stays away as long as a service asks for, jitter or not", async () => {
    const world = running([{ source: "landsnet", refresh_seconds: 60 }]);
    world.answer(() => new Response("", { status: 429, headers: { "retry-after": "900" } }));
    await pass(world.clock, 20);
    expect(world.waits()[0]! * 0.9).toBeGreaterThanOrEqual(900);
    world.stop();
  });

  test("does not hammer a service that refuses the key", async () => {
    const world = running([{ source: "fingrid", secret_key_ref: { env: "K" } }], { K: "wrong-key-value" });
    world.answer(() => new Response("wrong-key-value", { status: 401 }));
    await pass(world.clock, 20);
    expect(world.waits()).toEqual([300, 600]);
    expect(world.asked[0]!.headers.get("x-api-key")).toBe("wrong-key-value");
    expect(JSON.stringify([world.logged, world.grid.sources()])).not.toContain("wrong-key-value");
    world.stop();
  });

  test("a key that is not set is said, and nobody is asked", async () => {
    const world = running([{ source: "entsoe", zones: ["FR"], secret_key_ref: { env: "ENTSOE_TOKEN" } }]);
    await pass(world.clock, 1);
    expect(world.asked).toEqual([]);
    expect(world.grid.sources()).toMatchObject([
      { state: "failing", last_error: "entsoe: the environment variable ENTSOE_TOKEN is missing or empty" },
    ]);
    world.stop();
  });

  test("never sends ENTSO-E more than 400 requests a minute, however it is configured", async () => {
    const zones = ["FR", "FI", "BE", "NL", "PL", "PT", "ES", "AT", "CH", "CZ"];
    const one = { source: "entsoe", zones, secret_key_ref: { env: "K" }, refresh_seconds: 1 };
    const world = running([one, { ...one, timeout_seconds: 9 }], { K: "key" });
    const none =
      "<Acknowledgement_MarketDocument><Reason><text>No matching data found</text></Reason></Acknowledgement_MarketDocument>";
    world.answer(() => new Response(none));
    for (let step = 0; step < 600; step++) {
      await world.clock.advance(250);
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.asked.length).toBeGreaterThan(100);
    for (const { atMs } of world.asked)
      expect(
        world.asked.filter((other) => other.atMs >= atMs && other.atMs < atMs + MINUTE_MS).length,
      ).toBeLessThanOrEqual(400);
    expect(world.grid.sources()).toMatchObject([{ state: "no_data", last_error: null }, { state: "no_data" }]);
    world.stop();
  });

  test("a reload keeps what is known, in its new order, and forgets what is gone", async () => {
    const still = (grams: number) => ({
      source: "static",
      values: [
        {
          zone: "FR",
          gco2_per_kwh: grams,
          observed_at: "now",
          basis: "lifecycle",
          accounting: "production",
          kind: "measured",
        },
      ],
    });
    const world = running([still(10), { source: "landsnet" }]);
    world.answer(world.landsnet);
    await pass(world.clock, 1);
    const before = world.asked.length;
    world.reload([{ source: "landsnet" }, still(10)], { accept_fresh: false });
    await pass(world.clock, 1);
    expect(world.asked.length).toBe(before);
    expect(world.grid.sources().map(({ source, state }) => [source, state])).toEqual([
      ["landsnet", "ok"],
      ["static", "ok"],
    ]);
    expect(world.grid.table.operational("FR", world.clock.now())?.gramsPerKwh).toBe(10);
    expect(world.grid.table.rules.acceptFresh).toBe(false);
    world.reload([still(20)]);
    await pass(world.clock, 1);
    expect(world.grid.table.operational("FR", world.clock.now())?.gramsPerKwh).toBe(20);
    expect(world.grid.table.shown("IS", world.clock.now())).toBeNull();
    world.stop();
  });

  test("a reload that only changes how a source is asked keeps what it said", async () => {
    const url = "http://landsnet.test";
    const { clock, grid, answer, landsnet, reload, asked } = running([{ source: "landsnet", base_url: url }]);
    answer(landsnet);
    await clock.advance(0);
    const known = grid.zones(clock.now());
    expect(known).toMatchObject([{ zone: "IS", is_operational: true }]);
    answer(() => new Response(null, { status: 500 }));
    reload([{ source: "landsnet", base_url: url, refresh_seconds: 60, timeout_seconds: 3 }]);
    expect(grid.zones(clock.now())).toEqual(known);
    await clock.advance(0);
    expect(asked).toHaveLength(2);
    expect(grid.zones(clock.now())).toEqual(known);
    expect(grid.sources()).toMatchObject([{ state: "failing", asked: 2, failures: 1 }]);
    // another service is another matter
    reload([{ source: "landsnet", base_url: "http://other.test", refresh_seconds: 60 }]);
    expect(grid.zones(clock.now())).toMatchObject([{ signal: null }]);
  });

  test("a reload that adds or removes a zone keeps what a source said of the others, also while it fails", async () => {
    const url = "http://maps.test";
    const maps = (...zones: string[]) => ({ source: "electricity-maps", base_url: url, zones });
    const { clock, grid, answer, reload } = running([maps("FR", "FI"), maps("DE-LU")]);
    answer(() =>
      Response.json({ carbonIntensity: 50, datetime: new Date(clock.now()).toISOString(), isEstimated: false }),
    );
    await pass(clock, 1);
    const known = () =>
      ["FR", "FI", "DE-LU", "IS"].filter((zone) => grid.table.operational(zone, clock.now()) !== null).join(" ");
    expect(known()).toBe("FR FI DE-LU");
    answer(() => new Response(null, { status: 500 }));
    reload([maps("FR", "FI", "IS"), maps("DE-LU")]);
    expect(known()).toBe("FR FI DE-LU");
    await pass(clock, 1);
    expect(known()).toBe("FR FI DE-LU");
    // an entry that stays as it is goes before one that has other zones now
    reload([maps("DE-LU"), maps("FR")]);
    expect(known()).toBe("FR DE-LU");
    expect(grid.sources().map(({ zones }) => zones)).toEqual([["DE-LU"], ["FR"]]);
    reload([maps("FR")]);
    expect(known()).toBe("FR");
  });

  test("is told to stop while it asks, and writes nothing down", async () => {
    const world = running([{ source: "landsnet" }]);
    const late = Promise.withResolvers<Response>();
    world.answer(() => late.promise);
    await pass(world.clock, 1);
    world.stop();
    late.resolve(world.landsnet());
    await pass(world.clock, 1);
    expect(world.grid.sources()).toMatchObject([{ state: "waiting", asked: 0 }]);
    expect(world.clock.waiting).toBe(0);
  });
});

describe("the plans of a configuration", () => {
  const plansOf = (sources: readonly object[], more: object = {}) =>
    gridPlans(configOf([{ id: "a" }], { carbon: { sources }, ...more }));

  test("ask for the zones of the catalogue that a source knows", () => {
    const zones = plansOf([
      { source: "entsoe" },
      { source: "electricity-maps" },
      { source: "landsnet" },
      { source: "statnett" },
      { source: "annual" },
      { source: "energinet" },
      { source: "uk-carbon-intensity" },
    ]).map((plan) => plan.zones);
    expect(zones).toEqual([
      ["FR", "SE-SE3", "DE-LU", "FI"],
      ["FR", "SE-SE3", "IS", "DE-LU", "FI"],
      ["IS"],
      ["FI"],
      ["FR", "SE-SE3", "IS", "DE-LU", "FI"],
      ["DK1", "DK2", "DK-DK1", "DK-DK2"],
      ["GB"],
    ]);
  });

  test("know regions that a configuration adds, and their averages", () => {
    const catalogue = [{ code: "x-1", country: "NO", grid_zone: "NO", annual_gco2_per_kwh: 30 }];
    const [plan] = plansOf([{ source: "statnett" }], { regions: { catalogue } });
    expect(plan!.zones).toEqual(["FI", "NO"]);
    expect(plan!.averages.get("NO")).toEqual({ gramsPerKwh: 30, source: "configuration" });
    expect(plan!.averages.get("FR")?.gramsPerKwh).toBe(58);
  });

  test("have the source's own defaults, an address without its slash, and keys of their own", () => {
    const plans = plansOf([
      { source: "entsoe", base_url: "http://a.example/" },
      { source: "entsoe", base_url: "http://a.example/" },
      { source: "fingrid", accounting: "consumption" },
    ]);
    expect(plans[0]).toMatchObject({
      baseUrl: "http://a.example",
      options: { basis: "lifecycle" },
      refreshMs: 300_000,
      timeoutMs: 10_000,
    });
    expect(plans[2]).toMatchObject({ baseUrl: "https://data.fingrid.fi", options: { accounting: "consumption" } });
    expect(new Set(plans.map(({ key }) => key)).size).toBe(3);
  });
});

test("turns go out one after the other, to each host by itself", async () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  const went: string[] = [];
  for (const host of ["a", "a", "b", "a"])
    void pace(host, 100).then(() => went.push(`${host}@${clock.monotonic() - 1_000}`));
  await clock.advance(0);
  expect(went).toEqual(["a@0", "b@0"]);
  await clock.advance(250);
  expect(went).toEqual(["a@0", "b@0", "a@100", "a@200"]);
});
