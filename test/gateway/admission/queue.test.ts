import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AdmissionQueue } from "../../../src/gateway/admission/queue.ts";
import { ClientGone } from "../../../src/gateway/attempts/failure.ts";
import { SharedPlaces } from "../../../src/gateway/targets/shared-places.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { TICK_MS } from "../../../src/lib/ticker.ts";
import { fakeClock, settled } from "../../support/clock.ts";

const forever = Number.POSITIVE_INFINITY;

function setUp(limits: { maxRunning: number; maxWaiting: number; maxWaitMs?: number }) {
  const clock = fakeClock();
  const queue = new AdmissionQueue({ maxWaitMs: 10_000, ...limits }, clock);
  const order: string[] = [];
  /** Waits for a place and notes what came of it. */
  const wait = (name: string, options: { signal?: AbortSignal; untilMs?: number } = {}) =>
    queue.wait(options.signal ?? new AbortController().signal, options.untilMs ?? forever).then(
      () => order.push(name),
      (thrown: { code?: string; name: string }) => order.push(`${name}: ${thrown.code ?? thrown.name}`),
    );
  return { clock, queue, order, wait };
}

describe("AdmissionQueue", () => {
  test("gives places as long as there are some, and to the first in the queue as they come back", async () => {
    const { queue, order, wait } = setUp({ maxRunning: 2, maxWaiting: 2 });
    expect([queue.enter(), queue.enter(), queue.enter()]).toEqual([true, true, false]);
    void wait("first");
    void wait("second");
    expect(queue.waiting).toBe(2);
    expect(() => queue.refuseIfFull()).toThrow(expect.objectContaining({ code: "overloaded" }));
    void wait("third");
    await settled();
    expect(order).toEqual(["third: overloaded"]);
    queue.leave();
    await settled();
    queue.leave();
    await settled();
    expect(order).toEqual(["third: overloaded", "first", "second"]);
    expect(queue.enter()).toBe(false);
    queue.leave();
    expect(queue.enter()).toBe(true);
  });

  test("who waits when it ends is told why, and takes no place", async () => {
    const { clock, queue, order, wait } = setUp({ maxRunning: 1, maxWaiting: 2 });
    queue.enter();
    void wait("first");
    void wait("second");
    queue.end(new GatewayError("overloaded", "The gateway is stopping"));
    await settled();
    expect(order).toEqual(["first: overloaded", "second: overloaded"]);
    expect([queue.waiting, clock.waiting]).toEqual([0, 1]);
    await clock.advance(1_000);
    expect(clock.waiting).toBe(0);
    queue.leave();
    expect(queue.enter()).toBe(true);
  });

  test("says what was full, and when to come again", () => {
    const { queue } = setUp({ maxRunning: 1, maxWaiting: 0 });
    queue.enter();
    expect(() => queue.refuseIfFull()).toThrow(
      expect.objectContaining({
        message: "The gateway is at its limit of 1 requests at once: try again shortly",
        details: { retryAfterMs: 1_000 },
      }),
    );
  });

  test("a client that leaves gives its seat to another, and its turn to the next", async () => {
    const { queue, order, wait } = setUp({ maxRunning: 1, maxWaiting: 2 });
    queue.enter();
    const client = new AbortController();
    void wait("gone", { signal: client.signal });
    void wait("second");
    client.abort();
    await settled();
    expect(order).toEqual(["gone: ClientGone"]);
    void wait("third");
    queue.leave();
    await settled();
    expect(order).toEqual(["gone: ClientGone", "second"]);
    expect(queue.waiting).toBe(1);
  });

  test("one that has left already is not seated", async () => {
    const { queue } = setUp({ maxRunning: 1, maxWaiting: 1 });
    queue.enter();
    expect(queue.wait(AbortSignal.abort(), forever)).rejects.toBeInstanceOf(ClientGone);
    await settled();
    expect(queue.waiting).toBe(0);
  });

  test("a wait ends at its limit or the request's own, and no timer runs without one", async () => {
    const { clock, queue, order, wait } = setUp({ maxRunning: 1, maxWaiting: 3, maxWaitMs: 2_000 });
    queue.enter();
    expect(clock.waiting).toBe(0);
    void wait("impatient", { untilMs: clock.monotonic() + 500 });
    void wait("patient");
    await clock.advance(499);
    expect(order).toEqual([]);
    await clock.advance(101);
    expect(order).toEqual(["impatient: overloaded"]);
    await clock.advance(1_500);
    expect(order).toEqual(["impatient: overloaded", "patient: overloaded"]);
    await clock.advance(200);
    expect(clock.waiting).toBe(0);
  });

  test("more places let in who waits, fewer throw nobody out", async () => {
    const { queue, order, wait } = setUp({ maxRunning: 1, maxWaiting: 5 });
    queue.enter();
    void wait("a");
    void wait("b");
    queue.resize({ maxRunning: 3, maxWaiting: 5, maxWaitMs: 1_000 });
    await settled();
    expect(order).toEqual(["a", "b"]);
    queue.resize({ maxRunning: 1, maxWaiting: 5, maxWaitMs: 1_000 });
    queue.leave();
    queue.leave();
    expect(queue.enter()).toBe(false);
    queue.leave();
    expect(queue.enter()).toBe(true);
  });

  test("the socket's limit on silence is lifted while a request waits", async () => {
    const { queue } = setUp({ maxRunning: 1, maxWaiting: 1 });
    queue.enter();
    const calls: string[] = [];
    const socket = { bodyRead: () => calls.push("lifted"), answered: () => calls.push("set") };
    const waited = queue.wait(new AbortController().signal, forever, socket);
    expect(calls).toEqual(["lifted"]);
    queue.leave();
    await waited;
    expect(calls).toEqual(["lifted", "set"]);
  });

  test("never more at once than places, never more waiting than seats, and in order of arrival", async () => {
    const steps = fc.array(fc.constantFrom("arrive", "arrive", "leave", "abort"), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.nat(4), async (all, maxRunning, maxWaiting) => {
        const { queue } = setUp({ maxRunning, maxWaiting });
        let running = 0;
        const seats: { id: number; abort: () => void }[] = [];
        const admitted: number[] = [];
        for (const [id, step] of all.entries()) {
          if (step === "arrive") {
            if (queue.enter()) running++;
            else {
              const client = new AbortController();
              const seated = seats.length < maxWaiting;
              queue.wait(client.signal, forever).then(
                () => admitted.push(id),
                () => {},
              );
              if (seated) seats.push({ id, abort: () => client.abort() });
            }
          } else if (step === "leave" && running > 0) {
            queue.leave();
            const next = seats.shift();
            if (next === undefined) running--;
            await settled();
            if (next !== undefined) expect(admitted.at(-1)).toBe(next.id);
          } else if (step === "abort") seats.pop()?.abort();
          expect(running).toBeLessThanOrEqual(maxRunning);
          expect(queue.waiting).toBe(seats.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("of several threads lets together in what one would, and who waits has a place that came free elsewhere", async () => {
    const memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
    const clock = fakeClock();
    const limits = { maxRunning: 3, maxWaiting: 2, maxWaitMs: 10_000 };
    const [one, other] = [0, 1].map(
      (thread) => new AdmissionQueue(limits, clock, new SharedPlaces(memory, thread)),
    ) as [AdmissionQueue, AdmissionQueue];
    expect([one.enter(), one.enter(), one.enter(), one.enter(), other.enter()]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    const order: string[] = [];
    const { signal } = new AbortController();
    for (const name of ["first", "second"]) void other.wait(signal, forever).then(() => order.push(name));
    expect(() => other.refuseIfFull()).toThrow(expect.objectContaining({ code: "overloaded" }));
    one.leave();
    await clock.advance(TICK_MS);
    expect(order).toEqual(["first"]);
    one.leave();
    // nobody overtakes who waits in the same thread
    expect(other.enter()).toBe(false);
    other.leave();
    await settled();
    expect([order, one.enter(), other.enter()]).toEqual([["first", "second"], true, false]);
    one.leave();
    one.leave();
    expect([0, 1, 2, 3].map(() => one.enter())).toEqual([true, true, false, false]);
  });
});
