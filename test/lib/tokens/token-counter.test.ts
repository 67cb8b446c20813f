import { describe, expect, test } from "bun:test";
import type { ThreadEvents } from "../../../src/lib/tokens/spawn-worker.ts";
import {
  BUDGET_MS,
  type CountRequest,
  MAX_WAITING,
  SILENCE_MS,
  TokenCounter,
  WAIT_MS,
} from "../../../src/lib/tokens/token-counter.ts";
import type { ToWorker } from "../../../src/lib/tokens/worker-messages.ts";
import { manualClock } from "../../support/clock.ts";

/** Threads that note what they are told and answer when the test says so. */
function setup({ broken = false } = {}) {
  const clock = manualClock(0);
  const threads: { events: ThreadEvents; told: ToWorker[]; stopped: boolean }[] = [];
  const errors: string[] = [];
  const counter = new TokenCounter({
    clock,
    onError: (error) => errors.push(error.message),
    startThread(events) {
      if (broken) throw new Error("no threads left");
      const thread = { events, told: [] as ToWorker[], stopped: false };
      threads.push(thread);
      return {
        post: (message) => thread.told.push(message),
        stop() {
          thread.stopped = true;
        },
      };
    },
  });
  const thread = () => threads.at(-1)!;
  return {
    clock,
    counter,
    threads,
    errors,
    thread,
    ready() {
      counter.warm("tekken");
      thread().events.message({ kind: "loaded", vocabulary: "tekken" });
    },
    /** The counts the thread was asked for. */
    jobs: () => thread().told.flatMap((message) => (message.kind === "count" ? [message] : [])),
    answer(job: number, tokens: number) {
      thread().events.message({ kind: "counted", job, counts: [tokens], stopped: null, rest: 0 });
    },
  };
}

const request = (more: Partial<CountRequest> = {}): CountRequest => ({
  vocabulary: "tekken",
  texts: ["x"],
  stopAbove: 100,
  ...more,
});

describe("while the thread loads", () => {
  test("nothing is started before it is asked for", () => {
    const { threads, counter, clock } = setup();
    expect(threads).toHaveLength(0);
    expect(counter.isReady("tekken")).toBe(false);
    expect(clock.waiting).toBe(0);
  });

  test("a request is answered with null at once, and sets the loading going", async () => {
    const { counter, thread } = setup();
    expect(await counter.count(request())).toBeNull();
    expect(thread().told).toEqual([{ kind: "load", vocabulary: "tekken" }]);
  });

  test("a vocabulary is asked for once, and one thread serves all", () => {
    const { counter, threads, thread } = setup();
    counter.warm("tekken");
    counter.warm("tekken");
    counter.warm("o200k");
    expect(threads).toHaveLength(1);
    expect(thread().told.map((message) => message.vocabulary)).toEqual(["tekken", "o200k"]);
    thread().events.message({ kind: "loaded", vocabulary: "o200k" });
    expect([counter.isReady("tekken"), counter.isReady("o200k")]).toEqual([false, true]);
  });
});

describe("requests", () => {
  test("are handed over one at a time, in order, each with the time it may take", async () => {
    const { counter, ready, jobs, answer, clock } = setup();
    ready();
    const answers = [counter.count(request({ texts: ["a"] })), counter.count(request({ texts: ["b"], stopAbove: 5 }))];
    expect(jobs()).toMatchObject([{ texts: ["a"], stopAbove: 100, budgetMs: BUDGET_MS }]);
    clock.move(WAIT_MS - 200);
    answer(jobs()[0]!.job, 1);
    expect(jobs()[1]).toMatchObject({ texts: ["b"], stopAbove: 5, budgetMs: 200 });
    answer(jobs()[1]!.job, 2);
    expect((await Promise.all(answers)).map((count) => count?.counts)).toEqual([[1], [2]]);
    expect(clock.waiting).toBe(0);
  });

  test("that come when too many wait are answered with null at once", async () => {
    const { counter, ready, jobs, answer } = setup();
    ready();
    const waiting = Array.from({ length: MAX_WAITING + 1 }, () => counter.count(request()));
    expect(await counter.count(request())).toBeNull();
    for (let at = 0; at <= MAX_WAITING; at++) answer(jobs()[at]!.job, at);
    expect((await Promise.all(waiting)).map((count) => count?.counts[0])).toEqual([...Array(MAX_WAITING + 1).keys()]);
  });

  test("wait no longer than they may, running or not", async () => {
    const { counter, ready, jobs, clock, answer, errors } = setup();
    ready();
    const both = [counter.count(request()), counter.count(request())];
    clock.move(WAIT_MS);
    expect(await Promise.all(both)).toEqual([null, null]);
    const next = counter.count(request());
    expect(jobs()).toHaveLength(1);
    answer(jobs()[0]!.job, 9);
    answer(jobs()[1]!.job, 5);
    expect((await next)?.counts).toEqual([5]);
    expect(errors).toEqual([]);
  });

  test("end with their signal, running, waiting or not begun", async () => {
    const { counter, ready, jobs, answer, clock } = setup();
    ready();
    const aborts = [new AbortController(), new AbortController(), new AbortController()];
    const [running, waiting] = aborts.slice(0, 2).map(({ signal }) => counter.count(request({ signal })));
    const last = counter.count(request());
    for (const [at, abort] of aborts.entries()) abort.abort(new Error(`gone ${at}`));
    const never = counter.count(request({ signal: aborts[2]!.signal }));
    const ends = await Promise.allSettled([running, waiting, never]);
    expect(ends.map((end) => end.status === "rejected" && String(end.reason))).toEqual([
      "Error: gone 0",
      "Error: gone 1",
      "Error: gone 2",
    ]);
    answer(jobs()[0]!.job, 1);
    expect(jobs()).toHaveLength(2);
    answer(jobs()[1]!.job, 3);
    expect((await last)?.counts).toEqual([3]);
    expect(clock.waiting).toBe(0);
  });

  test("an answer to no question is let go", async () => {
    const { counter, ready, jobs, answer } = setup();
    ready();
    answer(12345, 1);
    const count = counter.count(request());
    answer(jobs()[0]!.job + 1, 1);
    answer(jobs()[0]!.job, 2);
    expect((await count)?.counts).toEqual([2]);
  });
});

describe("a thread that dies", () => {
  test("gives everybody null, says so once, and is started again after a pause", async () => {
    const { counter, ready, thread, threads, errors, clock } = setup();
    ready();
    const both = [counter.count(request()), counter.count(request())];
    thread().events.failed(new Error("out of memory"));
    expect(await Promise.all(both)).toEqual([null, null]);
    expect(errors).toEqual(["out of memory"]);
    expect(counter.isReady("tekken")).toBe(false);
    expect(await counter.count(request())).toBeNull();
    expect(threads).toHaveLength(1);
    clock.move(1_000);
    expect(await counter.count(request())).toBeNull();
    expect(threads).toHaveLength(2);
    ready();
    expect(counter.isReady("tekken")).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test("again and again is started ever later, up to a minute, until it counts again", async () => {
    const { counter, ready, thread, threads, clock, jobs, answer } = setup();
    const pauses: number[] = [];
    for (let round = 0; round < 9; round++) {
      ready();
      thread().events.failed(new Error("again"));
      const before = clock.now();
      const started = threads.length;
      while (threads.length === started) {
        clock.move(1_000);
        counter.warm("tekken");
      }
      pauses.push((clock.now() - before) / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    thread().events.message({ kind: "loaded", vocabulary: "tekken" });
    const count = counter.count(request());
    answer(jobs()[0]!.job, 1);
    await count;
    thread().events.failed(new Error("once more"));
    clock.move(1_000);
    counter.warm("tekken");
    expect(threads).toHaveLength(11);
  });

  test("by falling silent is stopped", async () => {
    const { counter, ready, threads, errors, clock } = setup();
    ready();
    const count = counter.count(request());
    clock.move(SILENCE_MS);
    expect(await count).toBeNull();
    expect(errors).toEqual(["The token counting thread is silent"]);
    expect(threads[0]!.stopped).toBe(true);
    clock.move(1_000);
    ready();
    expect(threads).toHaveLength(2);
    // what the first one still says is not heard
    threads[0]!.events.failed(new Error("late"));
    expect(errors).toHaveLength(1);
    expect(counter.isReady("tekken")).toBe(true);
  });

  test("before it lives is no different", async () => {
    const { counter, errors, clock } = setup({ broken: true });
    expect(await counter.count(request())).toBeNull();
    expect(errors).toEqual(["no threads left"]);
    expect(await counter.count(request())).toBeNull();
    expect(errors).toHaveLength(1);
    clock.move(1_000);
    expect(await counter.count(request())).toBeNull();
    expect(errors).toHaveLength(2);
  });
});

describe("close", () => {
  test("stops the thread, answers who waits, and starts nothing any more", async () => {
    const { counter, ready, threads, clock, errors } = setup();
    ready();
    const both = [counter.count(request()), counter.count(request())];
    counter.close();
    expect(await Promise.all(both)).toEqual([null, null]);
    expect(threads[0]!.stopped).toBe(true);
    counter.warm("tekken");
    expect(await counter.count(request())).toBeNull();
    expect(threads).toHaveLength(1);
    expect(clock.waiting).toBe(0);
    expect(errors).toEqual([]);
  });
});
