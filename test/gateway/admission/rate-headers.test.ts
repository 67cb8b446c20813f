import { describe, expect, test } from "bun:test";
import { overRate, rateHeaders, showDuration } from "../../../src/gateway/admission/rate-headers.ts";
import type { Rate } from "../../../src/store/counters/counters.ts";
import { MeterState } from "../../../src/store/counters/meter-book.ts";

const meter = (unit: Rate["unit"], setting: string, limit: { max: number; windowMs: number }) =>
  new MeterState({ id: setting, unit, setting, ...limit });
const requests = (max: number, windowMs = 60_000) => meter("requests", "global_rate_limit", { max, windowMs });

describe("readings", () => {
  test("refuses with the longest wait, its setting and the headers", () => {
    const one = requests(1, 10_000);
    const other = requests(2);
    one.window.add(0, 1);
    other.window.add(0, 2);
    expect(overRate([one, other], 4_000)).toEqual(
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
  });

  test("headers name the tightest of each unit", () => {
    const tokens = meter("tokens", "t", { max: 1_000, windowMs: 60_000 });
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
