import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE, json, rawUpstream, type Script } from "../support/raw-upstream.ts";

const open: { stop: () => void }[] = [];
const stopAll = (): void => {
  for (const upstream of open.splice(0)) upstream.stop();
};
afterEach(stopAll);

/** What a target does with one request. */
const FAULTS: Readonly<Record<string, (stream: boolean) => Script>> = {
  ok: (stream) =>
    stream ? streaming(chunkEvent({ content: "hi" }), chunkEvent({}, "stop"), DONE) : json(chatAnswer("hi")),
  late: (stream) => async (wire) => {
    await Bun.sleep(15);
    await FAULTS["ok"]!(stream)(wire);
  },
  broken: () => json({ error: { message: "no" } }, 500),
  busy: () => json({ error: { message: "slow down" } }, 429, "retry-after: 1\r\n"),
  refused: () => json({ error: { message: "key" } }, 401),
  unknown: () => json({ error: { message: "The model `m` does not exist", code: "model_not_found" } }, 404),
  long: () => json({ error: { message: "maximum context length is 10", code: "context_length_exceeded" } }, 400),
  wrong: () => json({ error: { message: "bad" } }, 422),
  garbage: () => json("nothing"),
  reset: () => (wire) => void wire.socket.destroy(),
  cut: (stream) => async (wire) => {
    if (!stream) return void wire.socket.destroy();
    await wire.streamHead();
    await wire.chunk(chunkEvent({ content: "he" }));
    wire.socket.destroy();
  },
  error: (stream) =>
    stream
      ? streaming(chunkEvent({ content: "he" }), 'data: {"error":{"message":"no"}}\n\n')
      : json({ error: { message: "no" } }),
};

const streaming =
  (...events: readonly string[]): Script =>
  async (wire) => {
    await wire.streamHead();
    for (const event of events) await wire.chunk(event);
    await wire.end();
  };

const REGIONS: Readonly<Record<string, string | undefined>> = {
  a: "scaleway-par-1",
  b: "scaleway-par-1",
  c: "atnorth-sto-1",
  d: "ovh-gra-1",
  e: undefined,
};
const IDS = Object.keys(REGIONS);
const CODES = ["scaleway-par-1", "atnorth-sto-1", "ovh-gra-1", "atnorth-isl-1"];
const KEY = "k".repeat(20);

const scripts = fc.array(fc.constantFrom(...Object.keys(FAULTS)), { minLength: 1, maxLength: 4 });
const scenario = fc.record({
  faults: fc.record(Object.fromEntries(IDS.map((id) => [id, scripts]))),
  stream: fc.boolean(),
  model: fc.constantFrom("m", "g"),
  primary: fc.constantFrom(...CODES),
  secondary: fc.option(fc.constantFrom(...CODES), { nil: null }),
  by: fc.constantFrom("body", "header", "consumer"),
  strategy: fc.constantFrom("fallback", "default_path", "carbon_aware", "round_robin", "latency", "single", "cost"),
  resume: fc.constantFrom("prefix", "realign", "off"),
  provider: fc.constantFrom("mistral", "openai-compatible"),
  hedge: fc.boolean(),
  reload: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const target = (id: string, url: string, { provider }: Scenario, region = REGIONS[id]) => ({
  id,
  model: "m",
  provider,
  base_url: url,
  ...(provider === "mistral" ? { secret_key_ref: { env: "KEY" } } : {}),
  ...(region === undefined ? {} : { region }),
});

/** One pinned request among targets that do as they like; gives which of them were asked, and the answer. */
async function play(asked: Scenario) {
  const { faults, stream, model, primary, secondary, by } = asked;
  const upstreams = await Promise.all(
    IDS.map(async (id) => {
      const upstream = await rawUpstream(...faults[id]!.map((name) => FAULTS[name]!(stream)));
      open.push(upstream);
      return { id, upstream };
    }),
  );
  const pin = { primary, ...(secondary === null ? {} : { secondary }) };
  const rest = {
    providers: {
      strategy: asked.strategy,
      retry: { max_attempts: 3, initial_backoff_ms: 0, max_backoff_ms: 0, max_retry_after_seconds: 0 },
      fallback: { max_fallback_attempts: 9, stream_resume: asked.resume, content_policy: "next" },
      routing: { hedge: { enabled: asked.hedge, min_delay_ms: 1, max_share: 1 } },
    },
    model_groups: [
      { name: "g", targets: ["a", "c"], fallback_group: "h" },
      { name: "h", targets: ["d", "b", "e"] },
    ],
    ...(by === "consumer" ? { consumers: [{ id: "one", key_ref: { env: "CALLER" }, pin }] } : {}),
  };
  const config = configOf(
    upstreams.map(({ id, upstream }) => target(id, upstream.url, asked)),
    rest,
  );
  const all = testGateway(config, { env: { KEY: "key", CALLER: KEY } });
  const headers: Record<string, string> = { authorization: `Bearer ${KEY}` };
  const vetted =
    by === "body"
      ? { vetted: { region: primary, ...(secondary === null ? {} : { secondary_region: secondary }) } }
      : {};
  if (by === "header") {
    headers["x-weir-region"] = primary;
    if (secondary !== null) headers["x-weir-secondary-region"] = secondary;
  }
  const answering = all.ask({ model, stream, messages: [{ role: "user", content: "hello" }], ...vetted }, { headers });
  // the same targets elsewhere: who began under the old configuration stays under its regions
  if (asked.reload) {
    const moved = (id: string): string => CODES[(IDS.indexOf(id) + 1) % CODES.length]!;
    all.reload(
      configOf(
        upstreams.map(({ id, upstream }) => target(id, upstream.url, asked, moved(id))),
        rest,
      ),
    );
  }
  const response = await answering;
  const text = await response.text();
  const reached = upstreams.filter(({ upstream }) => upstream.requests.length > 0).map(({ id }) => id);
  await all.recorded(1);
  return { response, text, reached, event: all.events[0]! };
}

const base: Scenario = {
  faults: { a: ["broken"], b: ["ok"], c: ["ok"], d: ["ok"], e: ["ok"] },
  stream: false,
  model: "m",
  primary: "scaleway-par-1",
  secondary: null,
  by: "body",
  strategy: "fallback",
  resume: "prefix",
  provider: "openai-compatible",
  hedge: false,
  reload: false,
};

describe("a pinned request", () => {
  test("reaches no other region, whatever targets do", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (asked) => {
        fc.pre(asked.primary !== asked.secondary);
        const { response, text, reached, event } = await play(asked);
        // five listeners a run: all of them together are more descriptors than some machines give
        stopAll();
        const may = [asked.primary, asked.secondary];
        expect(reached.filter((id) => !may.includes(REGIONS[id] ?? "none"))).toEqual([]);
        const region = response.headers.get("x-weir-region");
        if (response.status === 200) expect(may).toContain(region);
        else expect(text).toContain('"error"');
        expect(event.attempts.every((attempt) => may.includes(attempt.region ?? "none"))).toBe(true);
        expect(event.routing_trace?.route_policy).toBe("pinned");
        if (event.target !== null) expect(event.routing_trace?.region).toBe(REGIONS[event.target]!);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test("is answered by another target of its region", async () => {
    const { response, reached, text } = await play(base);
    expect([response.status, reached]).toEqual([200, ["a", "b"]]);
    expect(JSON.parse(text).routing_trace).toMatchObject({
      decision_mode: "pinned",
      decision_reason: "region_pinned_by_request",
      region: "scaleway-par-1",
      failover: { from_target: "a", from_region: "scaleway-par-1", reason: "upstream_failed" },
    });
    const second = await play({ ...base, faults: { ...base.faults, b: ["reset"] }, secondary: "atnorth-sto-1" });
    expect([second.response.status, second.reached]).toEqual([200, ["a", "b", "c"]]);
    expect(JSON.parse(second.text).routing_trace).toMatchObject({
      decision_mode: "pinned",
      decision_reason: "pinned_secondary_used",
      region: "atnorth-sto-1",
      failover: { from_target: "a", from_region: "scaleway-par-1", reason: "upstream_failed" },
    });
  });

  test("is hedged within its region, and not where nobody else stands there", async () => {
    const slow = { ...base.faults, a: ["late"], c: ["late"] };
    const hedged = await play({ ...base, faults: slow, hedge: true });
    expect([hedged.response.status, hedged.reached]).toEqual([200, ["a", "b"]]);
    expect(hedged.event.attempts.map(({ target: id, outcome }) => [id, outcome])).toEqual([
      ["a", "hedged_out"],
      ["b", "ok"],
    ]);
    const alone = { ...base, faults: slow, hedge: true, primary: "atnorth-sto-1", secondary: "scaleway-par-1" };
    const { response, reached } = await play(alone);
    expect([response.headers.get("x-weir-region"), reached]).toEqual(["atnorth-sto-1", ["c"]]);
  });

  test("is resumed within its region, also after a reload that moves every target", async () => {
    const faults = { ...base.faults, a: ["cut"] };
    const cut: Scenario = { ...base, faults, stream: true, provider: "mistral", reload: true };
    const { response, text, reached, event } = await play(cut);
    expect([response.status, reached]).toEqual([200, ["a", "b"]]);
    expect(text).toEndWith("data: [DONE]\n\n");
    expect(new Set(event.attempts.map(({ target: id }) => id))).toEqual(new Set(["a", "b"]));
    const alone = await play({ ...cut, faults: { ...faults, b: ["cut"] } });
    expect(alone.reached).toEqual(["a", "b"]);
    expect(alone.text).toContain('"error"');
    expect(alone.text).not.toContain("[DONE]");
  });
});
