import { describe, expect, test } from "bun:test";
import { inSlices, slicedMs } from "../../src/lib/slices.ts";

/** A clock that moves by a millisecond with every step of the work, and what was done in which turn of the loop. */
function setUp() {
  let nowMs = 0;
  let loop = 0;
  const perTurn = new Map<number, number>();
  const order: string[] = [];
  const clock = { now: () => nowMs, monotonic: () => nowMs, after: () => () => {} };
  function* work(name: string, steps: number): Generator<undefined, string> {
    for (let step = 0; step < steps; step++) {
      nowMs++;
      perTurn.set(loop, (perTurn.get(loop) ?? 0) + 1);
      yield undefined;
    }
    order.push(name);
    return name;
  }
  let running = true;
  const others = (async () => {
    while (running) {
      await new Promise((resolve) => setImmediate(resolve));
      loop++;
    }
  })();
  return {
    order,
    perTurn,
    turns: () => loop,
    start: (name: string, steps: number, signal?: AbortSignal) => inSlices(work(name, steps), clock, signal),
    /** The same as a promise. */
    run: async (name: string, steps: number) => inSlices(work(name, steps), clock),
    async stop() {
      running = false;
      await others;
    },
  };
}

describe("work in slices", () => {
  test("is done at once where one stretch is enough", async () => {
    const { start, stop } = setUp();
    expect(start("short", 4)).toBe("short");
    await stop();
  });

  test("keeps the loop for one stretch between its turns, however much of it there is", async () => {
    const { run, stop, perTurn, turns } = setUp();
    const jobs = Array.from({ length: 30 }, (_, at) => run(`${at}`, 40));
    expect(await Promise.all(jobs)).toEqual(jobs.map((_, at) => `${at}`));
    await stop();
    // who comes within one turn shares a stretch of its own, and the turn may still follow
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(15);
    expect(turns()).toBeGreaterThan(200);
  });

  test("serves those first who have had little, in the order they came", async () => {
    const { run, stop, order } = setUp();
    const long = [run("first", 2_000), run("second", 2_000)];
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([run("middle", 100), run("short", 15)]);
    expect(order).toEqual(["short", "middle"]);
    await Promise.all(long);
    expect(order).toEqual(["short", "middle", "first", "second"]);
    await stop();
  });

  test("is not kept waiting for ever by shorter work", async () => {
    const { start, stop } = setUp();
    let isDone = false;
    const long = Promise.resolve(start("long", 400)).then(() => {
      isDone = true;
    });
    let shorter = 0;
    while (!isDone) {
      await start(`${shorter++}`, 18);
      expect(shorter).toBeLessThan(2_000);
    }
    await long;
    await stop();
  });

  test("is given up where nobody wants it any more, and what it threw is thrown", async () => {
    const { start, stop, order } = setUp();
    const gone = new AbortController();
    const long = start("long", 1_000, gone.signal) as Promise<string>;
    gone.abort(new Error("gone"));
    expect(await long.catch(String)).toBe("Error: gone");
    function* failing(): Generator<undefined, string> {
      for (let step = 0; step < 3; step++) yield undefined;
      throw new Error("broken");
    }
    const times = [0, 10, 20, 30, 40, 50, 60, 70];
    const clock = { now: () => 0, monotonic: () => times.shift() ?? 100, after: () => () => {} };
    expect(await Promise.resolve(inSlices(failing(), clock)).catch(String)).toBe("Error: broken");
    expect(order).toEqual([]);
    await stop();
  });

  test("says how long it has kept the loop", async () => {
    const { start, stop } = setUp();
    const before = slicedMs();
    await start("long", 120);
    expect(slicedMs() - before).toBe(120);
    await stop();
  });
});
