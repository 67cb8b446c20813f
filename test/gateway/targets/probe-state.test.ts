import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ProbeState } from "../../../src/gateway/targets/probe-state.ts";

const ok = (latencyMs = 5) => ({ error: null, latencyMs });
const bad = (latencyMs = 5) => ({ error: "It answers 500", latencyMs });

describe("ProbeState", () => {
  test("two failures in a row out, one success in", () => {
    const state = new ProbeState();
    expect(state.view).toMatchObject({ state: "unknown", checkedAtMs: null, latencyMs: null });
    expect(state.book(bad(), 10)).toBeNull();
    expect(state.unhealthy).toBe(false);
    expect(state.book(bad(), 20)).toEqual({ from: "unknown", to: "unhealthy", error: "It answers 500" });
    expect(state.book(bad(), 30)).toBeNull();
    expect(state.view).toMatchObject({ sinceMs: 20, consecutiveFailures: 3, checkedAtMs: 30 });
    expect(state.book(ok(7), 40)).toEqual({ from: "unhealthy", to: "healthy", error: null });
    expect(state.view).toEqual({
      state: "healthy",
      sinceMs: 40,
      consecutiveFailures: 0,
      lastError: "It answers 500",
      latencyMs: 7,
      checkedAtMs: 40,
    });
    expect(state.book(bad(), 50)).toBeNull();
    expect(state.book(ok(), 60)).toBeNull();
    expect(state.book(bad(), 70)).toBeNull();
    expect(state.view.state).toBe("healthy");
  });

  test("the verdict is that of the last two results, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2 }), (results) => {
        const state = new ProbeState();
        for (const [at, works] of results.entries()) state.book(works ? ok() : bad(), at);
        const lastGood = results.lastIndexOf(true);
        const failing = results.length - 1 - lastGood;
        expect(state.unhealthy).toBe(failing >= 2);
        expect(state.view.consecutiveFailures).toBe(failing);
      }),
    );
  });

  test("the next probe comes after the interval, or two seconds after a failed one began", () => {
    const state = new ProbeState();
    state.book(ok(), 0);
    expect(state.plan(10_000, 100, 1_000)).toBe(9_900);
    expect(state.dueMs).toBe(10_900);
    state.book(bad(), 0);
    expect(state.plan(10_000, 100, 1_000)).toBe(1_900);
    expect(state.plan(10_000, 5_000, 1_000)).toBe(0);
    expect(state.plan(1_000, 100, 1_000)).toBe(900);
  });

  test("an outage shows within the interval, two seconds and one timeout, however slowly it fails", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const seconds = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(seconds, seconds, share, share, (interval, timeout, first, second) => {
        const [intervalMs, timeoutMs] = [interval * 1000, timeout * 1000];
        const state = new ProbeState();
        state.book(ok(0), 0);
        let nowMs = state.plan(intervalMs, 0, 0);
        for (const slow of [first, second]) {
          const limitMs = state.limitMs(timeoutMs);
          expect(limitMs).toBeGreaterThanOrEqual(Math.min(2_000, timeoutMs));
          expect(limitMs).toBeLessThanOrEqual(timeoutMs);
          const took = slow * limitMs;
          nowMs += took;
          state.book(bad(took), nowMs);
          if (!state.unhealthy) nowMs += state.plan(intervalMs, took, nowMs);
        }
        expect(state.unhealthy).toBe(true);
        expect(nowMs).toBeLessThanOrEqual(intervalMs + 2_000 + timeoutMs + 1e-6);
      }),
    );
  });
});

describe("the network's round trip", () => {
  test("is believed from twenty connections on, and is that of the latest hundred", () => {
    const state = new ProbeState();
    const connect = (connectMs: number) => state.book({ error: null, latencyMs: 1, connectMs }, 0);
    for (let ms = 1; ms < 20; ms++) connect(ms);
    state.book({ error: null, latencyMs: 1 }, 0);
    expect(state.network).toBeNull();
    connect(20);
    expect(state.network).toEqual({ p50: 10, p95: 19 });
    for (let times = 0; times < 100; times++) connect(7);
    expect(state.network).toEqual({ p50: 7, p95: 7 });
  });
});
