import { describe, expect, test } from "bun:test";
import type { Config } from "../../../src/config/config.ts";
import { leftOf } from "../../../src/gateway/budgets/budgets.ts";
import { NANO } from "../../../src/lib/nano.ts";
import { Spending } from "../../../src/store/counters/spending.ts";
import { CHAT, configOf, testGateway } from "../../support/gateway.ts";
import { answerOf, consumer, key, limited, outcome, PRICING, usage } from "../admission/limits-fixture.ts";

const DAY_MS = 86_400_000;

describe("an account", () => {
  const account = (limits: object) => ({ owner: "budgets", limits, spending: new Spending() });

  test("has the tightest of its limits left, and none where there are none", () => {
    const { limits, spending, owner } = account({ per_request_usd: 2, usd_per_day: 5, usd_per_month: 6 });
    expect(leftOf({ limits, owner }, spending.at(0))).toEqual({
      nanoUsd: 2 * NANO,
      limit: "per_request_usd",
      owner,
    });
    spending.add(3.5 * NANO, 0);
    expect(leftOf({ limits, owner }, spending.at(0))).toEqual({ nanoUsd: 1.5 * NANO, limit: "usd_per_day", owner });
    spending.reserved = NANO;
    expect(leftOf({ limits, owner }, spending.at(0))?.nanoUsd).toBe(0.5 * NANO);
    expect(leftOf({ limits, owner }, spending.at(DAY_MS))).toEqual({
      nanoUsd: 1.5 * NANO,
      limit: "usd_per_month",
      owner,
    });
    expect(leftOf({ limits: {}, owner }, spending.at(0))).toBeNull();
  });

  test("goes on where an earlier process stopped, on the same day and in the same month", () => {
    const day = Date.UTC(2027, 4, 5, 10);
    const first = new Spending();
    first.add(0.4 * NANO, day);
    const second = new Spending(first.record());
    expect(second.at(day + 1)).toEqual({ today: 0.4 * NANO, thisMonth: 0.4 * NANO, reserved: 0 });
    expect(new Spending(first.record()).at(day + DAY_MS)).toEqual({ today: 0, thisMonth: 0.4 * NANO, reserved: 0 });
    expect(new Spending(first.record()).at(day + 31 * DAY_MS)).toEqual({ today: 0, thisMonth: 0, reserved: 0 });
    expect(new Spending(new Spending().record()).at(day)).toEqual({ today: 0, thisMonth: 0, reserved: 0 });
  });

  test("days and months begin at midnight UTC", () => {
    const { limits, spending, owner } = account({ usd_per_day: 1, usd_per_month: 1 });
    const left = (at: number) => leftOf({ limits, owner }, spending.at(at));
    spending.add(0.4 * NANO, Date.UTC(2027, 0, 31, 23, 59, 59, 999));
    expect(left(Date.UTC(2027, 0, 31, 23, 59, 59, 999))?.nanoUsd).toBe(0.6 * NANO);
    expect(left(Date.UTC(2027, 1, 1))).toEqual({ nanoUsd: NANO, limit: "usd_per_day", owner });
    spending.add(0.4 * NANO, Date.UTC(2027, 1, 1));
    expect(left(Date.UTC(2027, 1, 2))).toEqual({ nanoUsd: 0.6 * NANO, limit: "usd_per_month", owner });
    expect(left(Date.UTC(2028, 1, 2))?.nanoUsd).toBe(NANO);
  });
});

// a completion token is 0.001 USD, a prompt token nothing
describe("budgets", () => {
  test("a request that may cost more than one may is refused before the call, with what it may cost", async () => {
    const gateway = limited({ budgets: { per_request_usd: 0.1 } });
    const { chat } = gateway;
    expect(await outcome(chat({}, { max_tokens: 100 }))).toBe("200");
    const refused = await chat({}, { max_tokens: 101 });
    expect(refused.status).toBe(402);
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(await refused.json()).toMatchObject({
      error: {
        code: "budget_exceeded",
        type: "insufficient_quota",
        budget: "budgets.per_request_usd",
        message:
          "This request does not fit into the budget (budgets.per_request_usd): it may cost up to $0.101, a request may cost $0.1 at most",
      },
    });
    expect(await outcome(chat({}, { max_tokens: 30, n: 4 }))).toBe("402 budget_exceeded");
    expect(gateway.calls).toBe(1);
  });

  test("without max_tokens an answer of 1,024 tokens is assumed; what it really cost is booked", async () => {
    const refused = limited({ budgets: { usd_per_day: 1.023 } });
    expect(await outcome(refused.chat())).toBe("402 budget_exceeded");
    const { chat } = limited({ budgets: { usd_per_day: 1.034 } });
    // 5 tokens each: two are booked, then 1,024 more would not fit
    const all = [];
    for (let at = 0; at < 4; at++) all.push(await outcome(chat()));
    expect(all).toEqual(["200", "200", "200", "402 budget_exceeded"]);
  });

  test("what was spent is gone for the day and the month, and comes back with the next", async () => {
    const { chat, clock } = limited(
      { budgets: { usd_per_day: 0.1, usd_per_month: 0.15 } },
      { answer: () => answerOf(usage(1, 50)) },
    );
    const ask = () => outcome(chat({}, { max_tokens: 50 }));
    const untilTomorrow = () => DAY_MS - (clock.now() % DAY_MS);
    expect([await ask(), await ask(), await ask()]).toEqual(["200", "200", "402 budget_exceeded"]);
    await clock.advance(untilTomorrow() - 1);
    expect(await ask()).toBe("402 budget_exceeded");
    await clock.advance(1);
    expect([await ask(), await ask()]).toEqual(["200", "402 budget_exceeded"]);
    await clock.advance(31 * DAY_MS);
    expect(await ask()).toBe("200");
  });

  test("500 at once never spend more than is left, and what they did not use can be spent again", async () => {
    const gateway = limited({ budgets: { usd_per_day: 1 } }, { held: true });
    const all = Array.from({ length: 500 }, () => outcome(gateway.chat({}, { max_tokens: 30 })));
    await gateway.clock.advance(0);
    // 33 × 0.030 USD are within 1 USD
    expect(gateway.held).toBe(33);
    while (gateway.held > 0) gateway.release(answerOf(usage(1, 10)));
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((each) => each === "200")).toHaveLength(33);
    expect(outcomes.filter((each) => each === "402 budget_exceeded")).toHaveLength(467);
    const again = Array.from({ length: 500 }, () => outcome(gateway.chat({}, { max_tokens: 30 })));
    await gateway.clock.advance(0);
    // 1 - 33 × 0.010 = 0.67 USD
    expect(gateway.held).toBe(22);
    while (gateway.held > 0) gateway.release(answerOf(usage(1, 30)));
    await Promise.all(again);
    const spent = gateway.events.reduce((sum, { cost }) => sum + (cost?.usd ?? 0), 0);
    expect(spent).toBeCloseTo(33 * 0.01 + 22 * 0.03, 9);
    expect(await outcome(gateway.chat({}, { max_tokens: 11 }))).toBe("402 budget_exceeded");
    const last = gateway.chat({}, { max_tokens: 10 });
    await gateway.clock.advance(0);
    expect(gateway.held).toBe(1);
    gateway.release(answerOf(usage(1, 10)));
    expect(await outcome(last)).toBe("200");
  });

  test("a consumer's budget is its own, within the gateway's", async () => {
    const gateway = limited(
      {
        budgets: { usd_per_day: 0.1 },
        consumers: [consumer("ann", { budget: { usd_per_day: 0.05 } }), consumer("bob")],
      },
      { answer: () => answerOf(usage(1, 40)) },
    );
    const ask = async (who: string) => {
      const response = await gateway.chat(key(who), { max_tokens: 40 });
      return response.status === 200 ? "200" : ((await response.json()) as { error: { budget: string } }).error.budget;
    };
    expect(await ask("ann")).toBe("200");
    expect(await ask("ann")).toBe('consumers["ann"].budget.usd_per_day');
    expect(await ask("bob")).toBe("200");
    expect(await ask("bob")).toBe("budgets.usd_per_day");
  });

  test("a failed call costs nothing; a request broken off, its prompt; an answer without usage, its estimate", async () => {
    const pricing = { prompt: 1_000, completion: 1_000 };
    const gateway = limited(
      { budgets: { usd_per_day: 100 } },
      { held: true, targets: [{ id: "a", base_url: "http://a.test/v1", pricing }] },
    );
    const left = async () => {
      const response = gateway.chat({}, { max_tokens: 1_000_000 });
      const text = JSON.stringify(await (await response).json());
      return Number(/\$([\d.]+) is left/.exec(text)?.[1]);
    };
    expect(await left()).toBe(100);
    const failed = gateway.chat({}, { max_tokens: 50 });
    await gateway.clock.advance(0);
    gateway.release({ error: { message: "boom" } }, 500);
    await failed;
    expect(await left()).toBe(100);
    const refused = gateway.events.find(({ outcome }) => outcome === "upstream_failed");
    // what nobody knows is not said to be 0
    expect([refused?.cost, refused?.attempts[0]?.cost]).toEqual(Array(2).fill({ usd: null, basis: "unknown" }));
    const client = new AbortController();
    const cut = gateway.ask(
      { model: "m", max_tokens: 50, messages: [{ role: "user", content: "hello" }] },
      { signal: client.signal },
    );
    await gateway.clock.advance(0);
    client.abort();
    await cut;
    const afterCut = await left();
    // what the ledger says, to the billionth
    expect(afterCut).toBeCloseTo(100 - gateway.events.find(({ outcome }) => outcome === "cancelled")!.cost!.usd!, 9);
    expect(afterCut).toBeLessThan(100);
    expect(afterCut).toBeGreaterThan(99.95);
    const unsaid = gateway.chat({}, { max_tokens: 50 });
    await gateway.clock.advance(0);
    while (gateway.held > 0) gateway.release(answerOf(null));
    await unsaid;
    const unsaidCost = afterCut - (await left());
    expect(unsaidCost).toBeGreaterThan(0.001);
    // by the length of what was said, not by what could have been
    expect(unsaidCost).toBeLessThan(0.05);
  });

  test("a silent upstream may have worked on the prompt: that much is booked", async () => {
    const target = {
      id: "a",
      base_url: "http://a.test/v1",
      timeout_seconds: 5,
      pricing: { prompt: 1_000, completion: 0 },
    };
    const gateway = limited({ budgets: { usd_per_day: 0.2 } }, { held: true, targets: [target] });
    const asking = { messages: [{ role: "user", content: "word ".repeat(100) }] };
    const silent = outcome(gateway.chat({}, asking));
    await gateway.clock.advance(5_001);
    expect(await silent).toBe("504 upstream_timeout");
    expect(await outcome(gateway.chat({}, asking))).toBe("402 budget_exceeded");
  });

  test("tools are part of what a request may cost", async () => {
    const pricing = { prompt: 1_000, completion: 0 };
    const { chat } = limited(
      { budgets: { per_request_usd: 0.1 } },
      { targets: [{ id: "a", base_url: "http://a.test/v1", pricing }] },
    );
    const tool = { type: "function", function: { name: "f", description: "word ".repeat(200), parameters: {} } };
    expect(await outcome(chat())).toBe("200");
    expect(await outcome(chat({}, { tools: [tool] }))).toBe("402 budget_exceeded");
  });

  test("targets that would cost too much, or whose price nobody knows, are left out; with none left it is 402", async () => {
    const targets = [
      { id: "dear", base_url: "http://a.test/v1", pricing: { prompt: 0, completion: 10_000 } },
      { id: "unknown", base_url: "http://b.test/v1" },
      { id: "cheap", base_url: "http://c.test/v1", pricing: PRICING },
    ];
    const { chat, events } = limited({ budgets: { per_request_usd: 0.1 } }, { targets });
    expect(await outcome(chat({}, { max_tokens: 50 }))).toBe("200");
    expect(events[0]?.target).toBe("cheap");
    expect(events[0]?.route?.candidates).toEqual([
      { target: "dear", dropped: "over budget" },
      { target: "unknown", dropped: "no price for the budget" },
      { target: "cheap", dropped: null },
    ]);
    const refused = await chat({}, { max_tokens: 200 });
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining("up to $0.2,") } });
  });

  test("without any price a request under a budget is refused and the target named", async () => {
    const { chat } = limited({ budgets: { usd_per_day: 1 } }, { targets: [{ id: "a", base_url: "http://a.test/v1" }] });
    const refused = await chat();
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({
      error: { code: "budget_exceeded", message: expect.stringContaining('no price is known for "a"') },
    });
  });

  test("list prices count where none is configured", async () => {
    const targets = [
      {
        id: "a",
        provider: "mistral",
        base_url: "http://a.test/v1",
        model: "mistral-large-latest",
        secret_key_ref: { env: "PATH" },
      },
    ];
    const answers = (() => Promise.resolve(Response.json(answerOf(usage(1_000, 1_000))))) as unknown as typeof fetch;
    const config = configOf(targets, { budgets: { usd_per_day: 1 } });
    const { ask, events } = testGateway(config, { env: { PATH: "key" }, fetch: answers });
    expect(await outcome(ask({ ...CHAT, model: "mistral-large-latest" }))).toBe("200");
    // 0.5 and 1.5 USD per 1M tokens
    expect(events[0]?.cost).toEqual({ usd: 0.002, basis: "estimated" });
  });

  test("a reload keeps what was spent and takes the new limits", async () => {
    const gateway = limited({ budgets: { usd_per_day: 0.1 } }, { answer: () => answerOf(usage(1, 100)) });
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("200");
    gateway.reload(gateway.gateway.config);
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("402 budget_exceeded");
    gateway.reload({ ...gateway.gateway.config, budgets: { usd_per_day: 0.2 } } as Config);
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("200");
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("402 budget_exceeded");
  });

  test("a budget that is taken out and put back goes on with what was spent, also by who was under way", async () => {
    const gateway = limited({ budgets: { usd_per_day: 0.2 } }, { answer: () => answerOf(usage(1, 100)) });
    const { config } = gateway.gateway;
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("200");
    const running = gateway.chat({}, { max_tokens: 100 });
    expect(gateway.reload({ ...config, budgets: undefined } as unknown as Config).spending()).toBeNull();
    expect(await outcome(running)).toBe("200");
    expect(gateway.reload(config).spending()?.["budgets"]?.today).toBe(0.2 * NANO);
    expect(await outcome(gateway.chat({}, { max_tokens: 100 }))).toBe("402 budget_exceeded");
  });

  test("nothing at all may be spent with a budget of 0, but what is free", async () => {
    const none = { budgets: { usd_per_day: 0 } };
    expect(await outcome(limited(none).chat({}, { max_tokens: 1 }))).toBe("402 budget_exceeded");
    const free = [{ id: "a", base_url: "http://a.test/v1", pricing: { prompt: 0, completion: 0 } }];
    expect(await outcome(limited(none, { targets: free }).chat({}, { max_tokens: 1 }))).toBe("200");
  });
});

describe("cost on the ledger", () => {
  const cost = async (targets: readonly object[], answer: object) => {
    const { chat, events } = limited({}, { targets, answer: () => answer });
    await (await chat()).text();
    return [events[0]?.cost, events[0]?.attempts.at(-1)?.cost];
  };
  const target = { id: "a", base_url: "http://a.test/v1" };

  test("is exact by a configured price and reported usage, and unknown without either; never 0", async () => {
    const exact = { usd: 0.005, basis: "exact" };
    expect(await cost([{ ...target, pricing: PRICING }], answerOf(usage(10, 5)))).toEqual([exact, exact] as never);
    const unknown = { usd: null, basis: "unknown" };
    expect(await cost([target], answerOf(usage(10, 5)))).toEqual([unknown, unknown] as never);
  });

  test.each([null, {}, { prompt_tokens: null }])(
    "of an answer with the usage %j is estimated from its length",
    async (said) => {
      const [whole, attempt] = await cost([{ ...target, pricing: PRICING }], answerOf(said as never));
      expect(whole).toEqual(attempt as never);
      expect(whole).toMatchObject({ basis: "estimated" });
      expect(whole?.usd).toBeGreaterThan(0);
    },
  );

  test("is what the provider says it charged, unless a price is configured", async () => {
    const said = { ...usage(10, 5), cost: 0.125 };
    expect((await cost([target], answerOf(said)))[0]).toEqual({ usd: 0.125, basis: "exact" });
    expect((await cost([{ ...target, pricing: PRICING }], answerOf(said)))[0]).toEqual({ usd: 0.005, basis: "exact" });
  });

  test("stands on the answer where it is known, as a plain number", async () => {
    const headers = async (pricing: object | undefined, said: object | null) => {
      const { chat } = limited(
        {},
        {
          targets: [{ ...target, ...(pricing === undefined ? {} : { pricing }) }],
          answer: () => answerOf(said as never),
        },
      );
      const response = await chat();
      await response.text();
      return [response.headers.get("x-weir-cost-usd"), response.headers.get("x-weir-cost-basis")];
    };
    expect(await headers(PRICING, usage(10, 5))).toEqual(["0.005", "exact"]);
    expect(await headers({ prompt: 0.02, completion: 0 }, usage(1, 5))).toEqual(["0.00000002", "exact"]);
    expect(await headers({ prompt: 0, completion: 0 }, usage(1, 5))).toEqual(["0", "exact"]);
    expect(await headers(undefined, usage(1, 5))).toEqual([null, "unknown"]);
    expect(await headers(PRICING, null)).toEqual([expect.stringMatching(/^0\.0\d+$/), "estimated"]);
  });

  test("cached prompt tokens have their own price", async () => {
    const pricing = { prompt: 10, completion: 0, cached_prompt: 1 };
    const said = { ...usage(1_000_000, 0), prompt_tokens_details: { cached_tokens: 400_000 } };
    expect((await cost([{ ...target, pricing }], answerOf(said)))[0]).toEqual({ usd: 6.4, basis: "exact" });
  });
});
