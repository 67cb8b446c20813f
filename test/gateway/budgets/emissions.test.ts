import { describe, expect, test } from "bun:test";
import { answerOf, consumer, key, limited, outcome, usage } from "../admission/limits-fixture.ts";

const DAY_MS = 86_400_000;
const PARIS = { id: "a", base_url: "http://a.test/v1", region: "scaleway-par-1", model: "mistral-medium-3" };
const SIZE = { energy: { active_params_b: 95, total_params_b: 95 } };

function budgeted(grams: number, options: Parameters<typeof limited>[1] & { more?: object } = {}) {
  const { more, ...rest } = options;
  const gateway = limited(
    { consumers: [consumer("one", { budget: { gco2e_per_day: grams, ...more } }), consumer("two")] },
    { targets: [PARIS], ...rest },
  );
  const want = (body: object = {}) => gateway.chat(key("one"), { model: PARIS.model, ...body });
  const embed = (body: object) =>
    gateway.gateway.answer(
      "embeddings",
      new Request("http://weir.test/v1", { method: "POST", headers: key("one"), body: JSON.stringify(body) }),
      { id: "req-2", address: null },
    );
  const emitted = () => gateway.events.reduce((sum, { carbon }) => sum + (carbon?.gco2e ?? 0), 0);
  return Object.assign(gateway, { want, embed, emitted });
}

/** What an answer of so many tokens comes to when it takes as long as the formulas say. */
async function gramsOf(tokens: number): Promise<number> {
  const gateway = budgeted(1_000_000, { held: true });
  const answer = gateway.want({ max_tokens: tokens });
  await gateway.clock.advance(30_000);
  gateway.release(answerOf(usage(1, tokens)));
  expect(await outcome(answer)).toBe("200");
  return gateway.emitted();
}

describe("gco2e_per_day", () => {
  test("refuses a request that may emit more than is left of the day, before the call", async () => {
    const grams = await gramsOf(100);
    expect(grams).toBeGreaterThan(0.001);
    const enough = budgeted(grams * 1.0001);
    expect(await outcome(enough.want({ max_tokens: 100 }))).toBe("200");
    const little = budgeted(grams * 0.9999);
    const refused = await little.want({ max_tokens: 100 });
    expect([refused.status, refused.headers.get("x-should-retry"), little.calls]).toEqual([402, "false", 0]);
    const { error } = (await refused.json()) as { error: Record<string, string> };
    expect(error).toMatchObject({
      code: "budget_exceeded",
      type: "insufficient_quota",
      budget: 'consumers["one"].budget.gco2e_per_day',
    });
    expect(error["message"]).toMatch(/may emit up to 0\.0\d+ gCO2e, 0\.0\d+ gCO2e is left of the day$/);
    expect(await outcome(little.chat(key("two"), { model: PARIS.model, max_tokens: 100 }))).toBe("200");
  });

  test("books what the receipt says, and begins anew at midnight UTC", async () => {
    const grams = await gramsOf(100);
    const gateway = budgeted(grams * 1.5, { answer: () => answerOf(usage(1, 10)) });
    const untilTomorrow = DAY_MS - (gateway.clock.now() % DAY_MS);
    const seen: string[] = [];
    for (let at = 0; at < 40 && seen.at(-1) !== "402 budget_exceeded"; at++)
      seen.push(await outcome(gateway.want({ max_tokens: 100 })));
    expect(seen.at(-1)).toBe("402 budget_exceeded");
    const emitted = gateway.emitted();
    expect(gateway.gateway.spending()!['consumers["one"].budget.gco2e_per_day']!.today / 1e9).toBeCloseTo(emitted, 8);
    // what is left is less than 100 tokens may emit, and what went before was not
    expect(emitted).toBeGreaterThan(grams * 0.5);
    expect(emitted).toBeLessThanOrEqual(grams * 1.5);
    await gateway.clock.advance(untilTomorrow);
    expect(await outcome(gateway.want({ max_tokens: 100 }))).toBe("200");
  });

  test("500 at once never emit more than is left", async () => {
    const grams = await gramsOf(30);
    const gateway = budgeted(grams * 33.5, { held: true });
    const all = Array.from({ length: 500 }, () => outcome(gateway.want({ max_tokens: 30 })));
    await gateway.clock.advance(0);
    expect(gateway.held).toBe(33);
    await gateway.clock.advance(30_000);
    while (gateway.held > 0) gateway.release(answerOf(usage(1, 30)));
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((each) => each === "200")).toHaveLength(33);
    expect(outcomes.filter((each) => each === "402 budget_exceeded")).toHaveLength(467);
    expect(gateway.emitted()).toBeLessThanOrEqual(grams * 33.5);
    expect(gateway.emitted()).toBeCloseTo(grams * 33, 6);
  });

  test("takes what was set aside where an answer does not say what it used, and nothing where none came", async () => {
    const grams = await gramsOf(100);
    const silent = budgeted(grams * 1.5, { answer: () => answerOf({ prompt_tokens: 3 }) });
    expect(await outcome(silent.want({ max_tokens: 100 }))).toBe("200");
    expect(await outcome(silent.want({ max_tokens: 100 }))).toBe("402 budget_exceeded");
    // whoever says that it wrote nothing has said it
    const empty = budgeted(grams * 1.5, { answer: () => answerOf(usage(3, 0)) });
    for (let at = 0; at < 3; at++) expect(await outcome(empty.want({ max_tokens: 100 }))).toBe("200");
    expect(empty.emitted()).toBe(0);
    const failing = budgeted(grams * 1.5, { held: true });
    for (let at = 0; at < 3; at++) {
      const answer = failing.want({ max_tokens: 100 });
      await failing.clock.advance(0);
      failing.release({ error: { message: "no" } }, 500);
      expect(await outcome(answer)).toBe("502 upstream_failed");
    }
  });

  test("sends nothing where nobody can say what it emits", async () => {
    const unknown = budgeted(5, { targets: [{ ...PARIS, model: "house-model" }] });
    const refused = await unknown.want({ model: "house-model" });
    const { error } = (await refused.json()) as { error: { message: string } };
    expect([refused.status, unknown.calls]).toEqual([402, 0]);
    expect(error.message).toContain(
      'nobody knows what it emits at "a"; a target needs a region, and a model of known size',
    );
    const sized = budgeted(5, { targets: [{ ...PARIS, model: "house-model", ...SIZE }] });
    expect(await outcome(sized.want({ model: "house-model" }))).toBe("200");
    const nowhere = { id: "b", base_url: "http://b.test/v1", model: PARIS.model };
    const both = budgeted(5, { targets: [nowhere, PARIS] });
    const answer = await both.want();
    expect([answer.status, answer.headers.get("x-weir-target")]).toEqual([200, "a"]);
    expect(both.events[0]!.route!.candidates.find(({ target }) => target === "b")?.dropped).toBe(
      "no emissions known for the budget",
    );
  });

  test("leaves embeddings alone, which have no output tokens to count by", async () => {
    const gateway = budgeted(0, {
      answer: () => ({ object: "list", data: [{ embedding: [1] }], usage: { prompt_tokens: 3 } }),
    });
    const body = { model: PARIS.model, input: "hi" };
    const answer = await gateway.embed(body);
    expect(answer.status).toBe(200);
    expect(await outcome(gateway.want({ max_tokens: 1 }))).toBe("402 budget_exceeded");
  });

  test("stands beside a budget of money: each is exact by itself", async () => {
    const priced = { ...PARIS, pricing: { prompt: 0, completion: 1_000 } };
    const money = budgeted(5, { targets: [priced], more: { usd_per_day: 0.1 } });
    const outcomes: string[] = [];
    for (let at = 0; at < 25; at++) outcomes.push(await outcome(money.want({ max_tokens: 5 })));
    expect(outcomes.filter((each) => each === "200")).toHaveLength(20);
    const refused = (await (await money.want({ max_tokens: 5 })).json()) as { error: { budget: string } };
    expect(refused.error.budget).toBe('consumers["one"].budget.usd_per_day');
    const grams = await gramsOf(5);
    const carbon = budgeted(grams / 2, { targets: [priced], more: { usd_per_day: 100 } });
    const other = (await (await carbon.want({ max_tokens: 5 })).json()) as { error: { budget: string } };
    expect(other.error.budget).toBe('consumers["one"].budget.gco2e_per_day');
    const spending = money.gateway.spending()!;
    expect(spending['consumers["one"].budget']!.today).toBe(0.1e9);
  });
});
