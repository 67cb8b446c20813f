import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { main } from "../../src/cli/cli.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { fakeIo, weir } from "./fake-io.ts";

const KEY = "grid-key-of-the-tests";
const MINUTE_MS = 60_000;

/** Services of three grids; each request is answered by what stands here then. */
const now: { hydro: number; oil: number; landsnet: number; fingrid: number } = {
  hydro: 1_000,
  oil: 0,
  landsnet: 200,
  fingrid: 200,
};
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/fingrid"))
      return now.fingrid === 200
        ? Response.json({ data: [fingridRow(5)] })
        : new Response(`no: ${request.headers.get("x-api-key")}`, { status: now.fingrid });
    const timestamp = new Date(Date.now() - 3 * MINUTE_MS).toISOString().slice(0, 19);
    const { hydro, oil } = now;
    return now.landsnet === 200
      ? Response.json({ hydro, geothermal: 0, oil, timestamp })
      : new Response("no", { status: now.landsnet });
  },
});
afterAll(() => void server.stop(true));

/** Shape of https://data.fingrid.fi/en/datasets/266; times as it gives them, with a zone. */
function fingridRow(minutes: number) {
  const endMs = Date.now() - minutes * MINUTE_MS;
  const moment = (ms: number) => new Date(ms).toISOString();
  return { datasetId: 266, startTime: moment(endMs - 3 * MINUTE_MS), endTime: moment(endMs), value: 38.5 };
}

const url = `http://127.0.0.1:${server.port}`;
const LANDSNET = `{ source: landsnet, base_url: "${url}/landsnet", refresh_seconds: 1 }`;
const FINGRID = `{ source: fingrid, base_url: "${url}/fingrid", secret_key_ref: { env: GRID_KEY } }`;
const FRANCE = "{ source: static, values: [{ zone: FR, gco2_per_kwh: 41.5, observed_at: now }] }";
const ANNUAL = "{ source: annual, zones: [DE-LU] }";

const target = (id: string, region: string) => `{ id: ${id}, provider: simulated, model: m, region: ${region} }`;
const PARIS = target("paris", "scaleway-par-1");
const ICELAND = target("iceland", "atnorth-isl-1");
const HELSINKI = target("helsinki", "hetzner-hel-1");

/** A configuration in a folder of its own. */
function folder(sources: readonly string[], targets: readonly string[] = [PARIS, ICELAND], more = ""): string {
  const cwd = emptyFolder();
  const text = `
pack: { name: x, version: 1.0.0, enabled: true }
policies: { chain: [] }
regions: { catalogue: [{ code: hetzner-hel-1, inference: true }] }
carbon: { sources: [${sources.join(", ")}]${more} }
providers: { targets: [${targets.join(", ")}] }
`;
  writeFileSync(`${cwd}/policy-config.yaml`, text);
  return cwd;
}

const run = (args: readonly string[], cwd: string, env: Record<string, string> = { GRID_KEY: KEY }) =>
  weir(args, { cwd, env });

describe("grid watch", () => {
  test("--once: every zone in a line, with class and age, and whether it may decide", async () => {
    const { code, out, err } = await run(["grid", "watch", "--once"], folder([FRANCE, LANDSNET, FINGRID, ANNUAL]));
    expect([code, err]).toEqual([0, ""]);
    const rows = out
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual([
      "ZONE",
      "gCO2e/kWh",
      "CLASS",
      "AGE",
      "OBSERVED",
      "KIND",
      "BASIS",
      "ACCOUNTING",
      "SOURCE",
      "DECIDES",
    ]);
    const short = rows.slice(1).map(([zone, grams, kind, age, , ...rest]) => [zone, grams, kind, age, ...rest]);
    expect(short).toEqual([
      ["FR", "41.5", "live", "0 min", "measured", "lifecycle", "production", "static", "yes"],
      ["IS", "24.0", "live", "3 min", "measured", "lifecycle", "production", "landsnet", "yes"],
      ["FI", "38.5", "live", "5 min", "measured", "direct", "production", "fingrid", "yes"],
      ["DE-LU", "380.0", "annual_fallback", "-", "annual", "unspecified", "unspecified", "JRC NEEFE 2024", "no"],
    ]);
  });

  test("--json: a line of JSON for each zone that was asked for", async () => {
    const { code, out } = await run(["grid", "watch", "IS", "--once", "--json"], folder([FRANCE, LANDSNET]));
    expect(code).toBe(0);
    const { zone, signal, is_operational: may } = JSON.parse(out) as Record<string, unknown>;
    expect([zone, may]).toEqual(["IS", true]);
    expect(signal).toMatchObject({ source: "landsnet", gco2_per_kwh: 24, temporal_match: "live", live_eligible: true });
  });

  test("goes on until it is stopped, with a line for each change", async () => {
    const io = fakeIo({ cwd: folder([LANDSNET]), env: {} });
    const exit = main(["grid", "watch", "--json"], io);
    await io.saw('"gco2_per_kwh":24,');
    now.oil = 1_000;
    try {
      await io.saw('"gco2_per_kwh":337,');
    } finally {
      now.oil = 0;
    }
    io.stop("SIGINT");
    expect(await exit).toBe(0);
  });

  test("a source that fails is told on stderr, without its key; the others are shown", async () => {
    now.fingrid = 401;
    try {
      const cwd = folder([FINGRID, LANDSNET]);
      const part = await run(["grid", "watch", "--once"], cwd);
      expect(part.code).toBe(0);
      expect(part.err).toContain("fingrid");
      expect(part.out).toMatch(/FI +- +no data/);
      const all = await run(["grid", "watch", "--once"], folder([FINGRID]));
      expect(all.code).toBe(1);
      expect(`${part.out}${part.err}${all.out}${all.err}`).not.toContain(KEY);
    } finally {
      now.fingrid = 200;
    }
  });

  test("a zone that nobody is asked for is exit 2, and nothing to watch exit 1", async () => {
    const unknown = await run(["grid", "watch", "ISS", "--once"], folder([FRANCE, LANDSNET]));
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("zones: FR, IS. Did you mean IS?");
    const none = await run(["grid", "watch"], folder([]));
    expect(none.code).toBe(1);
    expect(none.err).toContain("carbon.sources lists no source");
    expect((await run(["grid", "watch"], emptyFolder())).code).toBe(2);
  });
});

describe("doctor says of the grids", () => {
  const doctor = async (cwd: string, env?: Record<string, string>) => {
    const { out } = await run(["doctor", "--state-dir", emptyFolder()], cwd, env);
    return out.split("\n").filter((line) => /grid|carbon/.test(line) && !line.includes("secret of "));
  };

  test("which source answers for each zone, how old, and what would be compared", async () => {
    expect(await doctor(folder([FRANCE, LANDSNET, FINGRID], [PARIS, ICELAND, HELSINKI]))).toEqual([
      "ok    grid source static: answers for FR",
      `ok    grid source landsnet: 127.0.0.1:${server.port}: answers for IS`,
      `ok    grid source fingrid: 127.0.0.1:${server.port}: answers for FI`,
      "ok    grid zone FR: static: 41.5 g/kWh, lifecycle, production, measured, live, 0 min old; may decide",
      "ok    grid zone IS: landsnet: 24 g/kWh, lifecycle, production, measured, live, 3 min old; may decide",
      "ok    grid zone FI: fingrid: 38.5 g/kWh, direct, production, measured, live, 5 min old; may decide",
      "ok    carbon-aware routing: would be live now, comparing the zones FR, IS; left out: FI (of another basis or accounting)",
    ]);
  });

  test("why it would not be live", async () => {
    const last = async (...of: Parameters<typeof folder>) => (await doctor(folder(...of))).at(-1)!;
    const why = (reason: string) => `warn  carbon-aware routing: would not be live now (${reason}): `;
    expect(await last([FRANCE])).toStartWith(`${why("degraded_single_zone_signal")}only one zone`);
    expect(await last([FINGRID, FRANCE], [PARIS, HELSINKI])).toStartWith(why("degraded_mixed_basis"));
    expect(await last([ANNUAL])).toStartWith(
      `${why("degraded_no_operational_live_signal")}no zone has a signal that may decide`,
    );
    expect(await last([FRANCE], [PARIS])).toBe(
      "ok    carbon-aware routing: would not be live now (single_zone): all targets with a region stand in one grid zone, so there is nothing to compare; it would follow the default path",
    );
    expect(await last([])).toContain("carbon.sources lists no source; it would follow the default path");
  });

  test("what the configured budget of latency leaves", async () => {
    const SWEDEN = "{ source: static, values: [{ zone: SE-SE3, gco2_per_kwh: 20, observed_at: now }] }";
    const STOCKHOLM = target("stockholm", "atnorth-sto-1");
    const GRAVELINES = target("gravelines", "ovh-gra-1");
    const last = async (ms: number, ...targets: string[]) => {
      const env = { GRID_KEY: KEY, WEIR__PROVIDERS__ROUTING__LATENCY_BUDGET_MS: String(ms) };
      return (await doctor(folder([FRANCE, LANDSNET, SWEDEN], targets), env)).at(-1)!;
    };
    expect(await last(200, PARIS, ICELAND)).toEndWith("would be live now, comparing the zones FR, IS");
    expect(await last(20, PARIS, ICELAND)).toContain(
      "(degraded_no_candidate_within_latency_budget): no region is known",
    );
    expect(await last(100, PARIS, ICELAND)).toContain("(single_zone): within providers.routing.latency_budget_ms");
    // one region of the zone is near enough
    expect(await last(46, GRAVELINES, PARIS, ICELAND)).toContain("(single_zone): within");
    expect(await last(70, GRAVELINES, PARIS, STOCKHOLM, ICELAND)).toEndWith(
      "would be live now, comparing the zones FR, SE-SE3; left out: IS (over the latency budget)",
    );
  });

  test("why a zone may not decide", async () => {
    const value = (more: string) => `{ source: static, values: [{ zone: FR, gco2_per_kwh: 40, ${more} }] }`;
    const zone = async (source: string, more = "") =>
      (await doctor(folder([source], [PARIS, ICELAND], more))).find((line) => line.includes("grid zone FR"))!;
    const ago = (minutes: number) => `observed_at: "${new Date(Date.now() - minutes * MINUTE_MS).toISOString()}"`;
    expect(await zone(value("observed_at: now, kind: estimated"))).toEndWith("may not decide: an estimate never does");
    expect(await zone(value(ago(130)))).toEndWith(
      "stale, 130 min old; may not decide: it is older than carbon.freshness.fresh_minutes (120)",
    );
    expect(await zone(value(ago(60)))).toEndWith("fresh, 60 min old; may decide");
    expect(await zone(value(ago(60)), ", accept_fresh: false")).toEndWith(
      "fresh, 60 min old; may not decide: carbon.accept_fresh is off",
    );
    const covers = `kind: forecast, interval_start: "${new Date(Date.now() - MINUTE_MS).toISOString()}", ${ago(-30)}`;
    expect(await zone(value(covers))).toEndWith("no source has observed its intensity; it cannot decide");
    expect(await zone(value(covers), ", accept_forecast: true")).toEndWith(
      "forecast, live, for 30 min more; may decide",
    );
    expect(await zone("{ source: annual, zones: [FR] }")).toEndWith("may not decide: an annual average never does");
    expect(await zone(LANDSNET)).toEndWith("no source is asked for it; it cannot decide");
  });

  test("a source without its key is broken, and says which", async () => {
    const lines = await doctor(folder([FINGRID, FRANCE]), {});
    expect(lines[0]).toBe("FAIL  grid source fingrid: the environment variable GRID_KEY is missing or empty");
  });
});
