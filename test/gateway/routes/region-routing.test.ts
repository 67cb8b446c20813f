import { describe, expect, test } from "bun:test";
import { SignalTable } from "../../../src/carbon/signal-table.ts";
import { DEFAULT_FRESHNESS, type FreshnessRules, type GridSignal } from "../../../src/carbon/signals.ts";
import type { RoutingTrace } from "../../../src/schema/routing-trace.ts";
import { CHAT } from "../../support/gateway.ts";
import { answers, type Behaviour, fails, gatewayOver, streams } from "../upstreams.ts";

/** What {@link gatewayOver}'s clock says at first. */
const NOW_MS = 1_700_000_001_000;
const MINUTE_MS = 60_000;

const PLACES: Readonly<Record<string, object>> = {
  sto: { region: "atnorth-sto-1" },
  gra: { region: "ovh-gra-1" },
  par2: { region: "scaleway-par-2" },
  par1: { region: "scaleway-par-1" },
};

type Behaviours = Parameters<typeof gatewayOver>[0];
const everywhere = (special: Behaviours = {}, places: object = PLACES): Behaviours =>
  Object.fromEntries(Object.keys(places).map((id) => [id, special[id] ?? answers()]));

/** Targets in four regions, in an order of their own. */
const over = (more: Parameters<typeof gatewayOver>[1] = {}, special: Behaviours = {}) =>
  gatewayOver(everywhere(special, more.target ?? PLACES), {
    target: PLACES,
    ...more,
    providers: { strategy: "default_path", ...more.providers },
  });

/** A measurement, so many minutes old. */
const measured = (zone: string, gramsPerKwh: number, more: Partial<GridSignal> & { age?: number } = {}): GridSignal => {
  const { age = 10, ...differs } = more;
  return {
    zone,
    gramsPerKwh,
    basis: "lifecycle",
    accounting: "production",
    kind: "measured",
    source: "static",
    fromMs: null,
    observedAtMs: NOW_MS - age * MINUTE_MS,
    fetchedAtMs: NOW_MS,
    ...differs,
  };
};

const tableOf = (signals: readonly GridSignal[], rules: Partial<FreshnessRules> = {}): SignalTable => {
  const table = new SignalTable({ ...DEFAULT_FRESHNESS, ...rules });
  table.put(0, signals);
  return table;
};

async function traceOf(response: Response): Promise<RoutingTrace> {
  return ((await response.json()) as { routing_trace: RoutingTrace }).routing_trace;
}

const shortly = ({ decision_mode, decision_reason, region }: RoutingTrace): string =>
  `${decision_mode} ${decision_reason} ${region}`;

const carbon = { ...CHAT, vetted: { routing: "carbon_aware" } };

describe("the default path", () => {
  test("orders where no strategy is configured, then come the others as configured", async () => {
    const { run, events } = over();
    const { response } = await run();
    expect(response.headers.get("x-weir-region")).toBe("scaleway-par-1");
    expect(shortly(await traceOf(response))).toBe("standard default_region scaleway-par-1");
    expect(events[0]!.route!.order).toEqual(["par1", "par2", "gra", "sto"]);
  });

  test("is not there where a target of the pool has no region", async () => {
    const { run, asked } = over({ target: { plain: {}, ...PLACES } });
    const trace = await traceOf((await run({ ...CHAT, vetted: { receipt: false } })).response);
    expect([asked(), shortly(trace)]).toEqual([["plain"], "standard fallback null"]);
  });

  test("is what a request that says standard gets all the same, those without a region last", async () => {
    const { run, events } = over({ target: { plain: {}, ...PLACES } });
    await run({ ...CHAT, vetted: { routing: "standard" } });
    expect(events[0]!.route!.order).toEqual(["par1", "par2", "gra", "sto", "plain"]);
  });

  test("stays away from an explicit strategy", async () => {
    const { run, asked } = over({ providers: { strategy: "fallback" } });
    const plain = await traceOf((await run()).response);
    const standard = await traceOf((await run({ ...CHAT, vetted: { routing: "standard" } })).response);
    expect([asked(), shortly(plain), shortly(standard)]).toEqual([
      ["sto", "sto"],
      "standard fallback atnorth-sto-1",
      "standard fallback atnorth-sto-1",
    ]);
  });

  test("takes the place of carbon-aware routing for a request that says standard", async () => {
    const signals = tableOf([measured("FR", 50), measured("SE-SE3", 10)]);
    const { run } = over({ signals, providers: { strategy: "carbon_aware" } });
    expect(shortly(await traceOf((await run()).response))).toBe("live lowest_current_grid_intensity atnorth-sto-1");
    const { response } = await run(CHAT, { headers: { "x-weir-routing": "standard" } });
    expect(shortly(await traceOf(response))).toBe("standard default_region scaleway-par-1");
  });

  test("keeps the targets that declare the model in front", async () => {
    const target = { ...PLACES, gra: { region: "ovh-gra-1", model: "other" } };
    const { run, events } = over({ target });
    await run({ ...CHAT, model: "other" });
    expect(events[0]!.route!.order).toEqual(["gra", "par1", "par2", "sto"]);
  });

  test("begins at the first of its regions that there is", async () => {
    const { sto, gra } = PLACES as Record<string, object>;
    const { run } = over({ target: { sto: sto!, gra: gra! } });
    expect(shortly(await traceOf((await run()).response))).toBe("standard default_region ovh-gra-1");
  });

  test("says that its first region was passed over, and why", async () => {
    const { run } = over({ providers: { circuit_breaker: { failure_threshold: 1 } } }, { par1: fails(500) });
    const first = await traceOf((await run()).response);
    expect(shortly(first)).toBe("standard default_region scaleway-par-2");
    expect(first.failover).toEqual({
      from_target: "par1",
      from_region: "scaleway-par-1",
      reason: "upstream_failed",
    });
    const second = await traceOf((await run()).response);
    expect([shortly(second), second.failover]).toEqual(["failover primary_unavailable scaleway-par-2", null]);
    expect(second.candidates.find(({ target }) => target === "par1")).toMatchObject({
      eligible: false,
      reason: "breaker open",
    });
  });

  test("tells a region that is full from one that is down", async () => {
    const { run } = over({}, { par1: fails(429, { "retry-after": "60" }) });
    await run();
    expect(shortly(await traceOf((await run()).response))).toBe("failover primary_saturated scaleway-par-2");
  });

  test("does not call a region unavailable that lacks what the request needs", async () => {
    const target = { ...PLACES, par1: { region: "scaleway-par-1", max_context_tokens: 4 } };
    const { run } = over({ target });
    const trace = await traceOf((await run({ ...CHAT, max_tokens: 100 })).response);
    expect(trace.candidates.find(({ target: id }) => id === "par1")).toMatchObject({ reason: "context too large" });
    expect(shortly(trace)).toBe("standard default_region scaleway-par-2");
  });

  test("of one's own is followed", async () => {
    const { run, events } = over({ regions: { default_path: ["ovh-gra-1", "atnorth-sto-1"] } });
    await run();
    expect(events[0]!.route!.order).toEqual(["gra", "sto", "par2", "par1"]);
  });
});

describe("carbon-aware routing", () => {
  const FR = measured("FR", 50);
  const SE = measured("SE-SE3", 20);

  test.each<[string, readonly GridSignal[], string]>([
    ["lowest", [FR, SE], "live lowest_current_grid_intensity atnorth-sto-1"],
    ["fresh", [measured("FR", 10, { age: 119 }), SE], "live lowest_current_grid_intensity scaleway-par-1"],
    ["stale", [measured("FR", 10, { age: 121 }), SE], "degraded degraded_single_zone_signal scaleway-par-1"],
    ["none", [], "degraded degraded_no_operational_live_signal scaleway-par-1"],
    ["one zone", [SE], "degraded degraded_single_zone_signal scaleway-par-1"],
    ["mixed", [FR, measured("SE-SE3", 20, { basis: "direct" })], "degraded degraded_mixed_basis scaleway-par-1"],
    [
      "mixed accounting",
      [FR, measured("SE-SE3", 20, { accounting: "consumption" })],
      "degraded degraded_mixed_basis scaleway-par-1",
    ],
    [
      "estimated",
      [FR, measured("SE-SE3", 20, { kind: "estimated" })],
      "degraded degraded_single_zone_signal scaleway-par-1",
    ],
  ])("%s", async (_name, signals, wanted) => {
    const { run } = over({ signals: tableOf(signals) });
    const trace = await traceOf((await run(carbon)).response);
    expect(shortly(trace)).toBe(wanted);
    expect(trace.route_policy).toBe("carbon_aware");
    expect(trace.operational_signal === null).toBe(trace.decision_mode !== "live");
  });

  test("takes no fresh signal where it is not to", async () => {
    const { run } = over({ signals: tableOf([measured("FR", 50, { age: 60 }), SE], { acceptFresh: false }) });
    expect(shortly(await traceOf((await run(carbon)).response))).toBe(
      "degraded degraded_single_zone_signal scaleway-par-1",
    );
  });

  test("says what it decided by", async () => {
    const { run, events } = over({ signals: tableOf([FR, SE]), regions: {} });
    const { response } = await run({ ...CHAT, vetted: { routing: "carbon_aware", latency_budget_ms: 80 } });
    const trace = await traceOf(response);
    const at = (minutes: number): string => new Date(NOW_MS - minutes * MINUTE_MS).toISOString();
    const signal = {
      zone: "SE-SE3",
      source: "static",
      signal_kind: "measured",
      basis: "lifecycle",
      accounting: "production",
      gco2_per_kwh: 20,
      observed_at: at(10),
      requested_at: at(0),
      age_minutes: 10,
      temporal_match: "live",
      live_eligible: true,
    } as const;
    expect(trace).toEqual({
      route_policy: "carbon_aware",
      decision_mode: "live",
      decision_reason: "lowest_current_grid_intensity",
      region: "atnorth-sto-1",
      failover: null,
      operational_signal: signal,
      receipt_signal: signal,
      thresholds: {
        live_minutes: 30,
        fresh_minutes: 120,
        accept_fresh: true,
        accept_forecast: false,
        hysteresis_gco2_per_kwh: 5,
        hysteresis_share: 0.1,
        latency_budget_ms: 80,
      },
      candidates: [
        { target: "sto", region: "atnorth-sto-1", gco2_per_kwh: 20, class: "live", eligible: true, reason: null },
        { target: "gra", region: "ovh-gra-1", gco2_per_kwh: 50, class: "live", eligible: true, reason: null },
        {
          target: "par2",
          region: "scaleway-par-2",
          gco2_per_kwh: 50,
          class: "live",
          eligible: false,
          reason: "latency_unknown",
        },
        { target: "par1", region: "scaleway-par-1", gco2_per_kwh: 50, class: "live", eligible: true, reason: null },
      ],
    });
    expect(events[0]!.routing_trace).toEqual(trace);
  });

  test.each<[number, string]>([
    [70, "live lowest_current_grid_intensity atnorth-sto-1"],
    [69, "standard single_zone scaleway-par-1"],
    [44, "degraded degraded_no_candidate_within_latency_budget scaleway-par-1"],
  ])("keeps to a latency budget of %d ms", async (latency_budget_ms, wanted) => {
    const { run } = over({ signals: tableOf([FR, SE]), providers: { routing: { latency_budget_ms } } });
    expect(shortly(await traceOf((await run(carbon)).response))).toBe(wanted);
  });

  test("says of everybody why nobody keeps a latency budget", async () => {
    const { run } = over({ signals: tableOf([FR, SE]), regions: {}, providers: { routing: { latency_budget_ms: 1 } } });
    const { candidates, decision_reason, region } = await traceOf((await run(carbon)).response);
    expect(decision_reason).toBe("degraded_no_candidate_within_latency_budget");
    // the default path is followed all the same
    expect(region).toBe("scaleway-par-1");
    expect(candidates.map(({ target, eligible, reason }) => [target, eligible, reason])).toEqual([
      ["sto", true, "over_latency_budget"],
      ["gra", true, "over_latency_budget"],
      ["par2", true, "latency_unknown"],
      ["par1", true, "over_latency_budget"],
    ]);
  });

  test("never takes a target without a region, nor another model", async () => {
    const target = { plain: {}, par1: { region: "scaleway-par-1", model: "other" }, sto: { region: "atnorth-sto-1" } };
    const { run, asked } = over({ target, signals: tableOf([FR, SE]) }, { sto: fails(500) });
    const { response, error } = await run(carbon);
    expect([response.status, asked(), error?.["code"]]).toEqual([502, ["sto"], "upstream_failed"]);
  });

  test("without any region left says why", async () => {
    const { run } = over({ target: { plain: {} } });
    const { response, error } = await run(carbon);
    expect([response.status, error?.["code"], error?.["type"]]).toEqual([
      503,
      "service_unavailable",
      "service_unavailable",
    ]);
    expect(error?.["message"]).toContain("1 × region_unknown");
  });

  test("does not flutter, and forgets after a quarter of an hour", async () => {
    const signals = tableOf([FR, SE]);
    const { run, clock } = over({ signals });
    const ask = async () => shortly(await traceOf((await run(carbon)).response));
    expect(await ask()).toBe("live lowest_current_grid_intensity atnorth-sto-1");
    const now = (grams: number) => measured("FR", grams, { observedAtMs: clock.now() });
    signals.put(0, [now(16)]);
    expect(await ask()).toBe("live within_hysteresis_kept_current atnorth-sto-1");
    signals.put(0, [now(15)]);
    expect(await ask()).toBe("live lowest_current_grid_intensity scaleway-par-1");
    signals.put(0, [now(23)]);
    expect(await ask()).toBe("live within_hysteresis_kept_current scaleway-par-1");
    await clock.advance(15 * MINUTE_MS + 1);
    expect(await ask()).toBe("live lowest_current_grid_intensity atnorth-sto-1");
  });

  test("does not stay where it cannot", async () => {
    const signals = tableOf([FR, SE]);
    const { run } = over(
      { signals, providers: { circuit_breaker: { failure_threshold: 1 } } },
      { sto: [answers(), fails(500)] },
    );
    expect(shortly(await traceOf((await run(carbon)).response))).toContain("atnorth-sto-1");
    const failed = await traceOf((await run(carbon)).response);
    expect(failed).toMatchObject({
      decision_mode: "live",
      region: "scaleway-par-1",
      failover: { from_target: "sto", reason: "upstream_failed" },
      operational_signal: { zone: "SE-SE3" },
      receipt_signal: { zone: "FR" },
    });
    expect(shortly(await traceOf((await run(carbon)).response))).toBe("standard single_zone scaleway-par-1");
  });

  test("rides on the finish chunk of a stream", async () => {
    const text =
      'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}\n\n' +
      'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const special = Object.fromEntries(Object.keys(PLACES).map((id) => [id, streams(text)]));
    const { run } = over({ signals: tableOf([FR, SE]) }, special);
    const { response } = await run({ ...carbon, stream: true });
    expect(response.headers.get("x-weir-region")).toBe("atnorth-sto-1");
    const lines = (await response.text()).split("\n\n").filter((line) => line.includes("routing_trace"));
    expect(lines.length).toBe(1);
    const chunk = JSON.parse(lines[0]!.slice("data: ".length));
    expect(chunk.choices[0].finish_reason).toBe("stop");
    expect(shortly(chunk.routing_trace)).toBe("live lowest_current_grid_intensity atnorth-sto-1");
  });
});

describe("what a request asks of regions", () => {
  const KEY = "a-key-of-somebody";
  const mine = (consumer: object, more: Parameters<typeof gatewayOver>[1] = {}, special: Behaviours = {}) => {
    const all = over(
      { consumers: [{ id: "one", key_ref: { env: "CALLER" }, ...consumer }], env: { CALLER: KEY }, ...more },
      special,
    );
    const headers = { authorization: `Bearer ${KEY}` };
    return { ...all, run: (body: object = CHAT, more = {}) => all.run(body, { headers: { ...headers, ...more } }) };
  };
  const pinned = (region: string, more: object = {}) => ({ ...CHAT, vetted: { region, ...more } });

  test.each<[object, number, string, string, string]>([
    [{ region: "nowhere" }, 400, "invalid_region", "vetted.region", "invalid_request_error"],
    [
      { region: "ovh-gra-1", secondary_region: "nowhere" },
      400,
      "invalid_region",
      "vetted.secondary_region",
      "invalid_request_error",
    ],
    [{ secondary_region: "ovh-gra-1" }, 400, "invalid_request", "vetted.secondary_region", "invalid_request_error"],
    [
      { region: "ovh-gra-1", secondary_region: "ovh-gra-1" },
      400,
      "invalid_request",
      "vetted.secondary_region",
      "invalid_request_error",
    ],
    [{ region: "atnorth-isl-1" }, 503, "service_unavailable", "vetted.region", "region_unavailable"],
    [{ region: "hetzner-fsn-1" }, 503, "service_unavailable", "vetted.region", "region_unavailable"],
    [{ regoin: "ovh-gra-1" }, 400, "invalid_request", "vetted.regoin", "invalid_request_error"],
    [{ region: 5 }, 400, "invalid_request", "vetted.region", "invalid_request_error"],
    [{ region: null }, 400, "invalid_request", "vetted.region", "invalid_request_error"],
    [{ routing: "green" }, 400, "invalid_request", "vetted.routing", "invalid_request_error"],
    [{ latency_budget_ms: 0 }, 400, "invalid_request", "vetted.latency_budget_ms", "invalid_request_error"],
  ])("%p is refused", async (vetted, status, code, param, type) => {
    const { run, asked } = over();
    const { response, error } = await run({ ...CHAT, vetted });
    expect([response.status, error?.["code"], error?.["param"], error?.["type"], asked()]).toEqual([
      status,
      code,
      param,
      type,
      [],
    ]);
  });

  test("an unknown region is told which there are", async () => {
    const { error } = await over().run(pinned("scaleway-par1"));
    expect(error?.["message"]).toContain("did you mean scaleway-par-1?");
    expect(error?.["message"]).toContain("hetzner-hel-1");
  });

  test("a pin beats routing", async () => {
    const { run } = over({ signals: tableOf([measured("FR", 50), measured("SE-SE3", 20)]) });
    const trace = await traceOf((await run(pinned("ovh-gra-1", { routing: "carbon_aware" }))).response);
    expect([trace.route_policy, shortly(trace)]).toEqual(["pinned", "pinned region_pinned_by_request ovh-gra-1"]);
  });

  test("a limit there is 503 with its Retry-After, and a wrong request stays its own", async () => {
    const limited = over({}, { gra: fails(429, { "retry-after": "7" }) });
    const { response, error } = await limited.run(pinned("ovh-gra-1"));
    expect([response.status, response.headers.get("retry-after"), error?.["type"]]).toEqual([
      503,
      "7",
      "region_unavailable",
    ]);
    const again = await limited.run(pinned("ovh-gra-1"));
    expect([again.response.status, again.response.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(limited.asked()).toEqual(["gra"]);
    const wrong = over({}, { gra: answers({ error: { message: "no", type: "invalid_request_error" } }, 422) });
    expect((await wrong.run(pinned("ovh-gra-1"))).response.status).toBe(422);
  });

  test("a secondary serves when the primary cannot, and not because it is another model's", async () => {
    const two = { secondary_region: "atnorth-sto-1" };
    const { run } = over({ providers: { circuit_breaker: { failure_threshold: 1 } } }, { gra: fails(500) });
    const first = await traceOf((await run(pinned("ovh-gra-1", two))).response);
    expect([shortly(first), first.failover?.reason]).toEqual([
      "pinned pinned_secondary_used atnorth-sto-1",
      "upstream_failed",
    ]);
    const second = await traceOf((await run(pinned("ovh-gra-1", two))).response);
    expect([shortly(second), second.failover]).toEqual(["pinned pinned_secondary_used atnorth-sto-1", null]);
    const { error } = await over().run({ ...pinned("ovh-gra-1", two), model: "par1" });
    expect(error?.["type"]).toBe("region_unavailable");
  });

  test("a consumer's pin holds without a word, and no request leaves it", async () => {
    const { run, asked } = mine({ pin: { primary: "ovh-gra-1", secondary: "atnorth-sto-1" } });
    expect(shortly(await traceOf((await run()).response))).toBe("pinned region_pinned_by_request ovh-gra-1");
    expect(shortly(await traceOf((await run(pinned("atnorth-sto-1"))).response))).toContain("atnorth-sto-1");
    const { response, error } = await run(pinned("scaleway-par-1"));
    expect([response.status, error?.["code"], error?.["param"]]).toEqual([403, "region_not_allowed", "vetted.region"]);
    const other = await run({ ...CHAT, vetted: { secondary_region: "scaleway-par-1" } });
    expect([other.response.status, other.error?.["param"]]).toEqual([403, "vetted.secondary_region"]);
    expect(asked()).toEqual(["gra", "sto"]);
  });

  test("the trace names no target of a model that is not open to the consumer, the ledger does", async () => {
    const target = {
      ...PLACES,
      gra: { region: "ovh-gra-1", model: "secret" },
      par1: { region: "scaleway-par-1", model: "secret" },
    };
    const { run, events } = mine({ allowed_models: ["m"] }, { target });
    const { candidates } = await traceOf((await run({ ...CHAT, model: "m" })).response);
    expect(candidates.map((each) => each.target).toSorted()).toEqual(["par2", "sto"]);
    expect(events[0]!.route!.candidates.map((each) => each.target).toSorted()).toEqual(["gra", "par1", "par2", "sto"]);
  });

  test("allowed regions keep everything else out, also what has no region", async () => {
    const target = { plain: {}, ...PLACES };
    const fail = Object.fromEntries(Object.keys(target).map((id) => [id, fails(500)]));
    const { run, asked, events } = mine({ allowed_regions: ["atnorth-sto-1", "ovh-gra-1"] }, { target }, fail);
    await run();
    expect(asked()).toEqual(["sto", "gra"]);
    expect(events[0]!.route!.candidates).toEqual([
      { target: "plain", dropped: "region_unknown" },
      { target: "sto", dropped: null },
      { target: "gra", dropped: null },
      { target: "par2", dropped: "region_not_allowed" },
      { target: "par1", dropped: "region_not_allowed" },
    ]);
    expect((await run(pinned("scaleway-par-1"))).error?.["code"]).toBe("region_not_allowed");
  });

  test("a consumer's routing and budget hold until a request says otherwise", async () => {
    const signals = tableOf([measured("FR", 50), measured("SE-SE3", 20)]);
    const { run } = mine({ routing: "carbon_aware", latency_budget_ms: 60 }, { signals });
    const own = await traceOf((await run()).response);
    expect([own.decision_reason, own.thresholds.latency_budget_ms]).toEqual(["single_zone", 60]);
    const wider = await run({ ...CHAT, vetted: { latency_budget_ms: 100 } });
    expect(shortly(await traceOf(wider.response))).toBe("live lowest_current_grid_intensity atnorth-sto-1");
    const standard = await run({ ...CHAT, vetted: { routing: "standard" } });
    expect(shortly(await traceOf(standard.response))).toBe("standard default_region scaleway-par-1");
    const plain = mine({ routing: "standard" }, { signals, providers: { strategy: "carbon_aware" } });
    expect(shortly(await traceOf((await plain.run()).response))).toBe("standard default_region scaleway-par-1");
  });

  test("behind the wall nobody is asked, whoever let it through", async () => {
    const { run, asked } = over({ regions: { allow: ["SE"] } });
    expect(shortly(await traceOf((await run()).response))).toBe("standard default_region atnorth-sto-1");
    const { response, error } = await run(pinned("scaleway-par-1"));
    expect([response.status, error?.["code"], asked()]).toEqual([403, "region_not_allowed", ["sto"]]);
  });

  test("is removed before a target sees it", async () => {
    const { run, calls } = over();
    await run(pinned("ovh-gra-1"));
    expect(calls[0]!.body["vetted"]).toBeUndefined();
  });
});

describe("the trace of an answer", () => {
  test("is not there where nobody asked and no region is known", async () => {
    const plain: Behaviour = answers();
    const { run, events } = gatewayOver({ a: plain, b: plain });
    const { response } = await run();
    expect(await traceOf(response)).toBeUndefined();
    expect(response.headers.get("x-weir-region")).toBeNull();
    expect("routing_trace" in events[0]!).toBe(false);
  });

  test("of an upstream is never passed off as ours", async () => {
    const { run } = over({}, { par1: answers({ choices: [{ message: { content: "x" } }], routing_trace: "forged" }) });
    expect((await traceOf((await run()).response)).region).toBe("scaleway-par-1");
  });
});
