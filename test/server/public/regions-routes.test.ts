import { describe, expect, test } from "bun:test";
import { SignalTable } from "../../../src/carbon/signal-table.ts";
import { DEFAULT_FRESHNESS } from "../../../src/carbon/signals.ts";
import type { RegionView } from "../../../src/schema/views/region-view.ts";
import { answers, fails, gatewayOver } from "../../gateway/upstreams.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

const NOW_MS = 1_700_000_001_000;
const KEY = "a-key-of-somebody";

/** The regions of a gateway, by code, for whoever has these headers. */
function stage(more: Parameters<typeof gatewayOver>[1] = {}, behaviours: Parameters<typeof gatewayOver>[0] = {}) {
  const signals = new SignalTable(DEFAULT_FRESHNESS);
  const measured = { basis: "lifecycle", accounting: "production", kind: "measured", source: "one" } as const;
  signals.put(0, [
    { zone: "FR", gramsPerKwh: 41, fromMs: null, observedAtMs: NOW_MS - 600_000, fetchedAtMs: NOW_MS, ...measured },
    { zone: "IS", gramsPerKwh: 27, fromMs: null, observedAtMs: NOW_MS - 9_000_000, fetchedAtMs: NOW_MS, ...measured },
  ]);
  const all = gatewayOver(
    { paris: answers(), sto: answers(), isl: answers(), plain: answers(), ...behaviours },
    {
      signals,
      target: {
        paris: { region: "scaleway-par-1", model: "m", models: [{ name: "n", upstream: "n" }] },
        sto: { region: "atnorth-sto-1", model: "o", max_in_flight: 1 },
        isl: { region: "atnorth-isl-1", model: "p" },
      },
      ...more,
    },
  );
  const region = (code: string, headers: Headers | null = null) =>
    all.gateway.regions(headers).find((each) => each.code === code)!;
  return { ...all, region };
}

describe("a region", () => {
  test("is shown with what is known of it, and with its class", () => {
    const { region } = stage();
    expect(region("scaleway-par-1")).toEqual({
      code: "scaleway-par-1",
      provider: "Scaleway",
      location: "Paris",
      country: "FR",
      grid_zone: "FR",
      annual_gco2_per_kwh: 58,
      annual_source: "JRC NEEFE 2024",
      latency_ms: { p50: 22, p95: 45 },
      latency_source: "catalogue",
      inference: true,
      allowed: true,
      default_path: 1,
      notes: "Default; lowest-latency for Western Europe",
      models: ["m", "n"],
      live: {
        gco2_per_kwh: 41,
        class: "live",
        age_minutes: 10,
        observed_at: new Date(NOW_MS - 600_000).toISOString(),
        signal_kind: "measured",
        basis: "lifecycle",
        accounting: "production",
        source: "one",
        operational: true,
        health: "healthy",
        saturated: false,
      },
    });
    expect(region("atnorth-isl-1").live).toMatchObject({ gco2_per_kwh: 27, class: "stale", operational: false });
    expect(region("atnorth-sto-1").live).toMatchObject({
      gco2_per_kwh: 12,
      class: "annual_fallback",
      source: "JRC NEEFE 2024",
    });
    expect(region("hetzner-fsn-1")).toMatchObject({
      inference: false,
      allowed: false,
      models: [],
      live: { health: "no_target" },
    });
  });

  test("that is down or full says so", async () => {
    const { run, region } = stage(
      { providers: { circuit_breaker: { failure_threshold: 1 } } },
      { paris: fails(500), sto: fails(429, { "retry-after": "60" }) },
    );
    await run({ model: "m", messages: [{ role: "user", content: "x" }], vetted: { region: "scaleway-par-1" } });
    await run({ model: "o", messages: [{ role: "user", content: "x" }], vetted: { region: "atnorth-sto-1" } });
    expect(region("scaleway-par-1").live).toMatchObject({ health: "unavailable", saturated: false });
    expect(region("atnorth-sto-1").live).toMatchObject({ health: "healthy", saturated: true });
  });

  test("is saturated where whoever is up has enough to do, whatever else is down there", async () => {
    const down = { region: "atnorth-sto-1", model: "x", secret_key_ref: { env: "NOBODY_SET_THIS" } };
    const sto = { region: "atnorth-sto-1", model: "o" };
    const { run, region } = stage(
      { target: { sto, paris: down } },
      { sto: fails(429, { "retry-after": "60" }), paris: answers() },
    );
    expect(region("atnorth-sto-1").live).toMatchObject({ health: "degraded", saturated: false });
    await run({ model: "o", messages: [{ role: "user", content: "x" }], vetted: { region: "atnorth-sto-1" } });
    expect(region("atnorth-sto-1").live).toMatchObject({ health: "degraded", saturated: true });
  });

  test("is timed by its probes, from the twentieth on", () => {
    const { gateway, region } = stage();
    for (let ms = 1; ms <= 20; ms++) gateway.probed("paris", { error: null, latencyMs: 1, connectMs: ms });
    expect(region("scaleway-par-1")).toMatchObject({ latency_ms: { p50: 10, p95: 19 }, latency_source: "probes" });
  });

  test("is a consumer's where it may go there, with the models it may ask for", () => {
    const consumers = [
      { id: "one", key_ref: { env: "CALLER" }, allowed_regions: ["scaleway-par-1"], allowed_models: ["m"] },
    ];
    const { region, gateway } = stage({ consumers, env: { CALLER: KEY } });
    const headers = new Headers({ authorization: `Bearer ${KEY}` });
    expect(region("scaleway-par-1", headers)).toMatchObject({ allowed: true, models: ["m", "n"] });
    expect(region("atnorth-sto-1", headers)).toMatchObject({ allowed: false, models: [] });
    expect(region("atnorth-sto-1").allowed).toBe(true);
    expect(() => gateway.regions(new Headers())).toThrow("without a key");
  });

  test("of one's own is there too, and one behind the wall is not open", () => {
    const catalogue = [{ code: "lyon-1", country: "FR", annual_gco2_per_kwh: 40 }];
    const { region } = stage({ regions: { allow: ["FR"], catalogue } });
    expect(region("lyon-1")).toMatchObject({
      country: "FR",
      allowed: true,
      annual_source: "configuration",
      grid_zone: null,
    });
    expect(region("atnorth-sto-1").allowed).toBe(false);
  });
});

describe("the routes", () => {
  const { gateway } = stage();
  const { send } = fakeServer({ regions: gateway.regions(null) });

  test.each(["/v1/regions", "/regions", "/v1/regions/"])("%s lists them", async (path) => {
    const body = (await (await send(path)).json()) as { object: string; data: RegionView[] };
    expect([body.object, body.data.map(({ code }) => code)]).toEqual([
      "list",
      gateway.regions(null).map(({ code }) => code),
    ]);
  });

  test("one is had by its code; another is not there", async () => {
    expect(((await (await send("/v1/regions/ovh-gra-1")).json()) as RegionView).location).toBe("Gravelines");
    const response = await send("/v1/regions/ovh-gra1");
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([404, "not_found"]);
    expect(error.message).toContain("did you mean ovh-gra-1?");
    expect((await send("/v1/regions", { method: "POST" })).status).toBe(405);
  });

  test("the admin's needs the token", async () => {
    expect((await send("/api/regions")).status).toBe(401);
    const body = (await (await send("/api/regions", { headers: asAdmin })).json()) as { data: unknown[] };
    expect(body.data.length).toBe(8);
  });
});
