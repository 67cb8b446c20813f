import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { continueTrace, makeSpanId, traceparentOf } from "../../src/lib/trace-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const FRESH = { parentSpanId: null, sampled: true };

describe("continueTrace", () => {
  test("goes on with the caller's trace and its decision", () => {
    expect(continueTrace(`00-${TRACE}-${SPAN}-01`)).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      sampled: true,
    });
    expect(continueTrace(`00-${TRACE}-${SPAN}-02`)).toMatchObject({ traceId: TRACE, sampled: false });
    expect(continueTrace(`cc-${TRACE}-${SPAN}-03-what-is-new`)).toMatchObject({ traceId: TRACE, sampled: true });
    expect(continueTrace(`00-${TRACE}-${SPAN}-01`).spanId).not.toBe(SPAN);
  });

  test.each([
    null,
    "",
    "00-1-2-01",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ])("begins a trace of its own instead of %p", (header) => {
    const trace = continueTrace(header);
    expect(trace).toMatchObject(FRESH);
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE);
  });

  test("any text is read or left, never thrown at, and what is sent on can be read again", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const trace = continueTrace(header);
        const span = makeSpanId();
        const next = continueTrace(traceparentOf(trace, span));
        expect(next).toMatchObject({ traceId: trace.traceId, parentSpanId: span, sampled: trace.sampled });
      }),
    );
  });
});
