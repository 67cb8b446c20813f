import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HedgeShare } from "../../../src/gateway/attempts/hedging.ts";

describe("the share of requests that may be hedged", () => {
  test("is never passed, by those so far or by any thousand in a row, however they overlap", () => {
    // what they wish for, again and again: windows of a thousand must begin and end within
    const steps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 50 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, steps, fc.integer({ min: 1, max: 3_000 }), (max, wishes, requests) => {
        const share = new HedgeShare(max);
        // hedges before the request of that number begins
        const before = [0];
        for (let request = 0; request < requests; request++) {
          const wish = wishes[request % wishes.length]!;
          share.begin();
          let taken = before.at(-1)!;
          for (let turn = 0; turn < wish && share.hasRoom; turn++) {
            share.take();
            taken++;
          }
          before.push(taken);
        }
        for (let end = 1; end < before.length; end++) {
          const start = Math.max(0, end - 1_000);
          expect(before[end]! - before[start]!).toBeLessThanOrEqual(max * (end - start) + 1e-6);
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    [0, 0],
    [0.05, 150],
    [0.3, 900],
    [1, 3_000],
  ])("of %p is used up to the last of three thousand requests that all want it", (max, expected) => {
    const share = new HedgeShare(max);
    let hedged = 0;
    for (let request = 0; request < 3_000; request++) {
      share.begin();
      if (!share.hasRoom) continue;
      share.take();
      hedged++;
    }
    expect(hedged).toBe(expected);
  });
});
