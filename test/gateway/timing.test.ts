import { describe, expect, test } from "bun:test";
import { serverTiming, timingRecord } from "../../src/gateway/timing.ts";

describe("serverTiming", () => {
  const at = (policedMs: number | null, routedMs: number | null) => ({ startedMs: 100, policedMs, routedMs });

  test("names the four steps, which add up", () => {
    expect(serverTiming(at(102.26, 103), 150, true)).toBe(
      "policy;dur=2.3, routing;dur=0.7, upstream;dur=47, total;dur=50",
    );
  });

  test("names no step that was not reached", () => {
    expect(serverTiming(at(null, null), 101, false)).toBe("total;dur=1");
    expect(serverTiming(at(null, null), 101, true)).toBe("policy;dur=1, total;dur=1");
    expect(serverTiming(at(101, null), 103, true)).toBe("policy;dur=1, routing;dur=2, total;dur=3");
  });
});

describe("timingRecord", () => {
  test("is null for what was not reached", () => {
    expect(timingRecord({ startedMs: 1, policedMs: null, routedMs: null })).toEqual({
      policy_ms: null,
      routing_ms: null,
    });
    expect(timingRecord({ startedMs: 1, policedMs: 1.00049, routedMs: null })).toEqual({
      policy_ms: 0,
      routing_ms: null,
    });
    expect(timingRecord({ startedMs: 1, policedMs: 2, routedMs: 2.5 })).toEqual({ policy_ms: 1, routing_ms: 0.5 });
  });
});
