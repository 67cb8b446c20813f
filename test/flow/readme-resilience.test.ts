import { afterEach, describe, expect, test } from "bun:test";
import { textOf } from "../../src/cli/drill/answers.ts";
import { healthy } from "../../src/cli/drill/faults.ts";
import { type DrillUpstream, openUpstream, type Script } from "../../src/cli/drill/upstream.ts";
import { DrillWorld } from "../../src/cli/drill/world.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { CHAT, testGateway } from "../support/gateway.ts";
import { reassemble } from "../support/replay.ts";
import { ROOT } from "../support/source.ts";

const readme = await Bun.file(`${ROOT}README.md`).text();
const section = /^## Resilience\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
/** Every configuration of the section, by the name in its first line. */
const configurations = new Map(
  [...section.matchAll(/^```yaml\n# (\S+)\.yaml\n([\s\S]*?)^```$/gm)].map(([, name = "", yaml = ""]) => [name, yaml]),
);
const ENV = { MISTRAL_API_KEY: "sk-m", OPENAI_API_KEY: "sk-o" };

const upstreams: DrillUpstream[] = [];
afterEach(() => {
  for (const upstream of upstreams.splice(0)) upstream.stop();
});

function load(name: string): Config {
  const readFile = () => new TextEncoder().encode(configurations.get(name));
  const loaded = loadConfig({ files: [`${name}.yaml`], env: ENV, readFile });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

/** One request, as its client saw it. */
interface Told {
  readonly status: number;
  readonly target: string | null;
  readonly text: string;
  readonly error: string | null;
  readonly headers: Headers;
  /** Targets that were called. */
  readonly calls: readonly string[];
  /** By the clock of the gateway. */
  readonly ms: number;
}

/** A configuration of the README on scripted upstreams: real sockets, and a time that passes only while all wait. */
async function staged(name: string, scripts: Readonly<Record<string, Script>> = {}) {
  const config = load(name);
  const world = new DrillWorld();
  const models = config.providers.targets.map(({ model }) => model);
  const opened = new Map<string, DrillUpstream>();
  for (const { id } of config.providers.targets)
    opened.set(id, await openUpstream(world, scripts[id] ?? healthy(models)));
  upstreams.push(...opened.values());
  const targets = config.providers.targets.map((target) => ({ ...target, base_url: opened.get(target.id)!.url }));
  const pointed: Config = { ...config, providers: { ...config.providers, targets } };
  const gateway = testGateway(pointed, { clock: world.clock, env: ENV, fetch: world.fetch });
  const idOf = (url: string): string => [...opened].find(([, { url: base }]) => url.startsWith(base))?.[0] ?? "";
  const ask = async (body: object = {}, headers: Record<string, string> = {}): Promise<Told> => {
    const startMs = world.clock.monotonic();
    const asking = (async () => {
      const response = await gateway.ask(
        { ...CHAT, model: config.model_groups[0]?.name ?? models[0], ...body },
        { headers },
      );
      return { response, body: await response.text() };
    })();
    expect(await world.settle(asking, startMs + 1e6)).toBe(true);
    const { response, body: text } = await asking;
    const sse = response.headers.get("content-type")?.startsWith("text/event-stream");
    const value = sse ? null : JSON.parse(text);
    const seen = sse ? reassemble(text) : null;
    const error = (seen?.error ?? value?.error ?? null) as { code?: string } | null;
    return {
      status: response.status,
      target: response.headers.get("x-weir-target"),
      text: seen === null ? (value.choices?.[0].message.content ?? "") : (seen.choices[0]?.text ?? ""),
      error: error?.code ?? null,
      headers: response.headers,
      calls: world.takeCalls().map(idOf),
      // sums of fractions differ in their last digits
      ms: Math.round(world.clock.monotonic() - startMs),
    };
  };
  const play = (id: string, script: Script): void => opened.get(id)!.play(script);
  const pass = (ms: number) =>
    world.settle(new Promise<void>((resolve) => void world.clock.after(ms, resolve)), Infinity);
  const recover = (id: string): void => play(id, healthy(models));
  return { ...gateway, ask, play, recover, pass, world };
}

const fails = (status: number, headers = ""): Script => {
  return (wire) => wire.whole('{"error":{"message":"no"}}', { status, headers });
};
const silent: Script = () => new Promise(() => {});
/** Answers after so long. */
const after =
  (ms: number): Script =>
  async (wire) => {
    await wire.wait(ms);
    await healthy([])(wire);
  };
/** Breaks its streams off after some words. */
const cuts: Script = async (wire) => {
  await wire.begin();
  const { model } = wire.request as { model: string };
  for (const content of textOf(model)
    .slice(0, 30)
    .match(/\s*\S+/g) ?? [])
    await wire.send(
      `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
    );
  await wire.wait(1);
  await wire.cut();
};

/** What the section promises of each configuration. */
const promises: Readonly<Record<string, () => Promise<void>>> = {
  async fallback() {
    const { ask, play, recover } = await staged("fallback");
    expect(await ask()).toMatchObject({
      status: 200,
      target: "mistral-large-primary",
      text: textOf("mistral-large-latest"),
    });
    for (const script of [fails(500), fails(503), fails(429, "retry-after: 60\r\n"), fails(401), silent] as const) {
      const fresh = await staged("fallback", { "mistral-large-primary": script });
      expect(await fresh.ask()).toMatchObject({
        target: "mistral-small-fallback",
        text: textOf("mistral-small-latest"),
      });
    }
    play("mistral-large-primary", fails(400));
    expect(await ask()).toMatchObject({ status: 400, calls: ["mistral-large-primary"] });
    play("mistral-large-primary", cuts);
    const resumed = await ask({ stream: true });
    expect(resumed).toMatchObject({ text: textOf("mistral-large-latest"), error: null });
    expect(resumed.calls).toEqual(["mistral-large-primary", "mistral-small-fallback"]);
    recover("mistral-large-primary");
    expect((await ask()).target).toBe("mistral-large-primary");
  },

  async "cross-provider"() {
    const seen: string[] = [];
    const openai: Script = async (wire) => {
      seen.push(String(wire.request["model"]));
      await healthy([])(wire);
    };
    const { ask, play } = await staged("cross-provider", { "mistral-primary": fails(500), "openai-fallback": openai });
    expect(await ask()).toMatchObject({ status: 200, target: "openai-fallback", text: textOf("gpt-4o") });
    expect(seen).toEqual(["gpt-4o"]);
    play("mistral-primary", fails(429, "retry-after: 60\r\n"));
    const limited = await ask();
    expect(limited).toMatchObject({ status: 429, error: "upstream_rate_limited", calls: ["mistral-primary"] });
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  },

  async latency() {
    const { ask, play } = await staged("latency", { "mistral-large": after(900), "mistral-small": after(300) });
    const asked: (string | null)[] = [];
    for (let turn = 0; turn < 26; turn++) asked.push((await ask()).target);
    expect(asked.slice(0, 6).filter((id) => id === "mistral-large").length).toBe(3);
    expect(asked.slice(6).filter((id) => id === "mistral-small").length).toBeGreaterThanOrEqual(18);
    play("mistral-small", after(3_000));
    for (let turn = 0; turn < 4; turn++) await ask();
    const later: (string | null)[] = [];
    for (let turn = 0; turn < 10; turn++) later.push((await ask()).target);
    expect(later.filter((id) => id === "mistral-large").length).toBeGreaterThanOrEqual(9);
  },

  async "weighted-ab"() {
    const { ask } = await staged("weighted-ab");
    for (let round = 0; round < 3; round++) {
      const ten: (string | null)[] = [];
      for (let turn = 0; turn < 10; turn++) ten.push((await ask()).target);
      expect(ten.filter((id) => id === "variant-mixtral").length).toBe(1);
    }
    const variants = new Map<string, string | null>();
    for (let user = 0; user < 60; user++) {
      const headers = { "x-user-id": `user-${user}` };
      const { target } = await ask({}, headers);
      variants.set(headers["x-user-id"], target);
      expect((await ask({}, headers)).target).toBe(target);
    }
    const mixtral = [...variants.values()].filter((id) => id === "variant-mixtral").length;
    expect(mixtral).toBeGreaterThan(0);
    expect(mixtral).toBeLessThan(20);
  },

  async "circuit-breaker"() {
    const { ask, recover, pass, gateway, logs } = await staged("circuit-breaker", { "mistral-main": fails(500) });
    for (let failed = 0; failed < 3; failed++)
      expect(await ask()).toMatchObject({ status: 502, calls: ["mistral-main"] });
    const open = await ask();
    expect(open).toMatchObject({ status: 503, error: "service_unavailable", calls: [], ms: 0 });
    expect(Number(open.headers.get("retry-after"))).toBe(15);
    expect(gateway.targets()[0]?.breaker.state).toBe("open");
    await pass(15_000);
    expect(await ask()).toMatchObject({ status: 502, calls: ["mistral-main"] });
    // for twice as long
    await pass(29_000);
    expect((await ask()).calls).toEqual([]);
    recover("mistral-main");
    await pass(1_000);
    expect((await ask()).status).toBe(200);
    expect(gateway.targets()[0]?.breaker.state).toBe("closed");
    const lines = logs.filter(({ fields }) => "description" in fields && fields.description === "production");
    expect(lines.length).toBe(5);
  },

  async "retry-policy"() {
    const { ask, play, recover, pass } = await staged("retry-policy", { "mistral-main": fails(503) });
    const all = await ask();
    expect([all.status, all.calls.length]).toEqual([502, 4]);
    expect(all.ms).toBeGreaterThanOrEqual(3_500 * 0.8);
    expect(all.ms).toBeLessThanOrEqual(3_500 * 1.2);
    let calls = 0;
    play("mistral-main", (wire) => (calls++ === 0 ? fails(429, "retry-after: 7\r\n") : healthy([]))(wire));
    const waited = await ask();
    expect(waited).toMatchObject({ status: 200, calls: ["mistral-main", "mistral-main"] });
    expect(waited.ms).toBeGreaterThanOrEqual(7_000);
    play("mistral-main", fails(500));
    expect((await ask()).calls.length).toBe(1);
    play("mistral-main", fails(429, "retry-after: 11\r\n"));
    expect(await ask()).toMatchObject({ status: 429, calls: ["mistral-main"], ms: 0 });
    await pass(11_000);
    recover("mistral-main");
    expect((await ask()).status).toBe(200);
  },

  async combined() {
    const [large, small, openai] = ["mistral-large-primary", "mistral-small-secondary", "openai-emergency"] as const;
    const quick = await staged("combined", { [large]: silent });
    expect(await quick.ask({ stream: true })).toMatchObject({ target: small, calls: [large, small], ms: 5_000 });
    expect(await quick.ask({ model: "default" })).toMatchObject({ status: 200, target: small, ms: 20_000 });
    const cut = await staged("combined", { [large]: cuts });
    expect(await cut.ask({ stream: true })).toMatchObject({ text: textOf("mistral-large-latest"), error: null });
    const last = await staged("combined", { [large]: fails(503), [small]: fails(503) });
    expect(await last.ask()).toMatchObject({ target: openai, calls: [large, large, small, small, openai] });
    const dark = await staged("combined", { [large]: silent, [small]: silent, [openai]: silent });
    const nothing = await dark.ask();
    expect(nothing).toMatchObject({ status: 504, error: "upstream_timeout" });
    expect(nothing.ms).toBeLessThanOrEqual(60_100);
    // four failures in a row, two of each request: the first target is left alone
    const broken = await staged("combined", { [large]: fails(500) });
    await broken.ask();
    await broken.ask();
    expect((await broken.ask()).calls).toEqual([small]);
  },
};

describe("the README's Resilience section", () => {
  test("shows configurations for everything it promises, each with a test of its own", () => {
    expect([...configurations.keys()]).toEqual(Object.keys(promises));
    // none in the section that the pattern above would miss
    expect(section.match(/^```yaml$/gm)?.length).toBe(configurations.size);
  });

  for (const [name, promised] of Object.entries(promises)) test(`${name} does what is said of it`, promised, 30_000);
});
