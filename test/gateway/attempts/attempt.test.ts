import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CHAT } from "../../support/gateway.ts";
import { chatAnswer, chunkEvent } from "../../support/raw-upstream.ts";
import { DONE, piece } from "../streams/streams.ts";
import { answers, type Behaviour, breaks, fails, gatewayOver, hangs, refuses, streams } from "../upstreams.ts";

const RETRY = { max_attempts: 2, initial_backoff_ms: 200, max_backoff_ms: 8_000, multiplier: 2, jitter: 0 };
const retrying = (more: object = {}) => ({ providers: { retry: { ...RETRY, ...more } } });

describe("the same target", () => {
  test.each<[string, Behaviour, boolean]>([
    ["a 500", fails(500), true],
    ["a 503", fails(503), true],
    ["a 408", fails(408), true],
    ["a 429", fails(429), true],
    ["a refused connection", refuses, true],
    [
      "half an answer",
      () =>
        new Response(new ReadableStream({ start: (c) => c.error(Object.assign(new Error(), { code: "ECONNRESET" })) })),
      true,
    ],
    ["a 501, which is not on the list", fails(501), false],
    ["a quota that is used up", answers({ error: { message: "no money", code: "insufficient_quota" } }, 429), false],
    ["a key without allowance for the model", fails(429, { "x-ratelimit-limit-req-minute": "0" }), false],
    ["an answer nobody can read", () => new Response("<html>"), false],
    ["the caller's own mistake", fails(400), false],
    ["a refused key", fails(401), false],
    ["silence", hangs, false],
  ])("after %s is asked again where that can help", async (_name, behaviour, again) => {
    const { run, asked, events } = gatewayOver({ a: [behaviour, answers()] }, retrying());
    const { response } = await run();
    expect(asked()).toEqual(again ? ["a", "a"] : ["a"]);
    expect(response.status === 200).toBe(again);
    expect(events[0]!.attempts).toHaveLength(again ? 2 : 1);
    expect(response.headers.get("x-weir-attempts")).toBe(again ? "2" : "1");
  });

  test("is asked max_attempts times, the first one included, after longer and longer waits", async () => {
    for (const max of [1, 2, 5]) {
      const { run, calls } = gatewayOver({ a: fails(500) }, retrying({ max_attempts: max }));
      expect((await run()).response.status).toBe(502);
      expect(calls.map((call) => call.atMs)).toEqual([0, 200, 600, 1_400, 3_000].slice(0, max));
    }
  });

  test("only after the statuses of the configuration", async () => {
    const { run, asked } = gatewayOver({ a: fails(503) }, retrying({ retry_on_status: [500] }));
    await run();
    expect(asked()).toEqual(["a"]);
  });

  test("waits within the jitter, and never longer than the longest backoff", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          initial_backoff_ms: fc.integer({ min: 1, max: 3_000 }),
          max_backoff_ms: fc.integer({ min: 1, max: 4_000 }),
          multiplier: fc.double({ min: 1, max: 5, noNaN: true }),
          jitter: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        async (retry) => {
          const { run, calls } = gatewayOver({ a: fails(500) }, retrying({ ...retry, max_attempts: 3 }));
          await run();
          for (const wait of [1, 2]) {
            const backoff = Math.min(retry.max_backoff_ms, retry.initial_backoff_ms * retry.multiplier ** (wait - 1));
            const waited = calls[wait]!.atMs - calls[wait - 1]!.atMs;
            expect(waited).toBeGreaterThanOrEqual(backoff * (1 - retry.jitter) - 0.001);
            expect(waited).toBeLessThanOrEqual(Math.min(retry.max_backoff_ms, backoff * (1 + retry.jitter)) + 0.001);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each<[Record<string, string>, number[]]>([
    [{ "retry-after": "3" }, [0, 3_000]],
    [{ "retry-after-ms": "1500" }, [0, 1_500]],
    [{ "retry-after": "Wed, 15 Nov 2023 00:00:05 GMT", date: "Wed, 15 Nov 2023 00:00:00 GMT" }, [0, 5_000]],
    [{ "retry-after": "0" }, [0, 200]],
    [{ "retry-after": "soon" }, [0, 200]],
    [{ "retry-after": "21" }, [0]],
  ])("with %p is asked at %p", async (headers, times) => {
    const { run, calls } = gatewayOver({ a: fails(429, headers) }, retrying());
    await run();
    expect(calls.map((call) => call.atMs)).toEqual(times);
  });

  test("is not waited for when a Retry-After passes what the request has left", async () => {
    const { run, calls } = gatewayOver({ a: fails(429, { "retry-after": "3" }), b: answers() }, retrying());
    const { response } = await run(CHAT, { headers: { "x-request-timeout-ms": "2500" } });
    expect([response.status, calls.map((call) => [call.target, call.atMs])]).toEqual([
      200,
      [
        ["a", 0],
        ["b", 0],
      ],
    ]);
  });
});

describe("the next target", () => {
  test.each<[string, Behaviour, string | null]>([
    ["a 500", fails(500), "upstream_failed"],
    ["a 529", fails(529), "upstream_failed"],
    ["a redirect", fails(307), "upstream_failed"],
    ["a 429", fails(429), "upstream_rate_limited"],
    ["a 402 without money", answers({ error: { message: "insufficient balance" } }, 402), "upstream_rate_limited"],
    ["a 408", fails(408), "upstream_timeout"],
    ["silence", hangs, "upstream_timeout"],
    ["a refused connection", refuses, "upstream_failed"],
    ["a reset connection", breaks, "upstream_failed"],
    ["a refused key", fails(401), "upstream_auth_failed"],
    ["a forbidden key", fails(403), "upstream_auth_failed"],
    [
      "an unknown model",
      answers({ error: { message: "no such model", code: "model_not_found" } }, 404),
      "upstream_model_missing",
    ],
    ["an error behind a 200", answers({ error: { message: "busy", code: 503 } }), "upstream_failed"],
    [
      "a limit behind a 200",
      answers({ error: { message: "busy", code: "rate_limit_exceeded" } }),
      "upstream_rate_limited",
    ],
    ["an answer without choices", answers({ choices: [] }), "upstream_invalid_answer"],
    ["a caller's mistake", fails(422), null],
    ["a content filter", answers({ error: { message: "filtered", code: "content_filter" } }, 400), null],
  ])("is asked after %s", async (_name, behaviour, outcome) => {
    const { run, asked, events } = gatewayOver({ a: behaviour, b: answers() });
    const { response } = await run();
    expect(asked().includes("b")).toBe(outcome !== null);
    expect(response.status === 200).toBe(outcome !== null);
    if (outcome !== null) expect(events[0]!.attempts.map((attempt) => attempt.outcome)).toEqual([outcome, "ok"]);
  });

  test.each<[string, Behaviour]>([
    ["rate_limit", fails(429)],
    ["server_error", fails(500)],
    ["timeout", hangs],
    ["connection", refuses],
  ])("is asked after a %s only where that is a trigger", async (trigger, behaviour) => {
    const all = ["rate_limit", "server_error", "timeout", "connection"];
    for (const [triggers, second] of [
      [[trigger], true],
      [all.filter((other) => other !== trigger), false],
      [[], false],
    ] as const) {
      const { run, asked } = gatewayOver({ a: behaviour, b: answers() }, { providers: { fallback: { triggers } } });
      await run();
      expect(asked().includes("b")).toBe(second);
    }
  });

  test("is asked after our own mistakes whatever the triggers are", async () => {
    const { run } = gatewayOver({ a: fails(401), b: answers() }, { providers: { fallback: { triggers: [] } } });
    expect((await run()).response.status).toBe(200);
  });

  test("is never asked under single, nor where fallback is off", async () => {
    for (const providers of [{ strategy: "single" }, { fallback: { enabled: false } }]) {
      const { run, asked } = gatewayOver({ a: fails(500), b: answers() }, { providers });
      expect((await run()).error).toMatchObject({ code: "upstream_failed" });
      expect(asked()).toEqual(["a"]);
    }
  });

  test("is asked with its own model, and every target keeps its own retries", async () => {
    const { run, calls } = gatewayOver(
      { a: fails(500), b: [fails(500), answers()] },
      { ...retrying(), target: { a: { model: "m" }, b: { model: "other" } } },
    );
    await run();
    expect(calls.map((call) => [call.target, call.body["model"]])).toEqual([
      ["a", "m"],
      ["a", "m"],
      ["b", "other"],
      ["b", "other"],
    ]);
  });

  test.each([0, 1, 2])("is one of at most %p further ones", async (max) => {
    const failing = { a: fails(500), b: fails(500), c: fails(500), d: fails(500) };
    const { run, asked } = gatewayOver(failing, { providers: { fallback: { max_fallback_attempts: max } } });
    await run();
    expect(asked()).toEqual(["a", "b", "c"].slice(0, max + 1));
  });
});

describe("when nothing helped", () => {
  test("the first failure is shown, and all of them are on the record", async () => {
    const { run, events } = gatewayOver({ a: fails(503), b: fails(429), c: hangs });
    const { response, error } = await run();
    expect([response.status, error?.["code"]]).toEqual([502, "upstream_failed"]);
    expect(response.headers.get("x-weir-attempts")).toBe("3");
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      status: 502,
      outcome: "upstream_failed",
      target: null,
      attempts: [
        { target: "a", status: 503, outcome: "upstream_failed" },
        { target: "b", status: 429, outcome: "upstream_rate_limited" },
        { target: "c", status: null, outcome: "upstream_timeout" },
      ],
      // the last of them may have read the prompt
      usage: { basis: "estimated", completion_tokens: null },
    });
  });

  test("a caller's mistake at a later target is shown as such", async () => {
    const { run } = gatewayOver({
      a: fails(500),
      b: answers({ error: { message: "too hot", param: "temperature" } }, 400),
    });
    const { response, error } = await run();
    expect([response.status, error]).toEqual([
      400,
      expect.objectContaining({ message: "too hot", param: "temperature" }),
    ]);
  });

  test("what a key's owner was told stays inside", async () => {
    const leak = { error: { message: "Incorrect API key provided: sk-secret-123", code: "invalid_api_key" } };
    for (const status of [400, 401, 403]) {
      const { run, events, gateway } = gatewayOver({ a: answers(leak, status) });
      const { response, error } = await run();
      expect([response.status, error?.["code"]]).toEqual([502, "upstream_auth_failed"]);
      expect(JSON.stringify([error, events, gateway.targets(), [...response.headers]])).not.toContain("sk-secret");
    }
  });

  test("what an upstream says of a prompt is told to its caller and written down nowhere", async () => {
    const quoting = { error: { message: "bad text: my secret diary", code: "invalid_value", param: "messages[0]" } };
    const { run, events, gateway } = gatewayOver({ a: answers(quoting, 400) });
    expect((await run()).error).toMatchObject({ message: "bad text: my secret diary" });
    expect(JSON.stringify([events, gateway.targets()])).not.toContain("diary");
    expect(events[0]!.attempts[0]!.cause).toBe("The upstream refused the request (400, invalid_value, messages[0])");
    expect(gateway.targets()[0]).toMatchObject({ failures: 0, last_error: null });
  });
});

describe("an upstream's context length", () => {
  const overflow = answers({ error: { message: "maximum context length is 8", code: "context_length_exceeded" } }, 400);
  const windows = {
    a: { max_context_tokens: 8_000 },
    b: { max_context_tokens: 8_000 },
    c: { max_context_tokens: 9_000 },
  };

  test("goes to a target with a larger window or none, and passes over the others", async () => {
    const larger = gatewayOver({ a: overflow, b: answers(), c: answers() }, { target: windows });
    expect((await larger.run()).response.headers.get("x-weir-target")).toBe("c");
    expect(larger.asked()).toEqual(["a", "c"]);
    const none = gatewayOver({ c: overflow, b: answers(), d: answers() }, { target: windows });
    await none.run();
    expect(none.asked()).toEqual(["c", "d"]);
  });

  test("remembers the largest window that was too small", async () => {
    const { run, asked } = gatewayOver({ c: overflow, a: overflow, d: overflow, b: answers() }, { target: windows });
    expect((await run()).error).toMatchObject({ code: "context_length_exceeded" });
    expect(asked()).toEqual(["c", "d"]);
  });

  test("is shown where no target is left, or the configuration says abort", async () => {
    const last = gatewayOver({ a: overflow });
    const { response, error } = await last.run();
    expect([response.status, error?.["code"]]).toEqual([400, "context_length_exceeded"]);
    const providers = { fallback: { context_window: "abort" } };
    const abort = gatewayOver({ a: overflow, d: answers() }, { providers });
    expect((await abort.run()).error).toMatchObject({ code: "context_length_exceeded" });
    expect(abort.asked()).toEqual(["a"]);
  });
});

describe("a provider's content filter", () => {
  test("stops, or goes on where the configuration says so", async () => {
    for (const code of ["content_filter", "content_policy_violation"]) {
      const filter = answers({ error: { message: "filtered", code } }, 400);
      const stop = gatewayOver({ a: filter, b: answers() });
      expect((await stop.run()).error).toMatchObject({ code, message: "filtered" });
      const next = gatewayOver({ a: filter, b: answers() }, { providers: { fallback: { content_policy: "next" } } });
      expect((await next.run()).response.status).toBe(200);
    }
  });

  test("is known by its words, and by whatever status it comes with", async () => {
    for (const [status, message] of [
      [400, "Content Exists Risk"],
      [403, 'openai/x requires moderation. Your input was flagged for "violence".'],
    ] as const) {
      const filter = answers({ error: { message } }, status);
      const stop = gatewayOver({ a: filter, b: answers() });
      const { response, error } = await stop.run();
      expect([response.status, error?.["message"], stop.asked()]).toEqual([status, message, ["a"]]);
      const next = gatewayOver({ a: filter, b: answers() }, { providers: { fallback: { content_policy: "next" } } });
      expect((await next.run()).response.status).toBe(200);
    }
  });
});

describe("an answer that a provider's content filter ended", () => {
  const filtered = (text: string | null) =>
    chatAnswer(text as string, {
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "content_filter" }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
  const next = { providers: { fallback: { content_policy: "next" } } };
  const finish = (reason: string) => chunkEvent({}, reason) + DONE;
  const silent = streams(chunkEvent({ role: "assistant", content: "" }) + finish("content_filter"));
  const said = streams(chunkEvent({ content: "half" }) + finish("content_filter"));
  const whole = streams(chunkEvent({ content: "hi" }) + finish("stop"));

  test("is passed on, or asked of the next one where the configuration says so", async () => {
    const stop = gatewayOver({ a: answers(filtered("half")), b: answers() });
    expect(await (await stop.run()).response.text()).toContain("content_filter");
    expect(stop.asked()).toEqual(["a"]);
    const { run, asked, events, gateway } = gatewayOver({ a: answers(filtered("half")), b: answers() }, next);
    const { response } = await run();
    expect([response.status, response.headers.get("x-weir-target")]).toEqual([200, "b"]);
    expect(asked()).toEqual(["a", "b"]);
    expect(events[0]!.attempts).toMatchObject([
      { target: "a", outcome: "upstream_rejected", status: 200, usage: { prompt_tokens: 7, completion_tokens: 3 } },
      { target: "b", outcome: "ok" },
    ]);
    expect(gateway.targets()[0]!.breaker.state).toBe("closed");
  });

  test("is what the caller gets where nobody else is left", async () => {
    for (const [targets, also] of [
      [{ a: answers(filtered("half")) }, {}],
      [{ a: answers(filtered(null)), b: answers(filtered("half")) }, {}],
      [{ a: answers(filtered("half")), b: answers() }, { max_fallback_attempts: 0 }],
    ] as const) {
      const providers = { fallback: { content_policy: "next", ...also } };
      const { response } = await gatewayOver(targets, { providers }).run();
      const body = (await response.json()) as { choices: unknown[] };
      expect(body.choices).toMatchObject([{ message: { content: "half" }, finish_reason: "content_filter" }]);
    }
    const broken = gatewayOver({ a: answers(filtered("half")), b: fails(500) }, next);
    expect((await broken.run()).error).toMatchObject({ code: "content_filter" });
  });

  test("is one only where all of its choices were", async () => {
    const choice = (index: number, reason: string) => ({
      index,
      message: { role: "assistant", content: "x" },
      finish_reason: reason,
    });
    const some = answers(chatAnswer("", { choices: [choice(0, "content_filter"), choice(1, "stop")] }));
    const { run, asked } = gatewayOver({ a: some, b: answers() }, next);
    expect((await run({ ...CHAT, n: 2 })).response.status).toBe(200);
    expect(asked()).toEqual(["a"]);
  });

  test("is asked for elsewhere in a stream as long as it has said nothing", async () => {
    for (const hedge of [{}, { routing: { hedge: { enabled: true } } }]) {
      const providers = { ...next.providers, ...hedge };
      const { run, asked, events } = gatewayOver({ a: silent, b: whole }, { providers });
      const { response } = await run({ ...CHAT, stream: true });
      expect(await response.text()).toContain('"hi"');
      expect(asked()).toEqual(["a", "b"]);
      expect(events[0]).toMatchObject({ target: "b", finish_reasons: ["stop"] });
      expect(events[0]!.attempts[0]!.usage).toMatchObject({ completion_tokens: 0, basis: "estimated" });
      expect(events[0]!.attempts[0]!.usage.prompt_tokens).toBeGreaterThan(0);
    }
    for (const targets of [{ a: said, b: whole }, { a: silent }, { a: silent, b: silent }]) {
      const { run, asked } = gatewayOver(targets, next);
      const text = await (await run({ ...CHAT, stream: true })).response.text();
      expect(text).toContain('"finish_reason":"content_filter"');
      expect(text).toEndWith(DONE);
      expect(asked()).toEqual(targets.a === said ? ["a"] : Object.keys(targets));
    }
    const stop = gatewayOver({ a: silent, b: whole });
    await (await stop.run({ ...CHAT, stream: true })).response.text();
    expect(stop.asked()).toEqual(["a"]);
  });
});

describe("the deadline", () => {
  test("is shared by all attempts and their pauses", async () => {
    const { run, calls, clock } = gatewayOver(
      { a: hangs, b: hangs, c: hangs },
      {
        target: { a: { timeout_seconds: 2 }, b: { timeout_seconds: 2 }, c: { timeout_seconds: 60 } },
        providers: { total_timeout_seconds: 5 },
      },
    );
    const startedMs = clock.monotonic();
    const { response, error } = await run();
    expect([response.status, error?.["code"]]).toEqual([504, "upstream_timeout"]);
    expect(calls.map((call) => [call.target, Math.round(call.atMs / 1000)])).toEqual([
      ["a", 0],
      ["b", 2],
      ["c", 4],
    ]);
    expect(clock.monotonic() - startedMs).toBeLessThanOrEqual(5_200);
  });

  test("of a stream is no plain request's, and the other way round", async () => {
    const limits = { timeout_seconds: 2, stream_timeout_seconds: 9, first_token_timeout_seconds: 9 };
    for (const [stream, seconds] of [
      [false, 2],
      [true, 9],
    ] as const) {
      const { run, clock } = gatewayOver({ a: hangs }, { target: { a: limits } });
      const startedMs = clock.monotonic();
      expect((await run({ ...CHAT, stream })).response.status).toBe(504);
      expect(Math.round((clock.monotonic() - startedMs) / 1000)).toBe(seconds);
    }
  });

  test("is the caller's where that is shorter, and never longer", async () => {
    for (const [given, seconds] of [
      ["1500", 1.5],
      ["999999999", 5],
    ] as const) {
      const { run, clock } = gatewayOver({ a: hangs }, { providers: { total_timeout_seconds: 5 } });
      const startedMs = clock.monotonic();
      const { response } = await run(CHAT, { headers: { "x-request-timeout-ms": given } });
      expect(response.status).toBe(504);
      expect(clock.monotonic() - startedMs).toBeLessThanOrEqual(seconds * 1000 + 200);
    }
  });

  test.each(["0", "-1", "1.5", "soon", "", "1e3", "1, 2", "9999999999"])("of %p is a mistake", async (given) => {
    const { run, asked } = gatewayOver({ a: answers() });
    const { response, error } = await run(CHAT, { headers: { "x-request-timeout-ms": given } });
    expect([response.status, error?.["param"], asked()]).toEqual([400, "x-request-timeout-ms", []]);
  });

  test("lets no target be asked once it is over", async () => {
    const slow: Behaviour = async (call) => {
      await new Promise<void>((resolve) => void clock.after(3_000, resolve));
      return fails(500)(call);
    };
    const { run, asked, clock } = gatewayOver({ a: slow, b: answers() }, { providers: { total_timeout_seconds: 3 } });
    expect((await run()).error).toMatchObject({ code: expect.stringMatching(/^upstream_/) });
    expect(asked()).toEqual(["a"]);
  });

  test("ends a stream that is under way", async () => {
    const { ask, clock, events } = gatewayOver(
      { a: streams(piece(0, "a"), { open: true }) },
      { target: { a: { stream_timeout_seconds: 4 } } },
    );
    const response = await ask({ ...CHAT, stream: true });
    const text = response.text();
    await clock.advance(4_200);
    expect(await text).toContain('"code":"upstream_timeout"');
    expect(events[0]).toMatchObject({ status: 200, outcome: "upstream_timeout", usage: { basis: "estimated" } });
  });
});

describe("a stream", () => {
  test.each<[string, Behaviour]>([
    ["ends before its first word", streams(piece(0, ""))],
    ["has nothing but [DONE]", streams(DONE)],
    ["begins with an error", streams('data: {"error":{"message":"slow down","code":"rate_limit_exceeded"}}\n\n')],
    ["is silent", streams(": wait\n\n", { open: true })],
    ["says only who speaks", streams(piece(0, ""), { open: true })],
    ["is no stream but an error", answers({ error: { message: "busy", code: 503 } })],
    ["is no stream but an answer", answers()],
    ["has no head", hangs],
  ])("that %s is another target's, and the client never knows", async (_name, behaviour) => {
    const { run, asked } = gatewayOver({ a: behaviour, b: streams(piece(0, "b") + piece(0, null, "stop") + DONE) });
    const { response } = await run({ ...CHAT, stream: true });
    expect(response.headers.get("x-weir-target")).toBe("b");
    expect(await response.text()).toBe(piece(0, "b") + piece(0, null, "stop") + DONE);
    expect(asked()).toEqual(["a", "b"]);
  });

  test("takes the first-token limit, or the whole stream's where it may think first", async () => {
    const limits = { first_token_timeout_seconds: 2, stall_timeout_seconds: 50, stream_timeout_seconds: 9 };
    for (const [body, target, seconds] of [
      [{}, {}, 2],
      [{ reasoning_effort: "low" }, {}, 2],
      [{ reasoning_effort: "high" }, {}, 9],
      [{ prompt_mode: "reasoning" }, {}, 9],
      [{}, { reasoning: true }, 9],
    ] as const) {
      const { run, clock } = gatewayOver(
        { a: streams(": wait\n\n", { open: true }) },
        { target: { a: { ...limits, ...target } } },
      );
      const startedMs = clock.monotonic();
      expect((await run({ ...CHAT, ...body, stream: true })).response.status).toBe(504);
      const waited = (clock.monotonic() - startedMs) / 1000;
      expect([waited >= seconds, waited <= seconds + 0.3]).toEqual([true, true]);
    }
  });
});

describe("a client that goes", () => {
  test.each<[string, Behaviour, object]>([
    ["while a target is asked", hangs, CHAT],
    ["while a stream has not begun", streams(": wait\n\n", { open: true }), { ...CHAT, stream: true }],
    ["in the pause before another try", fails(500), CHAT],
  ])("%s ends the work, asks nobody else and is recorded", async (_name, behaviour, body) => {
    const leaving = new AbortController();
    const { ask, asked, clock, events, gateway } = gatewayOver(
      { a: behaviour, b: answers() },
      retrying({ initial_backoff_ms: 5_000 }),
    );
    const answering = ask(body, { signal: leaving.signal });
    await clock.advance(100);
    leaving.abort();
    expect((await answering).status).toBe(499);
    await clock.advance(20_000);
    expect(asked()).toEqual(["a"]);
    expect(events).toMatchObject([{ status: 499, outcome: "cancelled" }]);
    expect(gateway.inFlight()).toBe(0);
    expect(gateway.targets().map((target) => target.in_flight)).toEqual([0, 0]);
    expect(clock.waiting).toBe(0);
  });
});
