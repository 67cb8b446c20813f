import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SlidingWindow } from "../../src/lib/sliding-window.ts";

/** The same, remembering everything. */
function simple(windowMs: number) {
  const events: { at: number; amount: number }[] = [];
  return {
    add: (at: number, amount: number) => void events.push({ at, amount }),
    used: (now: number) => events.reduce((sum, { at, amount }) => (now - at < windowMs ? sum + amount : sum), 0),
  };
}

describe("SlidingWindow", () => {
  test("is exact at both edges of its window", () => {
    const window = new SlidingWindow({ max: 2, windowMs: 60_000 });
    window.add(1_000, 1);
    window.add(1_500, 1);
    expect(window.used(60_999)).toBe(2);
    expect(window.used(61_000)).toBe(1);
    expect(window.used(61_500)).toBe(0);
  });

  test("says how long it takes until less is used", () => {
    const window = new SlidingWindow({ max: 3, windowMs: 1_000 });
    for (const at of [0, 100, 300]) window.add(at, 1);
    expect(window.waitMs(400, 3)).toBe(0);
    expect(window.waitMs(400, 2)).toBe(600);
    expect(window.waitMs(400, 1)).toBe(700);
    expect(window.resetMs(400)).toBe(900);
    expect(window.resetMs(1_300)).toBe(0);
  });

  test("small limits count as if everything were remembered", () => {
    const steps = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 3 })), { maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 256 }), (all, max) => {
        const window = new SlidingWindow({ max, windowMs: 1_000 });
        const model = simple(1_000);
        let now = 0;
        for (const [pause, amount] of all) {
          now += pause;
          expect(window.used(now)).toBe(model.used(now));
          if (model.used(now) + amount > max) continue;
          window.add(now, amount);
          model.add(now, amount);
        }
      }),
    );
  });

  test("large limits are never counted too low, and too high by no more than a 256th of the window", () => {
    const steps = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 5_000 })), { maxLength: 500 });
    fc.assert(
      fc.property(steps, (all) => {
        const windowMs = 2_560;
        const window = new SlidingWindow({ max: 100_000, windowMs });
        const exact = simple(windowMs);
        const late = simple(windowMs + windowMs / 256);
        let now = 0;
        for (const [pause, amount] of all) {
          now += pause;
          expect(window.used(now)).toBeGreaterThanOrEqual(exact.used(now));
          expect(window.used(now)).toBeLessThanOrEqual(late.used(now));
          for (const each of [window, exact, late]) each.add(now, amount);
        }
      }),
    );
  });

  test("waits exactly as long as it says", () => {
    const steps = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.nat(500), (all, atMost) => {
        const window = new SlidingWindow({ max: 10_000, windowMs: 1_024 });
        let now = 0;
        for (const [pause, amount] of all) {
          now += pause;
          window.add(now, amount);
        }
        const wait = window.waitMs(now, atMost);
        if (wait === 0) expect(window.used(now)).toBeLessThanOrEqual(atMost);
        else {
          expect(window.waitMs(now + wait - 1, atMost)).toBe(1);
          expect(window.used(now + wait)).toBeLessThanOrEqual(atMost);
        }
      }),
    );
  });
});
