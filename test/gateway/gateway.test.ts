import { afterEach, describe, expect, test } from "bun:test";
import { GatewayError } from "../../src/lib/errors.ts";
import { policies } from "../../src/policies/index.ts";
import type { Policy } from "../../src/policies/policy.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { CHAT } from "../support/gateway.ts";
import { chatAnswer } from "../support/raw-upstream.ts";
import { DONE, eventsOf, piece, USAGE_EVENT } from "./streams/streams.ts";
import { answers, type Behaviour, fails, gatewayOver, hangs, streams } from "./upstreams.ts";

const STREAM = { ...CHAT, stream: true };
const told = piece(0, "secret") + piece(0, null, "stop") + USAGE_EVENT + DONE;

/** A chain of one policy made for a test. */
function policed(policy: Policy) {
  const module = { name: "scripted", phases: ["input", "output"], create: () => policy };
  Object.assign(policies, { scripted: module });
  return { policies: { chain: ["scripted"] }, policy: { scripted: { mode: "enforce" } } };
}
afterEach(() => {
  Reflect.deleteProperty(policies, "scripted");
});

type Run = ReturnType<typeof gatewayOver>["run"];

const PATHS: readonly (readonly [string, Behaviour, (run: Run) => ReturnType<Run>, object])[] = [
  ["a whole answer", answers(), (run) => run(), { status: 200, outcome: "ok", stream: false, target: "a" }],
  ["a stream", streams(told), (run) => run(STREAM), { status: 200, outcome: "ok", stream: true, target: "a" }],
  ["a stream that is cut", streams(piece(0, "a")), (run) => run(STREAM), { status: 200, outcome: "upstream_cut" }],
  ["a failure", fails(500), (run) => run(), { status: 502, outcome: "upstream_failed", target: null }],
  ["the caller's mistake upstream", fails(422), (run) => run(), { status: 422, outcome: "upstream_rejected" }],
  ["a stream refused", fails(429), (run) => run(STREAM), { status: 429, outcome: "upstream_rate_limited" }],
  ["a timeout", hangs, (run) => run(), { status: 504, outcome: "upstream_timeout" }],
  ["no JSON", answers(), (run) => run("{" as unknown as object), { status: 400, outcome: "invalid_json", model: null }],
  ["a bad field", answers(), (run) => run({ ...CHAT, n: 0 }), { status: 400, outcome: "invalid_request" }],
  [
    "an unknown model",
    answers(),
    (run) => run({ ...CHAT, model: "x" }),
    { status: 404, outcome: "model_not_found", model: "x" },
  ],
  [
    "a hint we cannot keep",
    answers(),
    (run) => run({ ...CHAT, vetted: { region: "x" } }),
    { status: 400, outcome: "invalid_region" },
  ],
  [
    "a bad header",
    answers(),
    (run) => run(CHAT, { headers: { "x-request-timeout-ms": "x" } }),
    { status: 400, outcome: "invalid_request" },
  ],
  [
    "another content type",
    answers(),
    (run) => run(CHAT, { headers: { "content-type": "text/plain" } }),
    { status: 415, outcome: "unsupported_media_type" },
  ],
  [
    "too large a body",
    answers(),
    (run) => run({ ...CHAT, x: "x".repeat(2_000) }),
    { status: 413, outcome: "request_too_large" },
  ],
];

describe("a request", () => {
  test.each(PATHS)(
    "that ends with %s is recorded once, and nothing of it stays in flight",
    async (_name, behaviour, act, event) => {
      const { run, events, gateway, clock } = gatewayOver({ a: behaviour }, { size_limits: { max_body_bytes: 1_000 } });
      const { response } = await act(run);
      if (response.status === 200) await response.text();
      await clock.advance(10_000);
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ id: "req-1", endpoint: "chat", verdict: "allow", degraded: [], ...event });
      expect(Object.isFrozen(events[0])).toBe(true);
      expect([gateway.inFlight(), gateway.targets()[0]!.in_flight, clock.waiting]).toEqual([0, 0, 0]);
      await gateway.drained();
    },
  );

  test("says how many tokens it took: exactly, by estimate, or not at all", async () => {
    const without = chatAnswer("hi", { usage: undefined });
    for (const [behaviour, body, basis] of [
      [answers(), CHAT, "exact"],
      [answers(without), CHAT, "estimated"],
      [streams(told), STREAM, "exact"],
      [streams(piece(0, "a") + piece(0, null, "stop") + DONE), STREAM, "estimated"],
      [fails(500), CHAT, "unknown"],
    ] as const) {
      const { run, events, clock } = gatewayOver({ a: behaviour });
      const { response } = await run(body);
      if (response.status === 200) await response.text();
      await clock.advance(100);
      expect(events[0]!.usage.basis).toBe(basis);
      expect(events[0]!.attempts.at(-1)!.usage.basis).toBe(basis);
    }
  });

  test("keeps the times of its attempts in order", async () => {
    const { run, events, clock } = gatewayOver(
      { a: hangs, b: streams(told) },
      { target: { a: { first_token_timeout_seconds: 2 } } },
    );
    await (await run(STREAM)).response.text();
    await clock.advance(100);
    const [first, second] = events[0]!.attempts;
    expect([first!.first_token_ms, first!.ended_ms >= 2_000, second!.started_ms >= first!.ended_ms]).toEqual([
      null,
      true,
      true,
    ]);
    expect(second!.first_token_ms).toBeGreaterThanOrEqual(second!.started_ms);
    expect(events[0]!.first_token_ms).toBe(second!.first_token_ms);
    expect(events[0]!.duration_ms).toBeGreaterThanOrEqual(second!.ended_ms);
  });

  test("of an endpoint that cannot stream is answered whole, whatever else it says", async () => {
    const embedded = { object: "list", data: [{ object: "embedding", index: 0, embedding: [1] }], model: "m" };
    const { run, events } = gatewayOver({ a: answers(embedded) });
    const { response } = await run({ model: "m", input: "x", stream: true }, { endpoint: "embeddings" });
    expect([response.headers.get("content-type"), events[0]!.stream]).toEqual(["application/json", false]);
  });

  test("for several prompts at once is complete when all of their choices are", async () => {
    const part = (index: number, finish: string | null): string =>
      `data: ${JSON.stringify({ object: "text_completion", choices: [{ text: "x", index, finish_reason: finish }] })}\n\n`;
    const { run, events, clock } = gatewayOver({ a: streams(part(0, "stop") + part(1, "stop")) });
    const { response } = await run({ model: "m", prompt: ["a", "b"], stream: true }, { endpoint: "completions" });
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    await clock.advance(100);
    expect(events[0]!.outcome).toBe("ok");
    const cut = gatewayOver({ a: streams(part(0, "stop")) });
    const half = await cut.run({ model: "m", prompt: ["a", "b"], stream: true }, { endpoint: "completions" });
    expect(await half.response.text()).toContain("upstream_cut");
  });
});

describe("a policy", () => {
  test("that blocks a request lets nothing out and shows itself", async () => {
    const { run, asked, events } = gatewayOver(
      { a: answers() },
      policed({ request: () => ({ action: "block", reasonCode: "test.no", message: "no" }) }),
    );
    const { response, error } = await run();
    expect([response.status, asked()]).toEqual([409, []]);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-weir-policy")).toBe("scripted=block");
    expect(error).toMatchObject({
      code: "input_blocked",
      policy: "scripted",
      reason_code: "test.no",
      request_id: "req-1",
    });
    expect(events).toMatchObject([
      { status: 409, outcome: "input_blocked", verdict: "block", attempts: [], usage: { basis: "unknown" } },
    ]);
  });

  test("blocks with the status of the configuration", async () => {
    const config = policed({ request: () => ({ action: "block", reasonCode: "test.no", message: "no" }) });
    const { run, events } = gatewayOver({ a: answers() }, { ...config, server: { policy_block_status: 403 } });
    expect((await run()).response.status).toBe(403);
    expect(events[0]!.status).toBe(403);
  });

  test("that blocks an answer keeps on the record what it cost, and asks nobody else", async () => {
    const { run, asked, events } = gatewayOver(
      { a: answers(), b: answers() },
      policed({ response: () => ({ action: "block", reasonCode: "test.no", message: "no" }) }),
    );
    const { response, error } = await run();
    expect([response.status, error?.["code"], asked()]).toEqual([409, "output_blocked", ["a"]]);
    expect(events).toMatchObject([
      { status: 409, outcome: "output_blocked", verdict: "block", usage: { prompt_tokens: 3, basis: "exact" } },
    ]);
  });

  test("that wants another answer lets the one there is pass", async () => {
    const { run, asked, events } = gatewayOver(
      { a: answers() },
      policed({ response: () => ({ action: "retry", reasonCode: "test.poor" }) }),
    );
    expect([(await run()).response.status, asked()]).toEqual([200, ["a"]]);
    expect(events[0]!.policies).toMatchObject([{ verdict: "retry" }]);
  });

  const blocking = (word: string): Policy => ({
    stream: () => ({
      push(chunk) {
        if (!JSON.stringify(chunk).includes(word)) return [chunk];
        throw new GatewayError("output_blocked", "Response blocked", { extra: { reason_code: "test.no" } });
      },
      flush: () => [],
      record: () => ({ verdict: "block", reason_code: "test.no", findings: 1, score: null }),
    }),
  });

  test("that blocks a stream before its first word answers 409, and asks nobody else", async () => {
    const { run, asked, events } = gatewayOver(
      { a: streams(told), b: streams(told) },
      { ...policed(blocking("secret")), target: { a: { pricing: { prompt: 1, completion: 1 } } } },
    );
    const { response, error } = await run(STREAM);
    expect([response.status, error?.["code"], asked()]).toEqual([409, "output_blocked", ["a"]]);
    expect(events).toMatchObject([{ outcome: "output_blocked", verdict: "block", policies: [{ findings: 1 }] }]);
    // what nobody got has to be paid all the same
    const [{ usage, cost }] = events as [RequestEvent];
    expect([usage.basis, cost!.basis, response.headers.get("x-weir-cost-basis")]).toEqual(Array(3).fill("estimated"));
    expect(usage.completion_tokens).toBeGreaterThan(0);
    expect(Number(response.headers.get("x-weir-cost-usd"))).toBe(cost!.usd!);
  });

  test("that blocks a stream under way closes it, says so, and gives no [DONE]", async () => {
    const { run, events, clock, gateway } = gatewayOver(
      { a: streams(piece(0, "fine ") + told) },
      policed(blocking("secret")),
    );
    const { response } = await run(STREAM);
    // the word and the block came in one piece of the network: nothing was promised yet
    expect(response.status).toBe(409);
    const apart: Behaviour = ({ init }) => {
      const parts = [piece(0, "fine "), told];
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const part = parts.shift();
            if (part === undefined || init.signal?.aborted) controller.close();
            else controller.enqueue(new TextEncoder().encode(part));
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const later = gatewayOver({ a: apart }, policed(blocking("secret")));
    const text = await (await later.run(STREAM)).response.text();
    const all = eventsOf(text) as { choices?: { finish_reason: string | null }[]; error?: object }[];
    expect(all.map(({ choices }) => choices?.[0]?.finish_reason)).toEqual([null, "content_filter", undefined]);
    expect(all[2]!.error).toMatchObject({
      code: "output_blocked",
      type: "policy_violation",
      policy: "scripted",
      reason_code: "test.no",
    });
    expect(text).not.toContain("secret");
    await later.clock.advance(5_000);
    expect(later.events).toMatchObject([
      { status: 200, outcome: "output_blocked", verdict: "block", finish_reasons: ["content_filter"] },
    ]);
    await clock.advance(5_000);
    expect([events.length, gateway.inFlight(), later.gateway.inFlight(), later.clock.waiting]).toEqual([1, 0, 0, 0]);
  });

  test("that fails is a 503 of ours that says who, and never what it read", async () => {
    const { run, events } = gatewayOver(
      { a: answers() },
      policed({
        request: (parsed) => {
          throw new Error(parsed.source);
        },
      }),
    );
    const { response, error } = await run({ ...CHAT, messages: [{ role: "user", content: "my diary" }] });
    expect([response.status, error?.["code"], error?.["policy"]]).toEqual([503, "policy_error", "scripted"]);
    expect(response.headers.get("retry-after")).toBe("10");
    expect(JSON.stringify([error, events])).not.toContain("diary");
  });
});

describe("a gateway", () => {
  test("that is switched off answers nothing and is not ready", async () => {
    const { run, asked, gateway } = gatewayOver(
      { a: answers() },
      { pack: { name: "p", version: "1.0.0", enabled: false } },
    );
    expect((await run()).error).toMatchObject({ code: "gateway_disabled" });
    expect([asked(), gateway.readiness().ready]).toEqual([[], false]);
  });

  test("without a single target that could be asked is not ready, and says why", () => {
    const { gateway } = gatewayOver({ a: answers() }, { target: { a: { secret_key_ref: { env: "NONE" } } } });
    expect(gateway.readiness()).toEqual({ ready: false, reasons: ["no target is available"] });
  });

  test("lists what may be asked for, each name once: groups, aliases, models, ids", () => {
    const { gateway } = gatewayOver(
      { a: answers(), b: answers(), c: answers() },
      {
        target: {
          a: { model: "m", models: [{ name: "n", upstream: "n" }] },
          b: { model: "m" },
          c: { model: "gone", secret_key_ref: { env: "NONE" } },
        },
        model_groups: [{ name: "g", aliases: ["m"], targets: ["a"] }],
      },
    );
    expect(gateway.models(null).map(({ id }) => id)).toEqual(["g", "m", "n", "a", "b"]);
  });

  test("drains when its last request has been answered to the end", async () => {
    const { ask, gateway, clock } = gatewayOver({ a: streams(told) });
    const response = await ask(STREAM);
    let drained = false;
    const draining = gateway.drained().then(() => {
      drained = true;
    });
    await clock.advance(100);
    expect([gateway.inFlight(), drained]).toEqual([1, false]);
    await response.text();
    await draining;
    expect(gateway.inFlight()).toBe(0);
  });
});
