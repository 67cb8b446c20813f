import { describe, expect, test } from "bun:test";
import { answers, type Behaviour, fails, gatewayOver, says, streams } from "../gateway/upstreams.ts";
import { CHAT } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE } from "../support/raw-upstream.ts";

const TOOLS = { ...CHAT, tools: [{ type: "function", function: { name: "f", parameters: {} } }] };
const IMAGE = {
  model: "m",
  messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] }],
};
const rejects = (message: string, status = 400): Behaviour =>
  answers({ error: { message, type: "invalid_request_error", param: null, code: null } }, status);
const noTools = rejects("This model does not support tools");
const noImages = rejects("Image input is not enabled for this model");
/** Refuses tools and takes everything else. */
const plainOnly: Behaviour = (call) => (call.body["tools"] === undefined ? says("plain") : noTools)(call);

describe("a target that cannot do what a request needs", () => {
  test.each<[string, Behaviour, object, string]>([
    ["tools", noTools, TOOLS, "tools"],
    ["images", noImages, IMAGE, "vision"],
  ])("is left for the next one, and for a while not asked for %s again", async (_name, refusal, body, capability) => {
    const { run, asked, events, clock } = gatewayOver({ a: refusal, b: says("b") });
    expect((await run(body)).response.headers.get("x-weir-target")).toBe("b");
    expect(asked()).toEqual(["a", "b"]);
    expect(events[0]!.attempts.map(({ outcome, cause }) => [outcome, cause])).toEqual([
      ["upstream_rejected", `The upstream cannot do what the request needs (${capability})`],
      ["ok", null],
    ]);
    await run(body);
    expect(asked()).toEqual(["a", "b", "b"]);
    expect(events[1]!.route!.candidates).toEqual([
      { target: "a", dropped: `missing capability: ${capability}` },
      { target: "b", dropped: null },
    ]);
    await clock.advance(600_000);
    await run(body);
    expect(asked()).toEqual(["a", "b", "b", "a", "b"]);
  });

  test.each([
    ["a field's name", { "does not support tools": 1 }],
    ["a value", { service_tier: "it does not support TOOLS" }],
  ])("is asked again where the refusal quotes the caller: %s", async (_name, quoted) => {
    const [name, value] = Object.entries(quoted)[0]!;
    const { run, asked } = gatewayOver({ a: rejects(`Unknown parameter: '${name}' (${value})`), b: says("b") });
    await run({ ...TOOLS, ...quoted });
    await run(TOOLS);
    expect(asked()).toEqual(["a", "b", "a", "b"]);
  });

  test("is asked for everything else as before, and counts as healthy", async () => {
    const { run, asked, gateway } = gatewayOver(
      { a: plainOnly, b: says("b") },
      { providers: { circuit_breaker: { failure_threshold: 1 } } },
    );
    await run(TOOLS);
    expect((await run()).response.headers.get("x-weir-target")).toBe("a");
    expect(asked()).toEqual(["a", "b", "a"]);
    expect(gateway.targets()[0]).toMatchObject({ failures: 0, breaker: { state: "closed" } });
  });

  test("is asked where nobody else is left, and its own reason is given", async () => {
    const { run, asked } = gatewayOver({ a: noTools, b: [fails(500), noTools] });
    for (let turn = 0; turn < 3; turn++) {
      const { response, error } = await run(TOOLS);
      expect([response.status, error!["message"]]).toEqual([400, "This model does not support tools"]);
    }
    expect(asked()).toEqual(["a", "b", "b", "a", "b"]);
  });

  test("is taken back as soon as it can", async () => {
    const { run, asked } = gatewayOver({ a: [noTools, says("a")] });
    expect((await run(TOOLS)).response.status).toBe(400);
    expect((await run(TOOLS)).response.status).toBe(200);
    expect(asked()).toEqual(["a", "a"]);
  });

  test("is not retried, whatever the status it says so with", async () => {
    const { run, asked } = gatewayOver(
      { a: rejects("image input is not supported - hint: provide the mmproj", 500), b: says("b") },
      { providers: { retry: { max_attempts: 3, initial_backoff_ms: 10 } } },
    );
    expect((await run(IMAGE)).response.headers.get("x-weir-target")).toBe("b");
    expect(asked()).toEqual(["a", "b"]);
  });

  test("is not believed where the request needs no such thing: that is the caller's own mistake", async () => {
    const { run, asked, events } = gatewayOver({ a: noTools, b: says("b") });
    expect((await run()).response.status).toBe(400);
    expect(asked()).toEqual(["a"]);
    expect(events[0]!.attempts[0]!.cause).toBe("The upstream refused the request (400)");
    await run(TOOLS);
    expect(asked()).toEqual(["a", "a", "b"]);
  });

  test("answers for itself with failover off", async () => {
    const { run, asked } = gatewayOver({ a: noTools, b: says("b") }, { providers: { fallback: { enabled: false } } });
    expect((await run(TOOLS)).response.status).toBe(400);
    expect(asked()).toEqual(["a"]);
  });

  test("lacks it for one of its models only", async () => {
    const target = { a: { model: "small", models: [{ name: "large", upstream: "large" }] }, b: { model: "other" } };
    const bySize: Behaviour = (call) => (call.body["model"] === "small" ? noTools : says("a"))(call);
    const { run, asked } = gatewayOver({ a: bySize, b: says("b") }, { target });
    await run({ ...TOOLS, model: "small" });
    await run({ ...TOOLS, model: "large" });
    expect(asked()).toEqual(["a", "b", "a"]);
  });

  test("is found out in streams too", async () => {
    const whole = streams(chunkEvent({ content: "hi" }) + chunkEvent({}, "stop") + DONE);
    const { run, asked } = gatewayOver({ a: noTools, b: whole });
    for (let turn = 0; turn < 2; turn++) {
      const { response } = await run({ ...TOOLS, stream: true });
      expect(await response.text()).toContain('"hi"');
    }
    expect(asked()).toEqual(["a", "b", "b"]);
  });

  test("of an endpoint is one that does not serve it, which no chat is refused for", async () => {
    const notFound = answers({ detail: "Not Found" }, 404);
    const { run, asked, events } = gatewayOver(
      { a: notFound, b: says("b") },
      { target: { b: { provider: "mistral" } }, env: { MISTRAL_API_KEY: "k" } },
    );
    const fim = { model: "m", prompt: "def f(" };
    for (let turn = 0; turn < 2; turn++) expect((await run(fim, { endpoint: "fim" })).response.status).toBe(200);
    expect(asked()).toEqual(["a", "b", "b"]);
    expect(events[1]!.route!.candidates[0]).toEqual({ target: "a", dropped: "missing capability: fim" });
    // a chat that is not found is looked for elsewhere, and the address may be right again at once
    for (let turn = 0; turn < 2; turn++) expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect(asked()).toEqual(["a", "b", "b", "a", "b", "a", "b"]);
    expect(events[2]!.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ["upstream_rejected", 404],
      ["ok", 200],
    ]);
  });

  test("of one endpoint is asked at its others", async () => {
    const { run, asked } = gatewayOver({ a: [answers({ detail: "Not Found" }, 404), says("a")], b: says("b") });
    const prompt = { model: "m", prompt: "def f(" };
    for (const endpoint of ["fim", "completions"] as const) await run(prompt, { endpoint });
    expect(asked()).toEqual(["a", "b", "a"]);
  });

  test.each<[string, Behaviour]>([
    ["a page", () => new Response("<html>404 Not Found</html>", { status: 404 })],
    ["a router's words", answers({ error: { code: "404", message: "Resource not found" } }, 404)],
    ["another method", answers({ detail: "Method Not Allowed" }, 405)],
  ])("and an address that is wrong (%s) keep no chat from the next one", async (_name, notThere) => {
    const { run, asked, gateway } = gatewayOver({ a: notThere, b: says("b") });
    expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect(asked()).toEqual(["a", "b"]);
    expect(gateway.targets()[0]!.breaker.state).toBe("closed");
    const alone = gatewayOver({ a: notThere });
    expect([404, 405]).toContain((await alone.run()).response.status);
  });

  test("is not meant by what a request names and the upstream does not find", async () => {
    const { run, asked } = gatewayOver({ a: rejects("No such File object: file-123", 404), b: says("b") });
    const { response, error } = await run();
    expect([response.status, error!["message"]]).toEqual([404, "No such File object: file-123"]);
    expect(asked()).toEqual(["a"]);
  });

  test("is known beforehand where its provider has no such endpoint", async () => {
    const { run, asked, events } = gatewayOver(
      { a: says("a"), b: says("b") },
      {
        target: { a: { provider: "openai" }, b: { provider: "mistral" } },
        env: { OPENAI_API_KEY: "k", MISTRAL_API_KEY: "k" },
      },
    );
    expect((await run({ model: "m", prompt: "def f(" }, { endpoint: "fim" })).response.status).toBe(200);
    expect(asked()).toEqual(["b"]);
    expect(events[0]!.route!.candidates[0]!.dropped).toBe("missing capability: fim");
  });

  const bothOver = (more: object = {}) =>
    gatewayOver(
      {
        a: says("a"),
        b: answers({
          ...chatAnswer("b"),
          data: [0, 1].map((index) => ({ index, embedding: [1] })),
          results: [{ flagged: false }],
        }),
      },
      { target: { a: { provider: "mistral" } }, env: { MISTRAL_API_KEY: "k" }, ...more },
    );

  test.each<[string, "chat" | "embeddings" | "moderations", object]>([
    ["tools of any text", "chat", { ...TOOLS, tools: [{ type: "custom", custom: { name: "c" } }] }],
    ["token numbers", "embeddings", { model: "m", input: [[1, 2], [3]] }],
    ["images", "moderations", { model: "m", input: [{ type: "image_url", image_url: { url: "u" } }] }],
  ])("has no words for %s, and another provider's target is asked", async (_name, endpoint, body) => {
    const { run, asked, gateway } = bothOver({ providers: { circuit_breaker: { failure_threshold: 1 } } });
    for (let turn = 0; turn < 2; turn++) expect((await run(body, { endpoint })).response.status).toBe(200);
    expect(asked()).toEqual(["b", "b"]);
    expect(gateway.targets()[0]).toMatchObject({ failures: 0, breaker: { state: "closed" } });
  });

  test("has no words for it, and says so where nobody else may be asked", async () => {
    const { run, asked } = bothOver({ providers: { strategy: "single" } });
    const { response, error } = await run({ model: "m", input: [7] }, { endpoint: "embeddings" });
    expect([response.status, error!["code"], error!["param"]]).toEqual([400, "invalid_request", "input"]);
    expect(asked()).toEqual([]);
  });

  test("is not asked for the embeddings of nothing", async () => {
    for (const input of [[], [[]], [[1], []]]) {
      const { run, asked } = bothOver();
      expect((await run({ model: "m", input }, { endpoint: "embeddings" })).error!["code"]).toBe("invalid_request");
      expect(asked()).toEqual([]);
    }
  });
});
