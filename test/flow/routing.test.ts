import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { sha256Hex } from "../../src/lib/digest.ts";
import { answers, type Behaviour, fails, gatewayOver } from "../gateway/upstreams.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer, json, rawUpstream } from "../support/raw-upstream.ts";
import { ROOT } from "../support/source.ts";

const ok = answers();
const countOf = (who: readonly (string | null)[], id: string): number => who.filter((each) => each === id).length;

/** A behaviour that answers when it is told to. */
function held(): { behaviour: Behaviour; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { behaviour: async () => promise.then(() => Response.json(chatAnswer("late"))), release: resolve };
}

describe("weighted_round_robin", () => {
  test("keeps its weights over real connections, and hands over by weight", async () => {
    using small = await rawUpstream(json(chatAnswer("small")));
    using large = await rawUpstream(json(chatAnswer("large")));
    using failing = await rawUpstream(json({ error: { message: "no" } }, 500));
    const config = configOf(
      [
        { id: "small", base_url: small.url, weight: 2 },
        { id: "failing", base_url: failing.url, weight: 1 },
        { id: "large", base_url: large.url, weight: 7 },
      ],
      { providers: { strategy: "weighted_round_robin", circuit_breaker: { enabled: false } } },
    );
    const { ask, events } = testGateway(config);
    for (let turn = 0; turn < 100; turn++) expect((await ask(CHAT)).status).toBe(200);
    const firsts = events.map(({ route }) => route!.order[0]!);
    expect([countOf(firsts, "large"), countOf(firsts, "small"), countOf(firsts, "failing")]).toEqual([70, 20, 10]);
    expect([large.requests.length, small.requests.length, failing.requests.length]).toEqual([80, 20, 10]);
    expect(events[0]!.route).toMatchObject({
      strategy: "weighted_round_robin",
      decision: "its turn by weight",
      order: ["large", "small", "failing"],
    });
  });

  test("of a group counts its own turns", async () => {
    const { run, asked } = gatewayOver(
      { a: ok, b: ok },
      {
        target: { a: { weight: 3 } },
        providers: { strategy: "fallback" },
        model_groups: [
          { name: "g", targets: ["a", "b"], strategy: "weighted_round_robin" },
          { name: "h", targets: ["a", "b"], strategy: "round_robin" },
        ],
      },
    );
    for (let turn = 0; turn < 8; turn++) for (const model of ["g", "h", "m"]) await run({ ...CHAT, model });
    const of = (at: number) =>
      asked()
        .filter((_, index) => index % 3 === at)
        .join("");
    expect([of(0), of(1), of(2)]).toEqual(["aaabaaab", "abababab", "aaaaaaaa"]);
  });

  test("is what a consumer is routed by, whatever the gateway does", async () => {
    const key = "sk-x";
    const { run, asked } = gatewayOver(
      { a: ok, b: ok },
      {
        consumers: [
          {
            id: "x",
            key_sha256: sha256Hex(key),
            roles: [],
            routing: "weighted_round_robin",
          },
        ],
      },
    );
    for (let turn = 0; turn < 4; turn++) await run(CHAT, { headers: { "x-api-key": key } });
    expect(asked().join("")).toBe("abab");
  });
});

describe("sticky_by", () => {
  const sticky = () =>
    gatewayOver(
      { a: ok, b: ok, c: ok },
      { providers: { strategy: "weighted_round_robin", routing: { sticky_by: "X-User" } } },
    );
  const as = (user: string) => ({ headers: { "x-user": user } });

  test("keeps each caller on one target and spreads callers over all", async () => {
    const { run, asked, events } = sticky();
    for (let user = 0; user < 60; user++) {
      for (let turn = 0; turn < 3; turn++) await run(CHAT, as(`user-${user}`));
      expect(new Set(asked().slice(-3)).size).toBe(1);
    }
    for (const id of ["a", "b", "c"]) expect(countOf(asked(), id)).toBeGreaterThan(30);
    expect(events[0]!.route!.decision).toBe("sticky");
  });

  test("means the same on another gateway", async () => {
    const [one, other] = [sticky(), sticky()];
    await other.run();
    for (let user = 0; user < 20; user++) {
      await one.run(CHAT, as(`u${user}`));
      await other.run(CHAT, as(`u${user}`));
    }
    expect(other.asked().slice(1)).toEqual(one.asked());
  });

  test("takes turns with callers who do not send it", async () => {
    const { run, asked } = sticky();
    for (let turn = 0; turn < 6; turn++) await run();
    await run(CHAT, as(""));
    expect(asked().join("")).toBe("abcabca");
  });

  test("falls to the next of its own where its target fails", async () => {
    const failing = gatewayOver(
      { a: fails(500), b: ok, c: ok },
      { providers: { strategy: "round_robin", routing: { sticky_by: "x-user" } } },
    );
    const seconds = new Map<string, Set<string | null>>();
    for (let turn = 0; turn < 90; turn++) {
      const user = `user-${turn % 30}`;
      const { response } = await failing.run(CHAT, as(user));
      seconds.set(user, (seconds.get(user) ?? new Set()).add(response.headers.get("x-weir-target")));
    }
    expect([...seconds.values()].map((targets) => targets.size)).toEqual(Array.from({ length: 30 }, () => 1));
  });
});

describe("max_in_flight", () => {
  test("above it a target is saturated, and others are asked", async () => {
    const slow = held();
    const { ask, run, asked, events, recorded, gateway } = gatewayOver(
      { a: slow.behaviour, b: ok },
      { target: { a: { max_in_flight: 2 } } },
    );
    const waiting = [ask(CHAT), ask(CHAT)];
    while (asked().length < 2) await Promise.resolve();
    await run();
    expect(asked().join("")).toBe("aab");
    expect(events[0]!.route).toMatchObject({
      candidates: [
        { target: "a", dropped: "saturated" },
        { target: "b", dropped: null },
      ],
      order: ["b"],
    });
    expect(gateway.targets()[0]).toMatchObject({ in_flight: 2, available: false, reason: "saturated" });
    slow.release();
    await Promise.all(waiting);
    await recorded(3);
    await run();
    expect(asked().join("")).toBe("aaba");
  });

  test("everywhere is 503 with a Retry-After, and nobody is asked", async () => {
    const slow = held();
    const { ask, run, asked } = gatewayOver({ a: slow.behaviour }, { target: { a: { max_in_flight: 1 } } });
    const waiting = ask(CHAT);
    while (asked().length < 1) await Promise.resolve();
    const { response, error } = await run();
    expect([response.status, response.headers.get("retry-after"), error?.["code"]]).toEqual([
      503,
      "1",
      "service_unavailable",
    ]);
    expect(error?.["message"]).toContain("1 × saturated");
    slow.release();
    expect((await waiting).status).toBe(200);
    expect(asked()).toEqual(["a"]);
  });

  test("holds for failover and for many at once", async () => {
    const slow = held();
    let most = 0;
    let now = 0;
    const counting: Behaviour = async (call) => {
      most = Math.max(most, ++now);
      const answer = await slow.behaviour(call);
      now--;
      return answer;
    };
    const { ask, recorded } = gatewayOver(
      { a: fails(500), b: counting },
      {
        target: { b: { max_in_flight: 5 } },
        providers: { circuit_breaker: { enabled: false }, retry: { max_attempts: 1 } },
      },
    );
    const all = Array.from({ length: 40 }, () => ask(CHAT));
    await recorded(35);
    slow.release();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect([most, statuses.filter((status) => status === 200).length]).toEqual([5, 5]);
  });
});

describe("single", () => {
  test("is the first target alone, and nobody in its place", async () => {
    const { run, asked, events } = gatewayOver(
      { a: ok, b: ok },
      {
        target: { a: { secret_key_ref: { env: "NOT_SET" } }, b: { model: "other" } },
        providers: { strategy: "single" },
      },
    );
    const { response, error } = await run({ ...CHAT, model: "other" });
    expect([response.status, error?.["code"], asked()]).toEqual([503, "service_unavailable", []]);
    expect(error?.["message"]).toContain("1 × secret missing");
    expect(events[0]!.route!.candidates[1]).toEqual({ target: "b", dropped: "not the first target" });
  });

  test("does not fail over", async () => {
    const { run, asked } = gatewayOver({ a: fails(500), b: ok }, { providers: { strategy: "single" } });
    expect((await run()).response.status).toBe(502);
    expect(asked()).toEqual(["a"]);
  });
});

describe("cost", () => {
  const target = {
    a: { model: "x", pricing: { prompt: 10, completion: 1 } },
    b: { model: "x", pricing: { prompt: 1, completion: 10 } },
    c: { model: "x" },
    d: { model: "y", pricing: { prompt: 0, completion: 0 } },
    e: { model: "x", pricing: { prompt: 100, completion: 100 } },
  };
  const over = (behaviour: Behaviour = ok) =>
    gatewayOver(Object.fromEntries(Object.keys(target).map((id) => [id, behaviour])), {
      target,
      providers: { strategy: "cost", fallback: { max_fallback_attempts: 9 } },
    });
  const long = [{ role: "user", content: "many words to read ".repeat(400) }];

  test("goes by the price of this very request, among targets that serve its model", async () => {
    const { run, asked, events } = over(fails(500));
    await run({ model: "x", messages: long, max_tokens: 1 });
    await run({ model: "x", messages: CHAT.messages, max_tokens: 4_000 });
    expect(asked().join("")).toBe("baecabec");
    expect(events[0]!.route).toMatchObject({ decision: "lowest price", order: ["b", "a", "e", "c"] });
    expect(events[0]!.route!.candidates[3]).toEqual({ target: "d", dropped: "other_model" });
  });

  test("never puts a cheaper model in the place of the one asked for", async () => {
    const { run, asked } = over();
    for (const model of ["x", "y", "e", "c"]) await run({ ...CHAT, model });
    expect(asked().join("")).toBe("adec");
  });

  test("of a group goes by price among all of it", async () => {
    const { run, asked } = gatewayOver(
      { a: ok, d: ok },
      { target, model_groups: [{ name: "g", targets: ["a", "d"], strategy: "cost" }] },
    );
    await run({ ...CHAT, model: "g" });
    expect(asked()).toEqual(["d"]);
  });
});

describe("least_busy", () => {
  test("asks whoever has the fewest requests in flight", async () => {
    const slow = held();
    const { ask, asked } = gatewayOver(
      { a: slow.behaviour, b: slow.behaviour, c: slow.behaviour },
      { providers: { strategy: "least_busy" } },
    );
    const all = Array.from({ length: 9 }, () => ask(CHAT));
    while (asked().length < 9) await Promise.resolve();
    for (const id of ["a", "b", "c"]) expect(countOf(asked(), id)).toBe(3);
    slow.release();
    expect((await Promise.all(all)).every(({ status }) => status === 200)).toBe(true);
  });
});

describe("round_robin", () => {
  test("is even among those that can be asked", async () => {
    const { run, asked } = gatewayOver(
      { a: ok, b: ok, c: ok },
      { target: { b: { secret_key_ref: { env: "NOT_SET" } } }, providers: { strategy: "round_robin" } },
    );
    for (let turn = 0; turn < 6; turn++) await run();
    expect(asked().join("")).toBe("acacac");
  });
});

describe("the README's routing", () => {
  test("goes by latency, and keeps the callers of a group apart by weight", async () => {
    const readme = await Bun.file(`${ROOT}README.md`).text();
    const files = ["policy-config.yaml", "routing.yaml"];
    const shown = (file: string) => new RegExp(`^\`\`\`yaml\n(# ${file}\n[^\`]*)^\`\`\``, "m").exec(readme)?.[1];
    const env = { MISTRAL_API_KEY: "sk" };
    const loaded = loadConfig({ files, env, readFile: (path) => new TextEncoder().encode(shown(path)) });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.problems.map(({ code }) => code)).not.toContain("W010");
    const upstream = (() => Promise.resolve(Response.json(chatAnswer("hi")))) as unknown as typeof fetch;
    const { ask, events } = testGateway(loaded.config, { env, fetch: upstream });
    for (let turn = 0; turn < 15; turn++) await ask({ ...CHAT, model: "mistral-small" });
    const firsts = events.map(({ target }) => target);
    for (const id of ["mistral-small", "mistral-medium", "on-premises"]) expect(countOf(firsts, id)).toBe(5);
    expect(events[0]!.route).toMatchObject({ strategy: "latency", decision: "exploring" });

    events.length = 0;
    for (let user = 0; user < 200; user++)
      for (const _ of [1, 2]) await ask({ ...CHAT, model: "chat-ab" }, { headers: { "x-user-id": `u${user}` } });
    const asked = events.map(({ target }) => target);
    expect(asked.filter((_, at) => at % 2 === 0)).toEqual(asked.filter((_, at) => at % 2 === 1));
    expect(Math.abs(countOf(asked, "mistral-medium") / asked.length - 0.1)).toBeLessThan(0.06);
  });
});
