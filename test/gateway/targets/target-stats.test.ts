import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Average, Observation, TargetStats } from "../../../src/gateway/targets/target-stats.ts";

const WINDOW_MS = 300_000;

/** An average that has seen these, one a second. */
function seen(...values: readonly number[]): { average: Average; nowMs: number } {
  const average = new Average(true);
  let nowMs = 0;
  for (const value of values) {
    average.begin(nowMs);
    nowMs += 1_000;
    average.observe(value, nowMs, WINDOW_MS);
  }
  return { average, nowMs };
}

describe("an average", () => {
  test("is unknown at first, then the mean", () => {
    expect(new Average(true).averageMs).toBeNull();
    expect(seen(100).average.averageMs).toBe(100);
    expect(seen(100, 120, 140).average).toMatchObject({ samples: 3, lastMs: 140, lastAtMs: 3_000 });
    expect(seen(100, 120, 140).average.averageMs!).toBeCloseTo(120, 0);
  });

  test("stays between the least and the most it has seen", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { averageMs } = seen(...values).average;
        expect(averageMs!).toBeGreaterThanOrEqual(Math.min(...values) * 0.999_999);
        expect(averageMs!).toBeLessThanOrEqual(Math.max(...values) * 1.000_001);
      }),
    );
  });

  test("follows what has changed for good after two samples, and one odd one only a little", () => {
    const calm = Array.from({ length: 50 }, () => 100);
    expect(seen(...calm, 5_000, 5_000).average.averageMs).toBe(5_000);
    expect(seen(...calm, 10, 12).average.averageMs).toBe(11);
    expect(seen(...calm, 300, 100, 100, 100).average.averageMs!).toBeLessThan(130);
    // one much longer and one much shorter agree on nothing
    expect(seen(...calm, 300, 10).average.averageMs!).toBeGreaterThan(100);
  });

  test("gives a sample the more weight the longer there was none", () => {
    const after = (pauseMs: number): number => {
      const { average, nowMs } = seen(...Array.from({ length: 20 }, () => 100));
      average.begin(nowMs);
      average.observe(180, nowMs + pauseMs, WINDOW_MS);
      return average.averageMs!;
    };
    expect(after(1_000)).toBeCloseTo(116, 0);
    expect(after(200_000)).toBeGreaterThan(160);
    expect(after(299_000)).toBeLessThan(180);
  });

  test("begins anew after a pause longer than the window", () => {
    const { average, nowMs } = seen(100, 100, 100, 100);
    average.begin(nowMs);
    average.observe(900, nowMs + WINDOW_MS + 1, WINDOW_MS);
    expect(average).toMatchObject({ averageMs: 900, samples: 1, lastMs: 900 });
  });

  test("gets worse by a failure, however quick, and never without bound", () => {
    const { average, nowMs } = seen(100, 100, 100);
    average.begin(nowMs);
    average.fail(1, nowMs, WINDOW_MS);
    expect(average.averageMs!).toBeGreaterThan(140);
    for (let count = 0; count < 1_000; count++) {
      average.begin(nowMs);
      average.fail(1, nowMs + count, WINDOW_MS);
    }
    expect(average.averageMs!).toBeLessThanOrEqual(3_600_000);
  });

  test("counts failures before the first success without making a number of them", () => {
    const average = new Average(true);
    for (const at of [1, 2, 3]) {
      average.begin(at);
      average.fail(30_000, at, WINDOW_MS);
    }
    expect(average).toMatchObject({ averageMs: null, lastMs: null, samples: 3, lastAtMs: 3, waiting: 0 });
    average.begin(4);
    average.observe(50, 5, WINDOW_MS);
    expect(average).toMatchObject({ averageMs: 50, samples: 4 });
  });

  test("takes from who would not wait what it tells: that it takes longer than that", () => {
    const { average, nowMs } = seen(100, 100, 100);
    average.begin(nowMs);
    average.abandon(50, nowMs + 50, WINDOW_MS);
    expect(average).toMatchObject({ averageMs: 100, samples: 3 });
    average.begin(nowMs);
    average.abandon(2_000, nowMs + 2_000, WINDOW_MS);
    expect(average.averageMs!).toBeGreaterThan(300);
  });

  test("knows how many wait and since when nothing was heard", () => {
    const average = new Average(true);
    const state = () => [average.waiting, average.silentSinceMs];
    average.begin(10);
    average.begin(20);
    expect(state()).toEqual([2, 10]);
    average.observe(15, 25, WINDOW_MS);
    expect(state()).toEqual([1, 25]);
    average.abandon(90, 100, WINDOW_MS);
    expect(state()).toEqual([0, null]);
  });

  test("of another kind of measure takes silence for nothing", () => {
    const average = new Average(false);
    average.begin(10);
    average.begin(10);
    average.observe(1, 20, WINDOW_MS);
    expect([average.waiting, average.silentSinceMs]).toEqual([1, null]);
  });
});

describe("what is observed of an attempt", () => {
  const chat = { endpoint: "chat", stream: false } as const;
  const stats = (): TargetStats => Object.assign(new TargetStats(), { windowMs: WINDOW_MS });

  test("is the time to the answer, and per token of it", () => {
    const all = stats();
    new Observation(all, chat, 100).end({ verdict: "success", tokens: 50 }, 600);
    expect(all.of("chat", false)).toMatchObject({
      latency: { averageMs: 500, waiting: 0 },
      tokenTime: { averageMs: 10, waiting: 0 },
    });
  });

  test("is the time to the first token of a stream, once, whatever becomes of it then", () => {
    const all = stats();
    const streamed = { ...chat, stream: true };
    for (const verdict of ["success", "failure", "nothing"] as const) {
      const observation = new Observation(all, streamed, 0);
      observation.firstToken(40);
      observation.firstToken(90);
      observation.end({ verdict, tokens: 100 }, 2_000);
    }
    expect(all.of("chat", true).latency).toMatchObject({ averageMs: 40, samples: 3, waiting: 0 });
    expect(all.of("chat", true).tokenTime).toMatchObject({ samples: 2, waiting: 0 });
  });

  test("is kept apart by what was asked, and streamed or not", () => {
    const all = stats();
    new Observation(all, { endpoint: "embeddings", stream: false }, 0).end({ verdict: "success", tokens: null }, 10);
    expect(all.of("embeddings", false).latency.averageMs).toBe(10);
    expect(all.of("chat", false).latency.averageMs).toBeNull();
    expect(all.of("chat", true)).not.toBe(all.of("chat", false));
    expect(all.of("chat", true)).toBe(all.of("chat", true));
  });

  test("counts where an answer has no tokens, so that nobody is explored for ever", () => {
    const all = stats();
    new Observation(all, chat, 0).end({ verdict: "success", tokens: 0 }, 10);
    expect(all.of("chat", false).tokenTime).toMatchObject({ averageMs: null, samples: 1, waiting: 0 });
  });

  test("leaves nobody waiting, however attempts end", () => {
    const verdict = fc.constantFrom("success" as const, "failure" as const, "nothing" as const);
    const attempts = fc.array(
      fc.record({ verdict, heard: fc.boolean(), tokens: fc.option(fc.nat(9)), ms: fc.nat(999) }),
    );
    fc.assert(
      fc.property(attempts, (list) => {
        const all = stats();
        const begun = list.map((each, at) => ({ ...each, at, observation: new Observation(all, chat, at) }));
        for (const { observation, heard, at, ms, ...how } of begun) {
          if (heard) observation.firstToken(at + ms);
          observation.end(how, at + 2 * ms);
        }
        const { latency, tokenTime } = all.of("chat", false);
        expect([latency.waiting, tokenTime.waiting, latency.silentSinceMs]).toEqual([0, 0, null]);
      }),
    );
  });
});
