import { afterEach, describe, expect, test } from "bun:test";
import { CHAT, configOf, testGateway } from "../../support/gateway.ts";
import { startUpstream } from "../../support/upstream.ts";
import { consumer, key, outcome, PRICING } from "./limits-fixture.ts";

const upstreams: Disposable[] = [];
afterEach(() => {
  for (const upstream of upstreams.splice(0)) upstream[Symbol.dispose]();
});

/** A gateway over real sockets, whose upstream's streams stop after their first word until they are released. */
function streaming(more: Parameters<typeof configOf>[1]) {
  const upstream = startUpstream({ held: true });
  upstreams.push(upstream);
  const made = testGateway(configOf([{ id: "a", base_url: upstream.baseUrl, pricing: PRICING }], more));
  const open = (headers: Record<string, string> = {}, body: object = {}) =>
    made.ask({ ...CHAT, stream: true, ...body }, { headers });
  return { ...made, upstream, open };
}

describe("limits of streams", () => {
  test("a stream holds its place and its money until it has ended, and pays what its usage says", async () => {
    const { open, upstream, recorded, events } = streaming({
      consumers: [consumer("ann", { rate_limits: { max_parallel_requests: 1 }, budget: { usd_per_day: 0.05 } })],
    });
    const stream = await open(key("ann"), { max_tokens: 40 });
    expect(stream.status).toBe(200);
    expect(await outcome(open(key("ann")))).toBe("429 too_many_streams");
    upstream.release();
    await stream.text();
    await recorded(2);
    // 4 tokens at 0.001 USD
    expect(events.at(-1)).toMatchObject({ consumer: "ann", cost: { usd: 0.004, basis: "exact" } });
    expect(await outcome(open(key("ann"), { max_tokens: 47 }))).toBe("402 budget_exceeded");
    const next = await open(key("ann"), { max_tokens: 46 });
    expect(next.status).toBe(200);
    await next.text();
  });

  test("a client that leaves gives its place back, and pays for what it was sent", async () => {
    const { open, recorded, events } = streaming({
      server: { max_concurrency: 1, max_queued_requests: 0 },
      budgets: { usd_per_day: 10 },
    });
    const stream = await open();
    expect(await outcome(open())).toBe("503 overloaded");
    await stream.body!.cancel();
    await recorded(2);
    expect(events.at(-1)).toMatchObject({ outcome: "cancelled", cost: { basis: "estimated" } });
    expect(events.at(-1)?.cost?.usd).toBeGreaterThan(0);
    const next = await open();
    expect(next.status).toBe(200);
    await next.body!.cancel();
  });

  test("headers of rates go out before the first byte", async () => {
    const { open } = streaming({ global_rate_limit: { max_requests: 5, window_seconds: 60 } });
    const stream = await open();
    expect(stream.headers.get("x-ratelimit-remaining-requests")).toBe("4");
    await stream.body!.cancel();
  });
});
