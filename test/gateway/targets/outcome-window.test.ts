import { expect, test } from "bun:test";
import fc from "fast-check";
import { OutcomeWindow } from "../../../src/gateway/targets/outcome-window.ts";

const SLOTS = 20;

test("counts what a list of everything would give, for any times", () => {
  const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), failed: fc.boolean() }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(1e9), steps, (windowMs, startMs, added) => {
      const window = new OutcomeWindow(windowMs);
      const slot = (ms: number) => Math.floor(ms / (windowMs / SLOTS));
      const all: { atMs: number; failed: boolean }[] = [];
      let nowMs = startMs;
      for (const { wait, failed } of added) {
        nowMs += wait;
        window.add(nowMs, failed);
        all.push({ atMs: nowMs, failed });
        const inside = all.filter(({ atMs }) => slot(nowMs) - slot(atMs) < SLOTS);
        expect(window.total).toBe(inside.length);
        expect(window.failures).toBe(inside.filter((each) => each.failed).length);
      }
    }),
  );
});

test("forgets what is older than the window and keeps nineteen twentieths of it", () => {
  const window = new OutcomeWindow(1_000);
  window.add(0, true);
  window.add(949, false);
  expect([window.total, window.failures]).toEqual([2, 1]);
  window.add(1_000, false);
  expect([window.total, window.failures]).toEqual([2, 0]);
  window.clear();
  expect([window.total, window.failures]).toEqual([0, 0]);
});
