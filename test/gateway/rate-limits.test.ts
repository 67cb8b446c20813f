import { describe, expect, test } from "bun:test";
import { createMeter, MeterBook, remaining, waitFor } from "../../src/gateway/rate-limits.ts";
import { rateHeaders, refuseFull, showDuration } from "../../src/gateway/rate-limits-headers.ts";

const requests = (max: number, windowMs = 60_000) => createMeter("requests", "global_rate_limit", { max, windowMs });

describe("meters", () => {
  test("what is reserved is not left, and nothing is less than nothing", () => {
    const meter = createMeter("tokens", "token_rate_limit", { max: 100, windowMs: 1_000 });
    meter.reserved = 60;
    expect(remaining(meter, 0)).toBe(40);
    meter.window.add(0, 70);
    expect(remaining(meter, 0)).toBe(0);
  });

  test("a wait that hangs on requests under way is a second", () => {
    const meter = createMeter("tokens", "token_rate_limit", { max: 100, windowMs: 60_000 });
    meter.reserved = 100;
    expect(waitFor(meter, 0)).toBe(1_000);
  });

  test("refuses with the longest wait, its setting and the headers", () => {
    const one = requests(1, 10_000);
    const other = requests(2);
    one.window.add(0, 1);
    other.window.add(0, 2);
    expect(() => refuseFull([one, other], 4_000)).toThrow(
      expect.objectContaining({
        code: "rate_limited",
        message: "Over the rate limit of 2 requests in 60 s (global_rate_limit): try again in 56 s",
        details: {
          retryAfterMs: 56_000,
          headers: {
            "x-ratelimit-limit-requests": "1",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "6s",
          },
        },
      }),
    );
    refuseFull([one], 10_000);
  });

  test("headers name the tightest of each unit", () => {
    const tokens = createMeter("tokens", "t", { max: 1_000, windowMs: 60_000 });
    const wide = requests(100);
    const tight = requests(10);
    tight.window.add(0, 3);
    tokens.reserved = 400;
    expect(rateHeaders([wide, tight, tokens], 500)).toEqual({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "7",
      "x-ratelimit-reset-requests": "59.5s",
      "x-ratelimit-limit-tokens": "1000",
      "x-ratelimit-remaining-tokens": "600",
      "x-ratelimit-reset-tokens": "0ms",
    });
    expect(rateHeaders([], 0)).toEqual({});
  });

  test.each([
    [0, "0ms"],
    [0.2, "1ms"],
    [999, "999ms"],
    [1_000, "1s"],
    [1_001, "1.1s"],
    [59_999, "1m0s"],
    [360_000, "6m0s"],
    [3_600_000, "1h0m0s"],
    [86_399_950, "24h0m0s"],
    [3_723_400, "1h2m3.4s"],
  ])("%d ms is %s", (ms, shown) => {
    expect(showDuration(ms)).toBe(shown);
  });
});

describe("MeterBook", () => {
  test("one meter per key", () => {
    const book = new MeterBook("requests", "ip_rate_limit", { max: 1, windowMs: 1_000 });
    expect(book.meter("a", 0)).toBe(book.meter("a", 5));
    expect(book.meter("a", 0)).not.toBe(book.meter("b", 0));
    const long = "k".repeat(10_000);
    expect(book.meter(long, 0)).toBe(book.meter(long, 0));
    expect(book.meter(long, 0)).not.toBe(book.meter(`${long}x`, 0));
  });

  test("a flood of keys forgets nobody: who is new beyond 10,000 shares one meter, until windows run out", () => {
    const book = new MeterBook("requests", "ip_rate_limit", { max: 3, windowMs: 60_000 });
    for (let key = 0; key < 10_000; key++) book.meter(`key ${key}`, 0).window.add(0, 3);
    const late = book.meter("late", 10);
    expect(book.meter("later", 20)).toBe(late);
    expect(remaining(book.meter("key 0", 30), 30)).toBe(0);
    expect(book.meter("late", 61_000)).not.toBe(late);
    expect(book.meter("late", 61_000)).not.toBe(book.meter("later", 61_000));
  });

  test("what requests under way have reserved is never swept away", () => {
    const book = new MeterBook("tokens", "token_rate_limit", { max: 3, windowMs: 1_000 });
    const held = book.meter("held", 0);
    held.reserved = 2;
    for (let key = 0; key < 9_999; key++) book.meter(`key ${key}`, 0);
    expect(book.meter("new", 5_000)).not.toBe(held);
    expect(book.meter("held", 5_000)).toBe(held);
  });
});
