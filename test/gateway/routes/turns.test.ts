import { describe, expect, test } from "bun:test";
import { TurnCounters } from "../../../src/gateway/routes/turns.ts";

describe("turns", () => {
  test("are counted from 0, apart for each key", () => {
    const turns = new TurnCounters();
    expect([turns.next(7), turns.next(7), turns.next(8), turns.next(7)]).toEqual([0, 1, 0, 2]);
  });

  test("of any number of keys are bounded, and still a number", () => {
    const turns = new TurnCounters();
    let highest = 0;
    for (let key = -50_000; key < 50_000; key++) highest = Math.max(highest, turns.next(key * 7919));
    // evenly spread, a slot of 256 has seen 390 of the keys
    expect(highest).toBeGreaterThan(300);
    expect(highest).toBeLessThan(800);
  });
});
