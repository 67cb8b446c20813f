import { describe, expect, test } from "bun:test";
import { worstCases } from "../../src/cli/doctor/worst-case.ts";
import { sha256Hex } from "../../src/lib/digest.ts";
import { fails, gatewayOver, hangs, says } from "../gateway/upstreams.ts";
import { CHAT } from "../support/gateway.ts";

const asking = (model: string) => ({ ...CHAT, model });
const reasons = (candidates: readonly { target: string; dropped: string | null }[]) =>
  Object.fromEntries(candidates.map(({ target, dropped }) => [target, dropped]));

describe("a group that falls back", () => {
  const GROUPS = [
    { name: "main", targets: ["a", "b"], fallback_group: "spare" },
    { name: "spare", targets: ["c"], aliases: ["reserve"], fallback_group: "last" },
    { name: "last", targets: ["d", "a"] },
  ];

  test("asks its own targets first, then those of the other, and of the one behind that", async () => {
    const { run, asked, events } = gatewayOver(
      { a: fails(500), b: fails(429), c: fails(503), d: says("d") },
      { model_groups: GROUPS },
    );
    expect((await run(asking("main"))).response.headers.get("x-weir-target")).toBe("d");
    expect(asked()).toEqual(["a", "b", "c", "d"]);
    expect(events[0]!.route).toMatchObject({
      asked: "main",
      order: ["a", "b", "c", "d"],
      decision: "first in order",
    });
  });

  test("is not left where one of its own answers, nor after a failure that is the caller's own", async () => {
    const { run, asked } = gatewayOver(
      { a: [fails(500), fails(422)], b: says("b"), c: says("c"), d: says("d") },
      { model_groups: GROUPS },
    );
    expect((await run(asking("main"))).response.headers.get("x-weir-target")).toBe("b");
    expect((await run(asking("main"))).response.status).toBe(422);
    expect(asked()).toEqual(["a", "b", "a"]);
  });

  test("goes on at once where all of its own are dropped, each with its reason", async () => {
    const { run, asked, events } = gatewayOver(
      { a: says("a"), b: says("b"), c: says("c"), d: says("d") },
      {
        model_groups: GROUPS,
        target: { a: { secret_key_ref: { env: "NONE" } }, b: { secret_key_ref: { env: "NONE" } } },
      },
    );
    expect((await run(asking("main"))).response.headers.get("x-weir-target")).toBe("c");
    expect(asked()).toEqual(["c"]);
    const { route } = events[0]!;
    expect(route!.decision).toBe("fallback group spare: first in order");
    expect(route!.order).toEqual(["c", "d"]);
    expect(reasons(route!.candidates)).toEqual({
      a: "secret missing: the environment variable NONE",
      b: "secret missing: the environment variable NONE",
      c: null,
      d: null,
    });
  });

  test("with a single target goes on to the other all the same", async () => {
    const { run, asked } = gatewayOver(
      { a: fails(500), b: says("b"), c: says("c") },
      {
        model_groups: [
          { name: "one", targets: ["a", "b"], strategy: "single", fallback_group: "reserve" },
          { name: "spare", targets: ["c", "b"], strategy: "single", aliases: ["reserve"] },
        ],
      },
    );
    expect((await run(asking("one"))).response.headers.get("x-weir-target")).toBe("c");
    expect(asked()).toEqual(["a", "c"]);
  });

  test("that left a target out has it in the order where the other takes it", async () => {
    const { run, events } = gatewayOver(
      { a: fails(500), b: says("b") },
      {
        model_groups: [
          { name: "one", targets: ["a", "b"], strategy: "single", fallback_group: "two" },
          { name: "two", targets: ["b"] },
        ],
      },
    );
    expect((await run(asking("one"))).response.headers.get("x-weir-target")).toBe("b");
    expect(reasons(events[0]!.route!.candidates)).toEqual({ a: null, b: null });
  });

  test("keeps to the limit of further targets, and falls back nowhere with failover off", async () => {
    for (const [fallback, expected] of [
      [{ max_fallback_attempts: 1 }, ["a", "b"]],
      [{ enabled: false }, ["a"]],
      [{ triggers: ["rate_limit"] }, ["a"]],
    ] as const) {
      const { run, asked } = gatewayOver(
        { a: fails(500), b: fails(500), c: says("c"), d: says("d") },
        { model_groups: GROUPS, providers: { fallback } },
      );
      expect((await run(asking("main"))).response.status).toBe(502);
      expect(asked()).toEqual([...expected]);
    }
  });

  test("has nobody left only where that holds for all, and says so of each", async () => {
    const gone = { secret_key_ref: { env: "NONE" } };
    const { run } = gatewayOver(
      { a: says("a"), b: says("b"), c: says("c"), d: says("d") },
      { model_groups: GROUPS, target: { a: gone, b: gone, c: gone, d: gone } },
    );
    const { response, error } = await run(asking("main"));
    expect([response.status, error!["code"]]).toEqual([503, "service_unavailable"]);
    expect(error!["message"]).toContain("4 × secret missing");
  });

  test("is hedged with its own targets, never with those behind them", async () => {
    const routing = { hedge: { enabled: true, max_share: 1, min_delay_ms: 100 } };
    const { run, asked } = gatewayOver(
      { a: hangs, c: says("c") },
      {
        model_groups: [
          { name: "main", targets: ["a"], fallback_group: "spare" },
          { name: "spare", targets: ["c"] },
        ],
        target: { a: { timeout_seconds: 2 } },
        providers: { routing },
      },
    );
    const { response } = await run(asking("main"));
    expect([response.headers.get("x-weir-target"), asked()]).toEqual(["c", ["a", "c"]]);
  });

  test("leaves the turns of the other group alone", async () => {
    const { run, events } = gatewayOver(
      { a: says("a"), c: says("c"), d: says("d") },
      {
        model_groups: [
          { name: "main", targets: ["a"], fallback_group: "even" },
          { name: "even", targets: ["c", "d"], strategy: "round_robin" },
        ],
      },
    );
    for (let turn = 0; turn < 20; turn++) {
      await run(asking("main"));
      await run(asking("even"));
    }
    const answered = events.filter(({ model }) => model === "even").map(({ target }) => target);
    expect(answered.filter((target) => target === "c")).toHaveLength(10);
  });

  test("shares those it goes on to evenly, as their own strategy says", async () => {
    const { run, events } = gatewayOver(
      { a: says("a"), c: says("c"), d: says("d") },
      {
        model_groups: [
          { name: "main", targets: ["a"], fallback_group: "even" },
          { name: "even", targets: ["c", "d"], strategy: "round_robin" },
        ],
        target: { a: { secret_key_ref: { env: "NONE" } } },
      },
    );
    for (let turn = 0; turn < 10; turn++) await run(asking("main"));
    expect(events.map(({ target }) => target).filter((target) => target === "d")).toHaveLength(5);
  });

  test("takes whoever may use it along", async () => {
    const { run, asked } = gatewayOver(
      { a: fails(500), b: fails(500), c: says("c"), d: says("d") },
      { model_groups: GROUPS, consumers: [{ id: "x", key_sha256: sha256Hex("k"), allowed_models: ["main"] }] },
    );
    const init = { headers: { authorization: "Bearer k" } };
    expect((await run(asking("main"), init)).response.headers.get("x-weir-target")).toBe("c");
    expect((await run(asking("spare"), init)).response.status).toBe(403);
    expect(asked()).toEqual(["a", "b", "c"]);
  });

  test("may take as long as all of them, says the doctor", async () => {
    const seconds = (timeout: number) => ({ timeout_seconds: timeout });
    const { gateway, run, clock } = gatewayOver(
      { a: hangs, b: hangs, c: hangs },
      {
        model_groups: [
          { name: "one", targets: ["a", "b"], strategy: "single", fallback_group: "two" },
          { name: "two", targets: ["c"] },
        ],
        target: { a: seconds(5), b: seconds(50), c: seconds(7) },
      },
    );
    const worst = worstCases(gateway.config).find(({ route }) => route === "one")!;
    expect(worst.plainSeconds).toBe(12);
    const before = clock.monotonic();
    await run(asking("one"));
    expect(Math.round((clock.monotonic() - before) / 1000)).toBe(12);
  });
});

describe("a group's own chain", () => {
  const blocking = { "data-routing-policy": { mode: "enforce", require_zero_data_retention: true } };
  const GATED = { name: "gated", targets: ["a"], aliases: ["guarded"], chain: ["data-routing-policy"] };

  function guarded(more: object = {}) {
    return gatewayOver({ a: says("a"), b: says("b") }, { policy: blocking, model_groups: [GATED], ...more });
  }
  const statusOf = async (of: ReturnType<typeof guarded>, model: string, key?: string) =>
    (await of.run(asking(model), key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })).response
      .status;

  test("holds for requests that name the group or an alias of it, and for no others", async () => {
    const all = guarded();
    expect([await statusOf(all, "gated"), await statusOf(all, "guarded"), await statusOf(all, "a")]).toEqual([
      409, 409, 200,
    ]);
    expect(all.events.map(({ policies }) => policies.map(({ policy }) => policy))).toEqual([
      ["data-routing-policy"],
      ["data-routing-policy"],
      [],
    ]);
  });

  test("takes the place of the gateway's, also when it is empty", async () => {
    const all = guarded({
      policies: { chain: ["data-routing-policy"] },
      model_groups: [
        { name: "open", targets: ["a"], chain: [] },
        { name: "usual", targets: ["a"] },
      ],
    });
    expect([await statusOf(all, "open"), await statusOf(all, "usual"), await statusOf(all, "a")]).toEqual([
      200, 409, 409,
    ]);
  });

  test("gives way to the consumer's", async () => {
    const all = guarded({
      consumers: [
        { id: "free", key_sha256: sha256Hex("free"), chain: [] },
        { id: "plain", key_sha256: sha256Hex("plain") },
      ],
    });
    expect([await statusOf(all, "gated", "free"), await statusOf(all, "gated", "plain")]).toEqual([200, 409]);
  });

  test("stays with a request that falls back to another group", async () => {
    const all = guarded({
      target: { b: { data_policy: { zero_data_retention: true } } },
      model_groups: [
        { ...GATED, fallback_group: "other" },
        { name: "other", targets: ["b"], chain: [] },
      ],
    });
    expect(await statusOf(all, "gated")).toBe(200);
    expect(all.events[0]).toMatchObject({ target: "b", policies: [{ policy: "data-routing-policy" }] });
  });
});
