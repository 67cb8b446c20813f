import { beforeAll, describe, expect, test } from "bun:test";
import { loadLanguages } from "../../../src/detect/language.ts";
import { CHAT } from "../../support/gateway.ts";
import { chatAnswer } from "../../support/raw-upstream.ts";
import { DONE, piece } from "../streams/streams.ts";
import { answers, type Behaviour, fails, gatewayOver, hangs, says, streams } from "../upstreams.ts";

// the injected clock goes on while they load, and a policy that waits for them would be late
beforeAll(async () => {
  await loadLanguages();
});

const LOOP = "on and on we go ".repeat(30);
const bad = says(LOOP);
const good = says("A good answer.");
const told = (text: string): Behaviour => streams(piece(0, text) + piece(0, null, "stop") + DONE);

const quality = (failure: object = {}, more: object = {}) => ({
  policies: { chain: ["quality-scorer"] },
  policy: {
    "quality-scorer": {
      mode: "enforce",
      thresholds: { min_coherence: 0.5 },
      failure_action: { action: "retry", ...failure },
      ...more,
    },
  },
});
const STREAM = { ...CHAT, stream: true };
const buffered = (failure: object = {}) => quality(failure, { on_stream: "buffer" });
const textOf = (body: string): string =>
  [...body.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join("");

describe("an answer that a policy does not want", () => {
  test("is asked of one other target, and both scores are written down", async () => {
    const { run, asked, events } = gatewayOver({ a: bad, b: good, c: good }, quality());
    const { response } = await run();
    expect([await response.text(), asked()]).toEqual([expect.stringContaining("A good answer."), ["a", "b"]]);
    expect(response.headers.get("x-weir-target")).toBe("b");
    expect(events).toMatchObject([
      {
        target: "b",
        outcome: "ok",
        verdict: "allow",
        attempts: [
          { target: "a", outcome: "ok" },
          { target: "b", outcome: "ok" },
        ],
        policies: [
          { verdict: "retry", reason_code: "quality.below_threshold", target: "a" },
          { verdict: "allow", reason_code: null, score: 1 },
        ],
      },
    ]);
  });

  test("has been paid for: what it used is part of what the request used", async () => {
    const usage = (prompt: number, completion: number) => ({ prompt_tokens: prompt, completion_tokens: completion });
    const whole = gatewayOver(
      {
        a: answers(chatAnswer(LOOP, { usage: usage(11, 400) })),
        b: answers(chatAnswer("A good answer.", { usage: usage(12, 4) })),
      },
      quality(),
    );
    expect(await (await whole.run()).response.json()).toMatchObject({ usage: usage(12, 4) });
    const told = (text: string, of: object): Behaviour =>
      streams(
        `${piece(0, text)}${piece(0, null, "stop")}data: ${JSON.stringify({ choices: [], usage: of })}\n\n${DONE}`,
      );
    const stream = gatewayOver({ a: told(LOOP, usage(11, 400)), b: told("A good answer.", usage(12, 4)) }, buffered());
    await (await stream.run(STREAM)).response.text();
    for (const { events } of [whole, stream]) {
      expect(events[0]!.usage).toMatchObject({ ...usage(23, 404), basis: "exact" });
      expect(events[0]!.attempts).toMatchObject([{ usage: usage(11, 400) }, { usage: usage(12, 4) }]);
    }
  });

  test("stays in its region under a pin, whose secondary is for when nobody answers there", async () => {
    const model = "m";
    const target = {
      a: { region: "scaleway-par-1", model },
      b: { region: "ovh-gra-1", model },
      c: { region: "scaleway-par-1", model },
    };
    const pinned = { ...CHAT, model, vetted: { region: "scaleway-par-1", secondary_region: "ovh-gra-1" } };
    const alone = gatewayOver({ a: bad, b: good }, { ...quality(), target });
    expect(await (await alone.run(pinned)).response.text()).toContain(LOOP);
    expect(alone.asked()).toEqual(["a"]);
    const beside = gatewayOver({ a: bad, b: good, c: good }, { ...quality(), target });
    expect(await (await beside.run(pinned)).response.text()).toContain("A good answer.");
    expect(beside.asked()).toEqual(["a", "c"]);
    const away = gatewayOver({ a: fails(500), b: bad, c: fails(500) }, { ...quality(), target });
    expect((await away.run(pinned)).response.headers.get("x-weir-target")).toBe("b");
    expect(away.asked()).toEqual(["a", "c", "b"]);
    const stream = gatewayOver({ a: told(LOOP), b: told("A good answer.") }, { ...buffered(), target });
    expect(textOf(await (await stream.run({ ...pinned, stream: true })).response.text())).toBe(LOOP);
    expect(stream.asked()).toEqual(["a"]);
  });

  test("is asked for once only", async () => {
    const { run, asked, events } = gatewayOver({ a: bad, b: bad, c: good }, quality());
    const { response } = await run();
    expect([response.status, asked()]).toEqual([200, ["a", "b"]]);
    expect(await response.text()).toContain(LOOP);
    expect(events[0]).toMatchObject({
      policies: [{ verdict: "retry" }, { verdict: "allow", reason_code: "quality.below_threshold" }],
    });
    const blocking = gatewayOver({ a: bad, b: bad }, quality({ otherwise: "block" }));
    expect((await blocking.run()).error).toMatchObject({
      code: "output_blocked",
      reason_code: "quality.below_threshold",
    });
    expect(blocking.events[0]).toMatchObject({ verdict: "block", outcome: "output_blocked" });
  });

  test.each([
    ["fails", fails(500)],
    ["hangs", hangs],
  ])("is given all the same where the other target %s", async (_how, other) => {
    const { run, asked, events, gateway } = gatewayOver({ a: bad, b: other, c: good }, quality());
    const { response } = await run();
    expect(await response.text()).toContain(LOOP);
    expect(asked()).toEqual(["a", "b"]);
    expect(events[0]).toMatchObject({
      target: "a",
      policies: [{ verdict: "allow", reason_code: "quality.below_threshold" }],
    });
    expect(events[0]!.policies).toHaveLength(1);
    expect(gateway.inFlight()).toBe(0);
  });

  test("is given, blocked or replaced where there is no other target", async () => {
    const given = gatewayOver({ a: bad }, quality());
    expect(await (await given.run()).response.text()).toContain(LOOP);
    expect(given.asked()).toEqual(["a"]);
    const blocked = gatewayOver({ a: bad }, quality({ otherwise: "block" }));
    expect((await blocked.run()).error).toMatchObject({ code: "output_blocked" });
    const choices = [{ index: 0, message: { role: "assistant", content: LOOP }, finish_reason: "length" }];
    const cut = answers(chatAnswer("", { choices }));
    const replaced = gatewayOver({ a: cut }, quality({ otherwise: "fallback_message", message: "Later." }));
    expect(await (await replaced.run()).response.json()).toMatchObject({
      choices: [{ message: { content: "Later." }, finish_reason: "stop" }],
    });
    expect(replaced.events[0]!.finish_reasons).toEqual(["stop"]);
  });

  test("is only written down in monitor mode", async () => {
    const { run, asked, events } = gatewayOver({ a: bad, b: good }, quality({}, { mode: "monitor" }));
    expect(await (await run()).response.text()).toContain(LOOP);
    expect([asked(), events[0]!.policies]).toMatchObject([["a"], [{ verdict: "retry", mode: "monitor" }]]);
  });
});

describe("a held stream that a policy does not want", () => {
  test("is asked of one other target, and nothing of the first is seen", async () => {
    const { run, asked, events, gateway, clock } = gatewayOver(
      { a: told(LOOP), b: told("A good answer."), c: told("c") },
      buffered(),
    );
    const { response } = await run(STREAM);
    const body = await response.text();
    expect([textOf(body), body.trimEnd().endsWith("data: [DONE]"), asked()]).toEqual([
      "A good answer.",
      true,
      ["a", "b"],
    ]);
    expect(events).toMatchObject([
      {
        target: "b",
        outcome: "ok",
        finish_reasons: ["stop"],
        attempts: [
          { target: "a", outcome: "ok" },
          { target: "b", outcome: "ok" },
        ],
        policies: [
          { verdict: "retry", target: "a" },
          { verdict: "allow", score: 1 },
        ],
      },
    ]);
    await clock.advance(2_000);
    expect([gateway.inFlight(), clock.waiting]).toEqual([0, 0]);
  });

  test("is given all the same where nobody else can answer", async () => {
    for (const more of [{}, { b: fails(500) }, { b: told("") }] as readonly Record<string, Behaviour>[]) {
      const { run, events, gateway } = gatewayOver({ a: told(LOOP), ...more }, buffered());
      const body = await (await run(STREAM)).response.text();
      const empty = more["b"] !== undefined && events[0]!.target === "b";
      expect(textOf(body)).toBe(empty ? "" : LOOP);
      expect(body.trimEnd().endsWith("data: [DONE]")).toBe(true);
      expect([events.length, events[0]!.outcome, gateway.inFlight()]).toEqual([1, "ok", 0]);
    }
  });

  test("ends blocked, or with what is said instead, where that is told", async () => {
    const blocked = gatewayOver({ a: told(LOOP) }, buffered({ otherwise: "block" }));
    const body = await (await blocked.run(STREAM)).response.text();
    expect(body).toContain('"finish_reason":"content_filter"');
    expect(body).toContain('"output_blocked"');
    expect([textOf(body), body.includes("[DONE]")]).toEqual(["", false]);
    const replaced = gatewayOver(
      { a: told(LOOP), b: told(LOOP) },
      buffered({ otherwise: "fallback_message", message: "Later." }),
    );
    expect(textOf(await (await replaced.run(STREAM)).response.text())).toBe("Later.");
    expect(replaced.asked()).toEqual(["a", "b"]);
    expect(replaced.events[0]).toMatchObject({ verdict: "redact" });
  });

  test("is asked for although its usage never came", async () => {
    const silent = streams(piece(0, LOOP) + piece(0, null, "stop"), { open: true });
    const { ask, asked, clock, events } = gatewayOver({ a: silent, b: told("A good answer.") }, buffered());
    const response = await ask(STREAM);
    const reading = response.text();
    for (let tick = 0; events.length === 0 && tick < 100; tick++) await clock.advance(100);
    expect([textOf(await reading), asked()]).toEqual(["A good answer.", ["a", "b"]]);
  });
});
