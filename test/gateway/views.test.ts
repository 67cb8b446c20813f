import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { loadConfig } from "../../src/config/load.ts";
import { readinessOf } from "../../src/gateway/views.ts";
import { TargetView } from "../../src/schema/views/target-view.ts";
import { CHAT, testGateway } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE } from "../support/raw-upstream.ts";
import { answers, type Behaviour, fails, gatewayOver, hangs, streams } from "./upstreams.ts";

const STREAM = { ...CHAT, stream: true };
const over = (behaviour: Behaviour | readonly Behaviour[], settings: { target?: object; providers?: object } = {}) => {
  const all = gatewayOver(
    { a: behaviour },
    { target: { a: settings.target ?? {} }, providers: { retry: { max_attempts: 1 }, ...settings.providers } },
  );
  const view = () => {
    const [shown] = all.gateway.targets();
    expect(Value.Check(TargetView, shown)).toBe(true);
    return shown!;
  };
  return { ...all, view };
};
/** Ten tokens after so long. */
const after =
  (ms: number, wait: (ms: number) => Promise<void>): Behaviour =>
  async () => {
    await wait(ms);
    return Response.json({ ...chatAnswer("hi"), usage: { prompt_tokens: 1, completion_tokens: 10, total_tokens: 11 } });
  };

describe("a target's speed", () => {
  test("is not known before its first answer, nor after a failure", async () => {
    const { run, view } = over(fails(500));
    const nothing = { answer_ms: null, first_token_ms: null, tokens_per_second: null };
    expect(view().speed).toEqual(nothing);
    await run();
    expect(view()).toMatchObject({ requests: 1, failures: 1, speed: nothing });
  });

  test("is that of its chats, whole and streamed apart, and forgotten after the window", async () => {
    let wait: (ms: number) => Promise<void> = async () => {};
    const slow = after(500, (ms) => wait(ms));
    const stream = streams(`${chunkEvent({ content: "hi" })}${chunkEvent({}, "stop")}${DONE}`);
    const { run, view, clock } = over([slow, stream], { providers: { routing: { window_seconds: 60 } } });
    wait = (ms) => new Promise((resolve) => void clock.after(ms, resolve));
    await run();
    expect(view().speed).toEqual({ answer_ms: 500, first_token_ms: null, tokens_per_second: 20 });
    await (await run(STREAM)).response.text();
    expect(view().speed).toMatchObject({ answer_ms: 500, first_token_ms: 0 });
    await clock.advance(61_000);
    expect(view().speed).toEqual({ answer_ms: null, first_token_ms: null, tokens_per_second: null });
  });
});

describe("what a target is reached by", () => {
  const text = (url: string) =>
    `{pack: {name: x, version: 1.0.0, enabled: true}, policies: {chain: []}, providers: {targets: [
      {id: a, provider: openai-compatible, model: m, base_url: "${url}", description: "of \${A_TOKEN}"}, {id: b, provider: mistral, model: m}]}}`;
  const views = (url: string) => {
    const loaded = loadConfig({
      files: ["f.yaml"],
      env: { A_TOKEN: "hush1" },
      readFile: () => new TextEncoder().encode(text(url)),
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return testGateway(loaded.config).gateway.targets();
  };

  test("is shown without what may be a secret in it", () => {
    const [own, mistral] = views("https://llm.example/v1?key=hush2");
    expect(own).toMatchObject({ base_url: "https://llm.example/v1?[masked]", description: "[masked]" });
    expect(mistral).toMatchObject({ base_url: "https://api.mistral.ai/v1", description: null });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an environment reference
    expect(views("https://llm.example/${A_TOKEN}/v1")[0]?.base_url).toBe("[masked]");
    expect(views("https://llm.example/v1")[0]?.base_url).toBe("https://llm.example/v1");
  });
});

describe("a target's saturation", () => {
  test("is the share of its places that is taken; without a limit there is none", async () => {
    const limited = over(hangs, { target: { max_in_flight: 4 } });
    expect(limited.view()).toMatchObject({ max_in_flight: 4, saturation: 0 });
    const stop = new AbortController();
    const asking = limited.ask(CHAT, { signal: stop.signal }).catch(() => null);
    for (let tick = 0; limited.calls.length === 0 && tick < 100; tick++) await limited.clock.advance(1);
    expect(limited.view()).toMatchObject({ in_flight: 1, saturation: 0.25 });
    stop.abort();
    await asking;
    expect(over(answers()).view()).toMatchObject({ max_in_flight: null, saturation: null });
  });
});

describe("a breaker's history", () => {
  const breaker = { failure_threshold: 2, recovery_timeout_seconds: 10, half_open_max_requests: 1 };

  test("names its changes with time and reason, newest first, and stays short", async () => {
    const bad = fails(500);
    const { run, view, clock } = over([bad, bad, answers(), bad], { providers: { circuit_breaker: breaker } });
    expect(view().breaker.history).toEqual([]);
    await run();
    await run();
    const openedAt = clock.now();
    await clock.advance(11_000);
    await run();
    expect(view().breaker.history).toMatchObject([
      { from: "half_open", to: "closed" },
      { from: "open", to: "half_open", reason: "its wait is over" },
      { from: "closed", to: "open", reason: "2 failures in a row" },
    ]);
    expect(view().breaker.history.at(-1)!.at).toBeWithin(openedAt - 1_000, openedAt + 1);
    for (let turn = 0; turn < 30; turn++) {
      await run();
      await clock.advance(1_000_000);
    }
    expect(view().breaker.history).toHaveLength(20);
    expect(view().breaker.history.map(({ at }) => at)).toEqual(
      view()
        .breaker.history.map(({ at }) => at)
        .toSorted((a, b) => b - a),
    );
  });
});

describe("readiness", () => {
  const parts = (changes: object) =>
    ({
      config: { pack: { enabled: true } },
      counters: { stats: () => ({ refusing: false }) },
      admits: () => true,
      table: { targets: [{ unavailable: null }, { unavailable: "its secret is not set" }] },
      ...changes,
    }) as unknown as Parameters<typeof readinessOf>[0];

  test.each<[string, object, readonly string[]]>([
    ["all is well", {}, []],
    ["the ledger may not be left behind", { admits: () => false }, ["the ledger cannot take events"]],
    ["nobody can be asked", { table: { targets: [{ unavailable: "x" }] } }, ["no target is available"]],
    ["it is switched off", { config: { pack: { enabled: false } } }, ["pack.enabled is false"]],
  ])("where %s", (_, changes, reasons) => {
    expect(readinessOf(parts(changes))).toEqual({ ready: reasons.length === 0, reasons });
  });
});
