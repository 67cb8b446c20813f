import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../src/lib/errors.ts";
import { TICK_MS, type Tick, Ticker } from "../../src/lib/ticker.ts";
import { manualClock } from "../support/clock.ts";

describe("Ticker", () => {
  test("says why there is no more time, to who listens already and to who comes later", () => {
    const clock = manualClock(0);
    const ticker = new Ticker(clock);
    expect(ticker.over).toBeNull();
    const stopping = new GatewayError("overloaded", "stopping");
    ticker.end(stopping);
    expect(ticker.over).toBe(stopping);
  });

  test("calls whoever listens, and sleeps when nobody does", () => {
    const clock = manualClock(0);
    const ticker = new Ticker(clock);
    const seen: number[] = [];
    const listener: Tick = (nowMs) => void seen.push(nowMs);
    expect(clock.waiting).toBe(0);
    ticker.add(listener);
    ticker.add(listener);
    clock.move(TICK_MS);
    clock.move(TICK_MS);
    ticker.remove(listener);
    ticker.remove(listener);
    clock.move(TICK_MS);
    expect(seen).toEqual([TICK_MS, 2 * TICK_MS]);
    expect(clock.waiting).toBe(0);
    ticker.add(listener);
    expect(clock.waiting).toBe(1);
  });

  test("after any coming and going calls exactly those who are there, once each", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 60 }), (steps) => {
        const clock = manualClock(0);
        const ticker = new Ticker(clock);
        const calls = new Array<number>(10).fill(0);
        const ticks = calls.map(
          (_, index): Tick =>
            () => {
              calls[index]! += 1;
            },
        );
        const there = new Set<number>();
        for (const [comes, index] of steps) {
          if (comes) ticker.add(ticks[index]!);
          else ticker.remove(ticks[index]!);
          if (comes) there.add(index);
          else there.delete(index);
        }
        clock.move(TICK_MS);
        expect(calls).toEqual(calls.map((_, index) => (there.has(index) ? 1 : 0)));
      }),
    );
  });

  test("lets a listener remove itself while it is called", () => {
    const clock = manualClock(0);
    const ticker = new Ticker(clock);
    const seen: string[] = [];
    const once: Tick = () => {
      seen.push("once");
      ticker.remove(once);
    };
    ticker.add(() => void seen.push("first"));
    ticker.add(once);
    ticker.add(() => void seen.push("last"));
    clock.move(TICK_MS);
    clock.move(TICK_MS);
    expect(seen.sort()).toEqual(["first", "first", "last", "last", "once"]);
  });
});
