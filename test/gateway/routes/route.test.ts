import { describe, expect, test } from "bun:test";
import { CHAT } from "../../support/gateway.ts";
import { answers, type Behaviour, gatewayOver } from "../upstreams.ts";

const EMBEDDED = { object: "list", data: [{ object: "embedding", index: 0, embedding: [1] }], model: "e" };
const TARGETS: Readonly<Record<string, object>> = {
  a: { model: "small" },
  b: { model: "large", models: [{ name: "large-latest", upstream: "large-2411" }] },
  c: { model: "a-model-of-c" },
};
const everywhere = (behaviour: Behaviour = answers()): Record<string, Behaviour> => ({
  a: behaviour,
  b: behaviour,
  c: behaviour,
});
const over = (more: Parameters<typeof gatewayOver>[1] = {}, behaviour?: Behaviour) =>
  gatewayOver(everywhere(behaviour), { target: TARGETS, ...more });
const GROUPS = [{ name: "fast", aliases: ["quick"], targets: ["c", "a"] }];

describe("the name a caller asks for", () => {
  test.each([
    ["a model", "large", "b", "large"],
    ["a further model of a target", "large-latest", "b", "large-2411"],
    ["a target's id", "c", "c", "a-model-of-c"],
    ["a group", "fast", "c", "a-model-of-c"],
    ["an alias of a group", "quick", "c", "a-model-of-c"],
  ])("may be %s", async (_name, model, target, sent) => {
    const { run, calls } = over({ model_groups: GROUPS });
    const { response } = await run({ ...CHAT, model });
    expect([response.headers.get("x-weir-target"), calls[0]!.body["model"]]).toEqual([target, sent]);
  });

  test("means a group before a target's id, and an id before a model", async () => {
    const target = { ...TARGETS, a: { model: "b" }, b: { model: "fast" } };
    const { run, asked } = over({ target, model_groups: GROUPS });
    await run({ ...CHAT, model: "fast" });
    await run({ ...CHAT, model: "b" });
    expect(asked()).toEqual(["c", "b"]);
  });

  test.each([
    ["larg", "did you mean 'large' or 'large-latest'?"],
    ["fastt", "did you mean 'fast'?"],
    ["something else altogether", "GET /v1/models lists what is served"],
  ])("%p is nobody's: %p", async (model, hint) => {
    const { run, asked, events } = over({ model_groups: GROUPS });
    const { response, error } = await run({ ...CHAT, model });
    expect([response.status, error?.["code"], error?.["param"]]).toEqual([404, "model_not_found", "model"]);
    expect(error?.["message"]).toBe(`The model '${model}' is not served here: ${hint}`);
    expect([asked(), events[0]?.outcome, events[0]?.route]).toEqual([[], "model_not_found", null]);
  });

  test("is cut where it is long", async () => {
    const { error } = await over().run({ ...CHAT, model: "x".repeat(500) });
    expect(String(error?.["message"]).length).toBeLessThan(220);
  });
});

describe("the pool", () => {
  const failing = answers({ error: { message: "no" } }, 500);

  test("is every target, those that declare the model first", async () => {
    const { run, asked, events } = over({}, failing);
    await run({ ...CHAT, model: "a-model-of-c" });
    expect(asked()).toEqual(["c", "a", "b"]);
    expect(events[0]!.route).toEqual({
      strategy: "fallback",
      asked: "a-model-of-c",
      candidates: ["a", "b", "c"].map((target) => ({ target, dropped: null })),
      order: ["c", "a", "b"],
      decision: "first in order",
    });
  });

  test("of a group is its targets alone, in its own order and under its own strategy", async () => {
    const all = over({ model_groups: GROUPS }, failing);
    await all.run({ ...CHAT, model: "fast" });
    expect(all.asked()).toEqual(["c", "a"]);
    const single = over({ model_groups: [{ ...GROUPS[0], strategy: "single" }] }, failing);
    await single.run({ ...CHAT, model: "quick" });
    expect(single.asked()).toEqual(["c"]);
    expect(single.events[0]!.route).toMatchObject({ strategy: "single", asked: "quick" });
  });

  test("of embeddings is the targets that declare the model: another space is never put in its place", async () => {
    const ask = { model: "large", input: "x" };
    const failed = over({}, failing);
    await failed.run(ask, { endpoint: "embeddings" });
    expect(failed.asked()).toEqual(["b"]);
    expect(failed.events[0]!.route!.candidates).toEqual([
      { target: "a", dropped: "other_model" },
      { target: "b", dropped: null },
      { target: "c", dropped: "other_model" },
    ]);
    const group = over({ model_groups: GROUPS }, answers(EMBEDDED));
    expect((await group.run({ ...ask, model: "fast" }, { endpoint: "embeddings" })).response.status).toBe(200);
  });

  test("of a moderation that names no model begins with whoever serves one that is called so", async () => {
    const target = {
      a: { model: "large" },
      b: { model: "small", models: [{ name: "omni-moderation-latest", upstream: "omni-moderation-latest" }] },
    };
    const { run, calls } = over({ target }, answers({ id: "1", model: "m", results: [{ flagged: false }] }));
    const { response } = await run({ input: "x" }, { endpoint: "moderations" });
    expect([response.status, calls.map(({ body }) => body["model"])]).toEqual([200, ["omni-moderation-latest"]]);
  });

  test("of a request that names no model is every target", async () => {
    const { run, calls } = over({}, answers({ id: "1", model: "m", results: [{ flagged: false }] }));
    const { response } = await run({ input: "x" }, { endpoint: "moderations" });
    expect([response.status, calls[0]!.body["model"]]).toEqual([200, "small"]);
  });
});

describe("with nobody left", () => {
  test("the reasons are given by count", async () => {
    const target = {
      a: { model: "m", secret_key_ref: { env: "NOT_SET" } },
      b: { model: "m", secret_key_ref: { env: "NOT_SET" } },
      c: { model: "m", provider: "mistral", base_url: "http://c.test/v1" },
    };
    const { run, asked, events } = over({ target });
    const { response, error } = await run(CHAT);
    expect([response.status, error?.["type"], error?.["code"]]).toEqual([
      503,
      "service_unavailable",
      "service_unavailable",
    ]);
    expect(error?.["message"]).toBe(
      "No target can take this request: 2 × secret missing: the environment variable NOT_SET, 1 × secret missing: the environment variable MISTRAL_API_KEY",
    );
    expect([asked(), events[0]!.route!.order]).toEqual([[], []]);
  });

  test("because none serves the endpoint, says so", async () => {
    const target = { a: { provider: "mistral", secret_key_ref: { env: "K" } } };
    const { run } = gatewayOver({ a: answers() }, { target, env: { K: "k" } });
    const { error } = await run({ model: "m", prompt: "x" }, { endpoint: "completions" });
    expect(error?.["message"]).toBe("No target can take this request: 1 × missing capability: completions");
  });

  test("because of the context, names the window of a candidate and not of anybody else", async () => {
    const long = { role: "user", content: "word ".repeat(3_000) };
    const target = { a: { max_context_tokens: 100 }, b: { max_context_tokens: 200 }, c: { max_context_tokens: 300 } };
    const { run, asked } = gatewayOver(everywhere(), {
      target,
      model_groups: [{ name: "limited", targets: ["a", "b"] }],
    });
    const { response, error } = await run({ model: "limited", messages: [long] });
    expect([response.status, error?.["code"], error?.["limit"], asked()]).toEqual([
      400,
      "context_length_exceeded",
      200,
      [],
    ]);
  });

  test("for want of a secret says that, however long the prompt would be for others", async () => {
    const long = { role: "user", content: "word ".repeat(3_000) };
    const target = { a: { max_context_tokens: 100 }, b: { secret_key_ref: { env: "NOT_SET" } } };
    const { run } = over({ target, model_groups: [{ name: "shut", targets: ["b"] }] });
    expect((await run({ model: "shut", messages: [long] })).error).toMatchObject({ code: "service_unavailable" });
  });
});
