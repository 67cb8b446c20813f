import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { highestThroughput } from "../../src/routing/highest-throughput.ts";
import { latency } from "../../src/routing/latency.ts";
import { aContext, candidates, ids, measured, NOW_MS } from "./candidates.ts";
import { type Script, shareOf, Traffic } from "./traffic.ts";

const takes =
  (ms: number): Script =>
  () =>
    ms;
const fails =
  (ms: number): Script =>
  () => ({ failsAfterMs: ms });

/** Uniform in (0, 1), the same at every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Log-normal around a median, as latencies of models are. */
function jitters(medianMs: number, random: () => number): Script {
  return () => medianMs * Math.exp(0.4 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
}

describe("at first", () => {
  test("every target is explored in turn, with as many requests as are asked for", () => {
    for (const minSampleCount of [1, 3, 5, 12]) {
      const traffic = new Traffic({ a: takes(300), b: takes(20), c: takes(100) }, { minSampleCount });
      expect(traffic.oneByOne(3 * minSampleCount).join("")).toBe("abc".repeat(minSampleCount));
      expect(traffic.oneByOne(5).join("")).not.toMatch(/a.*a|c.*c/);
    }
  });

  test("the fastest is found within 20 requests, whichever it is and however many there are", () => {
    const speeds = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(speeds, fc.integer({ min: 1, max: 5 }), (list, minSampleCount) => {
        const scripts = Object.fromEntries(list.map((speed, at) => [`t${at}`, takes(20 * speed)]));
        const traffic = new Traffic(scripts, { minSampleCount });
        traffic.oneByOne(20);
        const fastest = `t${list.indexOf(Math.min(...list))}`;
        expect(shareOf(fastest, traffic.oneByOne(40))).toBeGreaterThanOrEqual(0.9);
      }),
      { numRuns: 200 },
    );
  });

  test("by several threads it is found no later, each of which sees its share of the requests alone", () => {
    const speeds = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(speeds, fc.constantFrom(2, 4), fc.integer({ min: 1, max: 5 }), (list, explorers, minSampleCount) => {
        const scripts = Object.fromEntries(list.map((speed, at) => [`t${at}`, takes(20 * speed)]));
        const threads = Array.from({ length: explorers }, () => new Traffic(scripts, { minSampleCount, explorers }));
        for (const thread of threads) thread.oneByOne(20 / explorers);
        const fastest = `t${list.indexOf(Math.min(...list))}`;
        expect(
          shareOf(
            fastest,
            threads.flatMap((thread) => thread.oneByOne(40 / explorers)),
          ),
        ).toBeGreaterThanOrEqual(0.9);
      }),
      { numRuns: 200 },
    );
  });

  test("requests that come all at once explore too, and never more than is needed", () => {
    const traffic = new Traffic({ a: takes(500), b: takes(50) });
    const burst = Array.from({ length: 10 }, () => traffic.ask().id);
    expect(burst.join("")).toBe("ababababab");
    traffic.pass(1_000);
    expect(shareOf("b", traffic.oneByOne(19))).toBe(1);
  });

  test("one target alone is not explored", () => {
    expect(latency.pick(candidates({}), aContext()).because).toBe("best measured");
  });

  test("a target that only fails is not taken for fast, and not asked for ever", () => {
    const traffic = new Traffic({ broken: fails(1), works: takes(200) });
    traffic.oneByOne(10);
    expect(shareOf("broken", traffic.steady(5, 200))).toBeLessThanOrEqual(0.06);
  });
});

describe("a target that slows down", () => {
  const calm = { a: takes(20), b: takes(100) };

  test.each([
    [150, 0.5],
    [150, 2],
    [150, 50],
    [1_000, 1],
    [1_000, 50],
    [5_000, 0.5],
    [5_000, 20],
    [30_000, 1],
    [30_000, 100],
  ])("to %p ms is left within 10 s at %p requests a second", (slowMs, perSecond) => {
    const traffic = new Traffic(calm);
    traffic.oneByOne(20);
    const before = traffic.steady(perSecond, 60);
    expect(shareOf("a", before.slice(10))).toBeGreaterThan(0.9);
    traffic.change("a", takes(slowMs));
    traffic.steady(perSecond, 10);
    expect(shareOf("b", traffic.steady(perSecond, 40))).toBeGreaterThanOrEqual(0.9);
  });

  test("is left within 10 s by a caller who asks one thing after the other", () => {
    for (const slowMs of [150, 500, 2_000, 5_000, 9_000]) {
      const traffic = new Traffic(calm);
      traffic.oneByOne(200);
      traffic.change("a", takes(slowMs));
      const start = traffic.nowMs;
      while (traffic.nowMs - start < 10_000) traffic.pass(traffic.ask().tookMs);
      expect(shareOf("b", traffic.oneByOne(40))).toBeGreaterThanOrEqual(0.9);
    }
  });

  test("to silence costs those that wait already and a few trials, no more", () => {
    const traffic = new Traffic(calm);
    traffic.steady(50, 20);
    traffic.change("a", fails(30_000));
    traffic.steady(50, 1);
    const asked = traffic.steady(50, 120);
    expect(asked.filter((id) => id === "a").length).toBeLessThanOrEqual(8);
  });

  test("because it fails is left too", () => {
    const traffic = new Traffic(calm);
    traffic.steady(10, 20);
    traffic.change("a", fails(2));
    traffic.steady(10, 10);
    expect(shareOf("b", traffic.steady(10, 60))).toBeGreaterThanOrEqual(0.9);
  });
});

describe("a target that has recovered", () => {
  test.each([
    [1, 60],
    [5, 20],
    [20, 15],
    [100, 15],
  ])("at %p requests a second has its share back after %p s", (perSecond, seconds) => {
    const traffic = new Traffic({ a: takes(20), b: takes(100) });
    traffic.steady(perSecond, 60);
    traffic.change("a", takes(4_000));
    traffic.steady(perSecond, 120);
    traffic.change("a", takes(20));
    traffic.steady(perSecond, seconds);
    expect(shareOf("a", traffic.steady(perSecond, 60))).toBeGreaterThan(0.9);
  });

  test("and failed for long before has it back too", () => {
    const traffic = new Traffic({ a: takes(20), b: takes(100) });
    traffic.steady(10, 10);
    traffic.change("a", fails(3));
    traffic.steady(10, 600);
    traffic.change("a", takes(20));
    traffic.steady(10, 20);
    expect(shareOf("a", traffic.steady(10, 30))).toBeGreaterThan(0.9);
  });
});

describe("a slow target", () => {
  test("is tried again on a small share of traffic, on the smaller the more there is", () => {
    const shares = [2, 20, 200].map((perSecond) => {
      const traffic = new Traffic({ fast: takes(20), slow: takes(400), slower: takes(900) });
      traffic.steady(perSecond, 30);
      const asked = traffic.steady(perSecond, 100);
      expect(asked.includes("slow") && asked.includes("slower")).toBe(true);
      return 1 - shareOf("fast", asked);
    });
    expect(shares[0]!).toBeLessThanOrEqual(0.06);
    expect(shares[1]!).toBeLessThanOrEqual(0.06);
    expect(shares[2]!).toBeLessThanOrEqual(0.02);
  });

  test("is asked by one trial at a time", () => {
    const slow = measured(400, { waiting: 1, lastAtMs: NOW_MS - 60_000 });
    const eligible = candidates({ latency: measured(20) }, { latency: slow });
    for (let turn = 0; turn < 40; turn++) expect(ids(latency.pick(eligible, aContext({ turn })).order)).toBe("ab");
  });
});

describe("the order", () => {
  test("is that of the averages, and of silence where that has become longer", () => {
    const quiet = measured(10, { waiting: 2, silentSinceMs: NOW_MS - 300 });
    const eligible = candidates({ latency: measured(200) }, { latency: measured(50) }, { latency: quiet });
    expect(ids(latency.pick(eligible, aContext()).order)).toBe("bac");
  });

  test("forgets what is older than the window: then all are explored again, the longest unseen first", () => {
    const old = (ageMs: number) => ({ latency: measured(10, { lastAtMs: NOW_MS - 300_000 - ageMs }) });
    const decision = latency.pick(candidates(old(1), old(3), old(2)), aContext());
    expect([decision.order[0]!.id, decision.because]).toEqual(["b", "exploring"]);
  });

  test("follows medians through the noise", () => {
    const random = seeded(7);
    const traffic = new Traffic({ a: jitters(400, random), b: jitters(200, random), c: jitters(800, random) });
    traffic.steady(10, 30);
    expect(shareOf("b", traffic.steady(10, 600))).toBeGreaterThan(0.8);
  });
});

describe("highest_throughput", () => {
  test("asks the one with the least time per token first", () => {
    const eligible = candidates({ tokenTime: measured(12) }, { tokenTime: measured(8) }, { tokenTime: measured(30) });
    const { order, because } = highestThroughput.pick(eligible, aContext());
    expect([ids(order), because]).toEqual(["bac", "best measured"]);
  });

  test("explores by its own measure, whatever is known of latency", () => {
    const known = { latency: measured(10), tokenTime: measured(10) };
    const eligible = candidates(known, { ...known, tokenTime: measured(1, { samples: 2 }) });
    const { order, because } = highestThroughput.pick(eligible, aContext());
    expect([ids(order), because]).toEqual(["ba", "exploring"]);
  });

  test("turns away from one that is silent for longer than its answers take, the later the faster it was", () => {
    const silentFor = (ms: number) => ({
      tokenTime: measured(10),
      latency: measured(1_000, { waiting: 1, silentSinceMs: NOW_MS - ms }),
    });
    const firstAfter = (ms: number, other: number): string =>
      ids(highestThroughput.pick(candidates(silentFor(ms), { tokenTime: measured(other) }), aContext()).order)[0]!;
    expect([1_900, 2_300].map((ms) => firstAfter(ms, 11))).toEqual(["a", "b"]);
    expect([2_300, 9_900, 10_100].map((ms) => firstAfter(ms, 50))).toEqual(["a", "a", "b"]);
  });

  test("turns away from a silent one whose answers took no time at all, wherever it stands", () => {
    const silent = { tokenTime: measured(0), latency: measured(0, { waiting: 1, silentSinceMs: 0 }) };
    const list = candidates(silent, { tokenTime: measured(10) });
    for (const given of [list, list.toReversed()])
      expect(ids(highestThroughput.pick(given, aContext()).order)).toBe("ba");
  });
});
