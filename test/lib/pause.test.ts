import { describe, expect, test } from "bun:test";
import { after, doneWithin, nextTurn, pause } from "../../src/lib/pause.ts";
import { fakeClock, settled } from "../support/clock.ts";

/** Whether a promise has been fulfilled. */
function watched(promise: Promise<void>): { readonly isOver: boolean } {
  const state = { isOver: false };
  void promise.then(() => {
    state.isOver = true;
  });
  return state;
}

describe("pause", () => {
  test("lasts as long as it was told", async () => {
    const clock = fakeClock();
    const paused = watched(pause(100, clock, new AbortController().signal));
    await clock.advance(99);
    await settled();
    expect(paused.isOver).toBe(false);
    await clock.advance(1);
    await settled();
    expect(paused.isOver).toBe(true);
  });

  test("is over as soon as its signal is aborted, and leaves no timer", async () => {
    const clock = fakeClock();
    const stop = new AbortController();
    const paused = watched(pause(100, clock, stop.signal));
    stop.abort();
    await settled();
    expect(paused.isOver).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test.each([0, -1, Number.NaN])("of %d ms is none", async (ms) => {
    const paused = watched(pause(ms, fakeClock(), new AbortController().signal));
    await settled();
    expect(paused.isOver).toBe(true);
  });

  test("does not begin under an aborted signal", async () => {
    const clock = fakeClock();
    const paused = watched(pause(100, clock, AbortSignal.abort()));
    await settled();
    expect(paused.isOver).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});

describe("what is waited for", () => {
  test("was done in time, or was not; no timer is left", async () => {
    const clock = fakeClock();
    expect(await doneWithin(100, Promise.resolve("done"), clock)).toBe(true);
    expect(clock.waiting).toBe(0);
    const late = doneWithin(100, new Promise(() => {}), clock);
    await clock.advance(100);
    expect(await late).toBe(false);
  });

  test("throws what fails in time, and nothing of what fails later", async () => {
    const clock = fakeClock();
    expect(doneWithin(100, Promise.reject(new Error("failed")), clock)).rejects.toThrow("failed");
    await settled();
    expect(clock.waiting).toBe(0);
    const work = Promise.withResolvers<void>();
    const late = doneWithin(100, work.promise, clock);
    await clock.advance(100);
    work.reject(new Error("failed"));
    expect(await late).toBe(false);
  });
});

test("after waits for the clock, and the next turn for what is ready before it", async () => {
  const clock = fakeClock();
  let passed = false;
  const waited = after(10, clock).then(() => (passed = true));
  await clock.advance(9);
  await nextTurn();
  expect(passed).toBe(false);
  await clock.advance(1);
  await waited;
  const order: string[] = [];
  setImmediate(() => order.push("before"));
  const turn = nextTurn().then(() => order.push("turn"));
  queueMicrotask(() => order.push("microtask"));
  await turn;
  expect(order).toEqual(["microtask", "before", "turn"]);
});
