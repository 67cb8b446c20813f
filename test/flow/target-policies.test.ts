import { describe, expect, test } from "bun:test";
import { consumer, key } from "../gateway/admission/limits-fixture.ts";
import { answers, fails, gatewayOver, streams } from "../gateway/upstreams.ts";
import { CHAT } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE } from "../support/raw-upstream.ts";

const ZDR = { zero_data_retention: true, training_opt_out: true };
const KEEPS = { zero_data_retention: false, training_opt_out: true, retention_days: 30 };
const chain = (kind: string, settings: object) => ({
  policies: { chain: [kind] },
  policy: { [kind]: { mode: "enforce", ...settings } },
});
const routed = (settings: object) => chain("data-routing-policy", { on_no_compliant_provider: "block", ...settings });
const policed = (data_policy: object, more: object = {}) => ({
  data_policy: { zero_data_retention: false, training_opt_out: false, ...data_policy },
  ...more,
});

describe("data-routing-policy", () => {
  test("sends a request to targets that comply only, whatever fails, and says why others are out", async () => {
    const { run, asked, events } = gatewayOver(
      { silent: answers(), keeps: answers(), first: fails(500), second: answers() },
      {
        target: { keeps: policed(KEEPS), first: policed(ZDR), second: policed(ZDR) },
        ...routed({ require_zero_data_retention: true, require_no_training: true }),
      },
    );
    const { response } = await run();
    expect(response.status).toBe(200);
    expect(asked()).toEqual(["first", "second"]);
    expect(response.headers.get("x-weir-policy")).toBe("data-routing-policy=allow;2");
    expect(events[0]?.route?.candidates).toEqual([
      { target: "silent", dropped: "data policy: nothing declared" },
      { target: "keeps", dropped: "data policy: no zero data retention" },
      { target: "first", dropped: null },
      { target: "second", dropped: null },
    ]);
    expect(events[0]?.policies).toMatchObject([
      { policy: "data-routing-policy", phase: "input", verdict: "allow", mode: "enforce", findings: 2 },
    ]);
  });

  test.each([
    [{ require_zero_data_retention: true }, { zero_data_retention: true }, true],
    [{ require_zero_data_retention: true }, { retention_days: 0 }, false],
    [{ require_zero_data_retention: true }, { zero_data_retention: true, retention_days: 3 }, false],
    [{ require_no_training: true }, { zero_data_retention: true }, false],
    [{ require_no_training: true }, { training_opt_out: true }, true],
    [{ max_retention_days: 30 }, { retention_days: 30 }, true],
    [{ max_retention_days: 30 }, { retention_days: 31 }, false],
    [{ max_retention_days: 30 }, { training_opt_out: true }, false],
    [{ max_retention_days: 0 }, { zero_data_retention: true }, true],
    [{}, {}, true],
  ])("required %j, promised %j: %j", async (required, promised, passes) => {
    const { run, asked } = gatewayOver({ a: answers() }, { target: { a: policed(promised) }, ...routed(required) });
    const { response, error } = await run();
    expect(response.status).toBe(passes ? 200 : 409);
    expect(asked()).toEqual(passes ? ["a"] : []);
    if (!passes) expect(error).toMatchObject({ reason_code: "data_routing.no_compliant_target" });
  });

  test("refuses with 409 where nobody complies", async () => {
    const { run, asked, events } = gatewayOver(
      { a: answers(), b: answers() },
      { target: { b: policed(KEEPS) }, ...routed({ require_zero_data_retention: true, max_retention_days: 7 }) },
    );
    const { response, error } = await run();
    expect(response.status).toBe(409);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-weir-policy")).toBe("data-routing-policy=block;2");
    expect(error).toEqual({
      type: "policy_violation",
      code: "input_blocked",
      message:
        "Request blocked: no target promises what data-routing-policy requires (zero data retention, retention of at most 7 days)",
      param: null,
      policy: "data-routing-policy",
      reason_code: "data_routing.no_compliant_target",
      request_id: "req-1",
    });
    expect(asked()).toEqual([]);
    expect(events[0]).toMatchObject({ verdict: "block", outcome: "input_blocked", status: 409 });
    expect(events[0]?.route?.candidates.map(({ dropped }) => dropped)).toEqual([
      "data policy: nothing declared",
      "data policy: no zero data retention",
    ]);
  });

  test("is not to blame where the one that complies is down", async () => {
    const { run, asked } = gatewayOver(
      { good: answers(), bad: answers() },
      {
        target: { good: policed(ZDR, { secret_key_ref: { env: "NOT_SET" } }) },
        ...routed({ require_zero_data_retention: true }),
      },
    );
    const { response, error } = await run();
    expect(response.status).toBe(503);
    expect(error).toMatchObject({ code: "service_unavailable" });
    expect(asked()).toEqual([]);
  });

  test("only looks on in monitor mode", async () => {
    const { run, asked, events } = gatewayOver(
      { a: answers() },
      routed({ require_zero_data_retention: true, mode: "monitor" }),
    );
    expect((await run()).response.status).toBe(200);
    expect(asked()).toEqual(["a"]);
    expect(events[0]).toMatchObject({ verdict: "allow", route: { candidates: [{ target: "a", dropped: null }] } });
    expect(events[0]?.policies).toMatchObject([
      { verdict: "block", mode: "monitor", reason_code: "data_routing.no_compliant_target", findings: 1 },
    ]);
  });

  test("logs what it chose where it is told to", async () => {
    const { run, logs } = gatewayOver(
      { a: answers(), b: answers() },
      { target: { b: policed(ZDR) }, ...routed({ require_no_training: true, log_provider_selection: true }) },
    );
    await run();
    expect(logs.filter(({ message }) => message.includes("promise"))).toEqual([
      {
        level: "info",
        fields: {
          request_id: "req-1",
          policy: "data-routing-policy",
          order: ["b"],
          dropped: [{ target: "a", reason: "data policy: nothing declared" }],
        },
        message: "targets were chosen by what they promise about data",
      },
    ]);
  });

  test.each([
    ["another one would go on with it", { policies: { chain: [] } }, true],
    ["but none that does not comply", routed({ require_zero_data_retention: true }), false],
  ])("holds for a stream that breaks off: %s", async (_what, config, goesOn) => {
    const cut = chunkEvent({ role: "assistant", content: "One" });
    const rest = chunkEvent({ content: " two" }) + chunkEvent({}, "stop") + DONE;
    const mistral = { provider: "mistral", provider_type: "mistral" };
    const { ask, asked } = gatewayOver(
      { good: streams(cut), other: streams(rest) },
      { target: { good: policed(ZDR, mistral), other: mistral }, env: { MISTRAL_API_KEY: "k" }, ...config },
    );
    const text = await (await ask({ ...CHAT, stream: true })).text();
    expect(text.includes("two")).toBe(goesOn);
    expect(text.includes("upstream_cut")).toBe(!goesOn);
    expect(asked().includes("other")).toBe(goesOn);
  });

  test("applies to embeddings and moderations too", async () => {
    const { run } = gatewayOver({ a: answers() }, routed({ require_zero_data_retention: true }));
    expect((await run({ model: "m", input: "x" }, { endpoint: "embeddings" })).response.status).toBe(409);
    expect((await run({ model: "m", input: "x" }, { endpoint: "moderations" })).response.status).toBe(409);
  });
});

describe("rbac", () => {
  const roles = { small: { allowed_models: ["small", "pair"] }, every: {} };
  const over = (targets: Parameters<typeof gatewayOver>[0], more: object = {}) =>
    gatewayOver(targets, {
      target: { a: { model: "small" }, b: { model: "large" } },
      consumers: [consumer("s", { roles: ["small"] }), consumer("e", { roles: ["every"] }), consumer("n")],
      ...chain("rbac", { deny_if_missing: false, require_auth: false, roles, data_access: {} }),
      ...more,
    });
  const as = (id: string) => ({ headers: key(id) });

  test("keeps a caller to the models of its roles, also when they fail", async () => {
    const { run, asked, events } = over({ a: fails(500), b: answers() });
    expect((await run({ ...CHAT, model: "small" }, as("s"))).response.status).toBe(502);
    expect((await run({ ...CHAT, model: "small" }, as("e"))).response.status).toBe(200);
    expect(asked()).toEqual(["a", "a", "b"]);
    expect(events[0]?.route?.candidates[1]?.dropped).toBe("model not allowed for the caller's roles");
    const refused = await run({ ...CHAT, model: "large" }, as("s"));
    expect([refused.response.status, refused.error?.["reason_code"]]).toEqual([409, "rbac.model_not_allowed"]);
    expect((await run({ ...CHAT, model: "small" }, as("n"))).error?.["reason_code"]).toBe("rbac.model_not_allowed");
    expect(events.at(-1)?.policies).toMatchObject([{ policy: "rbac", phase: "input", verdict: "block" }]);
  });

  test("goes on with another model of its roles, by name or as a target", async () => {
    for (const allowed_models of [
      ["small", "large"],
      ["small", "b"],
    ]) {
      const own = {
        deny_if_missing: false,
        require_auth: false,
        data_access: {},
        roles: { small: { allowed_models } },
      };
      const { run, asked } = over({ a: fails(500), b: answers() }, chain("rbac", own));
      expect((await run({ ...CHAT, model: "small" }, as("s"))).response.status).toBe(200);
      expect(asked()).toEqual(["a", "b"]);
    }
  });

  test("takes a group with all its members", async () => {
    const group = { model_groups: [{ name: "pair", targets: ["a", "b"], aliases: [] }] };
    const { run, asked } = over({ a: fails(500), b: answers() }, group);
    expect((await run({ ...CHAT, model: "pair" }, as("s"))).response.status).toBe(200);
    expect(asked()).toEqual(["a", "b"]);
  });

  test("does not take a fallback group with it", async () => {
    const groups = [
      { name: "pair", targets: ["a"], aliases: [], fallback_group: "big" },
      { name: "big", targets: ["b"], aliases: [] },
    ];
    const { run, asked } = over({ a: fails(500), b: answers() }, { model_groups: groups });
    expect((await run({ ...CHAT, model: "pair" }, as("s"))).response.status).toBe(502);
    expect((await run({ ...CHAT, model: "pair" }, as("e"))).response.status).toBe(200);
    expect(asked()).toEqual(["a", "a", "b"]);
  });

  test("reads the headers it is told to ask for", async () => {
    const { run } = gatewayOver(
      { a: answers(chatAnswer("hi")) },
      chain("rbac", { deny_if_missing: ["X-User-ID"], require_auth: false, roles: {}, data_access: {} }),
    );
    expect((await run(CHAT)).error).toMatchObject({ policy: "rbac", reason_code: "rbac.identity_missing" });
    expect((await run(CHAT, { headers: { "x-user-id": "u" } })).response.status).toBe(200);
  });
});
