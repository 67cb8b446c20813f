import { describe, expect, test } from "bun:test";
import type { Config } from "../../../src/config/config.ts";
import { CHAT } from "../../support/gateway.ts";
import { answerOf, consumer, key, limited, outcome, usage } from "./limits-fixture.ts";

const from = (address: string): Record<string, string> => ({ "x-forwarded-for": address });

async function outcomes(count: number, ask: () => Promise<Response>): Promise<string[]> {
  const all: string[] = [];
  for (let at = 0; at < count; at++) all.push(await outcome(ask()));
  return all;
}

describe("rates of requests", () => {
  test("so many within any window, to the millisecond, with the headers of OpenAI", async () => {
    const { chat, clock } = limited({ global_rate_limit: { max_requests: 3, window_seconds: 60 } });
    const first = await chat();
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("3");
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("2");
    expect(first.headers.get("x-ratelimit-reset-requests")).toBe("1m0s");
    await clock.advance(20_000);
    expect(await outcomes(3, chat)).toEqual(["200", "200", "429 rate_limited"]);
    const refused = await chat();
    expect(refused.headers.get("retry-after")).toBe("40");
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(refused.headers.get("x-ratelimit-reset-requests")).toBe("1m0s");
    expect(refused.headers.get("x-should-retry")).toBeNull();
    await clock.advance(39_999);
    expect(await outcomes(1, chat)).toEqual(["429 rate_limited"]);
    await clock.advance(1);
    expect(await outcomes(2, chat)).toEqual(["200", "429 rate_limited"]);
  });

  test("what is refused does not count", async () => {
    const { chat, clock } = limited({ global_rate_limit: { max_requests: 1, window_seconds: 10 } });
    await outcomes(20, chat);
    await clock.advance(10_000);
    expect(await outcomes(1, chat)).toEqual(["200"]);
  });

  test("requests that come together count together", async () => {
    const { chat } = limited({ global_rate_limit: { max_requests: 7, window_seconds: 60 } });
    const all = await Promise.all(Array.from({ length: 50 }, () => outcome(chat())));
    expect(all.filter((each) => each === "200")).toHaveLength(7);
    expect(all.filter((each) => each === "429 rate_limited")).toHaveLength(43);
  });

  test("each address has its own, behind proxies as deep as configured", async () => {
    const rate = { max_requests: 1, window_seconds: 60 };
    const { chat } = limited({ ip_rate_limit: rate, server: { trust_proxy_depth: 1 } });
    expect(await outcome(chat(from("1.1.1.1")))).toBe("200");
    expect(await outcome(chat(from("1.1.1.1")))).toBe("429 rate_limited");
    expect(await outcome(chat(from("9.9.9.9, 1.1.1.1")))).toBe("429 rate_limited");
    expect(await outcome(chat(from("1.1.1.1, 2.2.2.2")))).toBe("200");
    expect(await outcome(chat(from("2001:db8::1")))).toBe("200");
    expect(await outcome(chat(from("2001:db8::ffff:2")))).toBe("429 rate_limited");
    const own = limited({ ip_rate_limit: { ...rate, trust_proxy_depth: 0 }, server: { trust_proxy_depth: 1 } });
    expect(await outcome(own.chat(from("1.1.1.1")))).toBe("200");
    expect(await outcome(own.chat(from("2.2.2.2")))).toBe("429 rate_limited");
  });

  test("who tries keys is slowed down by the rate of its address", async () => {
    const { chat } = limited({
      ip_rate_limit: { max_requests: 2, window_seconds: 60 },
      server: { trust_proxy_depth: 1 },
      consumers: [consumer("ann")],
    });
    const guess = { ...from("1.1.1.1"), authorization: "Bearer guess" };
    expect(await outcomes(3, () => chat(guess))).toEqual([
      "401 invalid_api_key",
      "401 invalid_api_key",
      "429 rate_limited",
    ]);
    expect(await outcome(chat({ ...from("2.2.2.2"), ...key("ann") }))).toBe("200");
  });

  test("each user has its own; without the header the consumer, else the address", async () => {
    const rate = { max_requests: 1, window_seconds: 60, header_names: ["x-end-user", "x-user-id"] };
    const { chat } = limited({ user_rate_limit: rate, consumers: [consumer("ann"), consumer("bob")] });
    const as = (headers: Record<string, string>, who = "ann") => outcome(chat({ ...key(who), ...headers }));
    expect(await as({ "x-end-user": "u1" })).toBe("200");
    expect(await as({ "X-End-User": "u1" })).toBe("429 rate_limited");
    expect(await as({ "x-end-user": "u2", "x-user-id": "u1" })).toBe("200");
    expect(await as({ "x-user-id": "u1" })).toBe("200");
    expect(await as({})).toBe("200");
    expect(await as({})).toBe("429 rate_limited");
    expect(await as({}, "bob")).toBe("200");
    const open = limited({ user_rate_limit: rate, server: { trust_proxy_depth: 1 } });
    expect(await outcome(open.chat(from("1.1.1.1")))).toBe("200");
    expect(await outcome(open.chat(from("1.1.1.1")))).toBe("429 rate_limited");
    expect(await outcome(open.chat(from("2.2.2.2")))).toBe("200");
  });

  test("each consumer has its own, and a request that one limit refuses is not counted by another", async () => {
    const { chat, clock } = limited({
      global_rate_limit: { max_requests: 3, window_seconds: 30 },
      consumers: [consumer("ann", { rate_limits: { requests_per_minute: 1 } }), consumer("bob")],
    });
    expect(await outcomes(5, () => chat(key("ann")))).toEqual(["200", ...Array(4).fill("429 rate_limited")]);
    expect(await outcomes(3, () => chat(key("bob")))).toEqual(["200", "200", "429 rate_limited"]);
    await clock.advance(30_000);
    expect(await outcome(chat(key("ann")))).toBe("429 rate_limited");
    await clock.advance(30_000);
    expect(await outcome(chat(key("ann")))).toBe("200");
  });

  test("the event of a refused request says whose it was", async () => {
    const { chat, events } = limited({ consumers: [consumer("ann", { rate_limits: { requests_per_minute: 1 } })] });
    await outcomes(2, () => chat(key("ann")));
    expect(events.map(({ outcome: ended, consumer: who }) => [ended, who])).toEqual([
      ["ok", "ann"],
      ["rate_limited", "ann"],
    ]);
  });

  test("a reload goes on counting, also where it raises or lowers the limit", async () => {
    const limit = { global_rate_limit: { max_requests: 2, window_seconds: 60 } };
    const gateway = limited(limit);
    expect(await outcomes(2, gateway.chat)).toEqual(["200", "200"]);
    gateway.reload(gateway.gateway.config);
    expect(await outcomes(1, gateway.chat)).toEqual(["429 rate_limited"]);
    const raised = (max_requests: number, window_seconds = 60) =>
      gateway.reload({ ...gateway.gateway.config, global_rate_limit: { max_requests, window_seconds } } as Config);
    raised(3);
    expect(await outcomes(2, gateway.chat)).toEqual(["200", "429 rate_limited"]);
    raised(1);
    expect(await outcomes(1, gateway.chat)).toEqual(["429 rate_limited"]);
    raised(3, 30);
    expect(await outcomes(4, gateway.chat)).toEqual(["200", "200", "200", "429 rate_limited"]);
  });

  test("it is refused before its body is read", async () => {
    const { ask } = limited({ global_rate_limit: { max_requests: 1, window_seconds: 60 } });
    await ask(CHAT);
    expect(await outcome(ask("this is no JSON"))).toBe("429 rate_limited");
  });
});

describe("rates of tokens", () => {
  test("what was used counts, once it is known; the request that goes over still gets its answer", async () => {
    const { chat, clock } = limited(
      { token_rate_limit: { max_tokens: 100, window_seconds: 60 } },
      { answer: () => answerOf(usage(20, 25)) },
    );
    expect(await outcomes(4, chat)).toEqual(["200", "200", "200", "429 rate_limited"]);
    const refused = await chat();
    expect(refused.headers.get("x-ratelimit-limit-tokens")).toBe("100");
    expect(refused.headers.get("x-ratelimit-remaining-tokens")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe("60");
    await clock.advance(60_000);
    expect(await outcome(chat())).toBe("200");
  });

  test("requests under way hold what they may use, so that a burst does not pass together", async () => {
    const gateway = limited({ token_rate_limit: { max_tokens: 100, window_seconds: 60 } }, { held: true });
    const all = Array.from({ length: 5 }, () => gateway.chat({}, { max_tokens: 70 }));
    await gateway.clock.advance(0);
    expect(gateway.held).toBe(2);
    while (gateway.held > 0) gateway.release(answerOf(usage(5, 5)));
    expect((await Promise.all(all.map(outcome))).sort()).toEqual(["200", "200", ...Array(3).fill("429 rate_limited")]);
    const later = gateway.chat({}, { max_tokens: 70 });
    await gateway.clock.advance(0);
    expect(gateway.held).toBe(1);
    gateway.release();
    expect(await outcome(later)).toBe("200");
  });

  test("by consumer, minute and day", async () => {
    const rates = { tokens_per_minute: 60, tokens_per_day: 100 };
    const { chat, clock } = limited(
      { consumers: [consumer("ann", { rate_limits: rates }), consumer("bob")] },
      { answer: () => answerOf(usage(30, 30)) },
    );
    const ann = () => chat(key("ann"));
    expect(await outcomes(2, ann)).toEqual(["200", "429 rate_limited"]);
    await clock.advance(60_000);
    expect(await outcomes(1, ann)).toEqual(["200"]);
    await clock.advance(60_000);
    const refused = await ann();
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining("tokens_per_day") } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(86_000);
    expect(await outcome(chat(key("bob")))).toBe("200");
  });

  test.each([
    ["consumer", key("ann"), key("bob")],
    ["user", { ...key("ann"), "x-user-id": "1" }, { ...key("ann"), "x-user-id": "2" }],
    ["ip", { ...key("ann"), ...from("1.1.1.1") }, { ...key("ann"), ...from("2.2.2.2") }],
  ])("by %s", async (scope, one, other) => {
    const { chat } = limited({
      token_rate_limit: { max_tokens: 10, window_seconds: 60, scope },
      consumers: [consumer("ann"), consumer("bob")],
      server: { trust_proxy_depth: 1 },
    });
    expect(await outcomes(2, () => chat(one))).toEqual(["200", "429 rate_limited"]);
    expect(await outcomes(1, () => chat(other))).toEqual(["200"]);
  });

  test("a failed call uses nothing, and an answer without usage what is counted of it", async () => {
    const gateway = limited({ token_rate_limit: { max_tokens: 200, window_seconds: 60 } }, { held: true });
    const ask = async (body: object, answer: [object, number]) => {
      const response = gateway.chat({}, body);
      await gateway.clock.advance(0);
      gateway.release(...answer);
      await response;
      return gateway.gateway;
    };
    await ask({ max_tokens: 150 }, [{ error: { message: "boom" } }, 500]);
    await ask({ max_tokens: 5 }, [answerOf(null), 200]);
    const third = gateway.chat({}, { max_tokens: 5 });
    await gateway.clock.advance(0);
    gateway.release();
    // the second: 19 tokens for a body of 76 characters and one for "hi"; the third holds 25 for its prompt and 5 more
    expect((await third).headers.get("x-ratelimit-remaining-tokens")).toBe("150");
  });
});

describe("places", () => {
  test("who finds none waits in order, who finds no seat is told to come again", async () => {
    const gateway = limited({ server: { max_concurrency: 2, max_queued_requests: 2 } }, { held: true });
    const all = Array.from({ length: 6 }, (_, at) => gateway.chat({}, { user: String(at) }));
    await gateway.clock.advance(0);
    expect(gateway.held).toBe(2);
    const refused = await all[5]!;
    expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("x-should-retry")]).toEqual([
      503,
      "1",
      null,
    ]);
    for (let at = 0; at < 4; at++) {
      gateway.release();
      await gateway.clock.advance(0);
    }
    expect(await Promise.all(all.slice(0, 4).map(outcome))).toEqual(["200", "200", "200", "200"]);
    expect(gateway.gateway.inFlight()).toBe(0);
  });

  test("without a setting as many may wait as may run, for ten seconds", async () => {
    const gateway = limited({ server: { max_concurrency: 1 } }, { held: true });
    const all = Array.from({ length: 3 }, () => gateway.chat());
    await gateway.clock.advance(0);
    expect(await outcome(all[2]!)).toBe("503 overloaded");
    await gateway.clock.advance(10_100);
    expect(await outcome(all[1]!)).toBe("503 overloaded");
    gateway.release();
    expect(await outcome(all[0]!)).toBe("200");
  });

  test("a client that leaves the queue costs no call and holds no place", async () => {
    const gateway = limited({ server: { max_concurrency: 1 } }, { held: true });
    const first = gateway.chat();
    await gateway.clock.advance(0);
    const client = new AbortController();
    const second = gateway.ask(CHAT, { signal: client.signal });
    await gateway.clock.advance(0);
    client.abort();
    expect((await second).status).toBe(499);
    gateway.release();
    expect(await outcome(first)).toBe("200");
    expect(gateway.calls).toBe(1);
    const third = gateway.chat();
    await gateway.clock.advance(0);
    gateway.release();
    expect(await outcome(third)).toBe("200");
    expect(gateway.events.map(({ outcome: ended }) => ended)).toEqual(["cancelled", "ok", "ok"]);
  });

  test("places are the process's: a reload hands them on", async () => {
    const gateway = limited({ server: { max_concurrency: 1, max_queued_requests: 0 } }, { held: true });
    const first = gateway.chat();
    await gateway.clock.advance(0);
    gateway.reload(gateway.gateway.config);
    expect(await outcome(gateway.chat())).toBe("503 overloaded");
    gateway.release();
    expect(await outcome(first)).toBe("200");
  });

  test("a request that an error ends gives its place back", async () => {
    const gateway = limited({ server: { max_concurrency: 1, max_queued_requests: 0 } });
    for (let at = 0; at < 3; at++) expect(await outcome(gateway.ask("{"))).toBe("400 invalid_json");
    expect(await outcome(gateway.chat())).toBe("200");
  });
});
