import { expect, test } from "bun:test";
import type { Clock } from "../../src/lib/clock.ts";
import { runJobs } from "../../src/scheduler/_run-jobs.ts";
import type { Job, JobContext } from "../../src/scheduler/job.ts";

/** Timers that fire when the test says so. */
function handClock() {
  let timers: { ms: number; fn: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(ms, fn) {
      const timer = { ms, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  return {
    clock,
    waits: () => timers.map(({ ms }) => ms),
    fire() {
      const due = timers;
      timers = [];
      for (const { fn } of due) fn();
    },
  };
}

function context(clock: Clock) {
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  return { errors, context: { clock, log, watched: [] } as unknown as JobContext };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a job runs again only when it is over, after its interval and some jitter", async () => {
  const time = handClock();
  let runs = 0;
  let finish = () => {};
  const job: Job = {
    name: "slow",
    create: () => ({
      intervalMs: 1000,
      atOnce: false,
      run() {
        runs += 1;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    }),
  };
  const stop = runJobs(context(time.clock).context, [job], () => 0.5);
  expect(time.waits()).toEqual([1050]);
  time.fire();
  await settled();
  expect([runs, time.waits()]).toEqual([1, []]);
  finish();
  await settled();
  expect(time.waits()).toEqual([1050]);
  stop();
  expect(time.waits()).toEqual([]);
});

test("a failing job is logged and goes on; one that is not wanted does not start", async () => {
  const time = handClock();
  const { errors, context: given } = context(time.clock);
  const failing: Job = {
    name: "failing",
    create: () => ({ intervalMs: 10, atOnce: true, run: () => Promise.reject(new Error("no")) }),
  };
  const stop = runJobs(given, [failing, { name: "unwanted", create: () => null }], () => 0);
  await settled();
  expect(errors).toMatchObject([{ job: "failing" }]);
  expect(time.waits()).toEqual([10]);
  stop();
});

test("a job that is stopped while it runs does not come back", async () => {
  const time = handClock();
  let finish = () => {};
  const job: Job = {
    name: "one",
    create: () => ({
      intervalMs: 10,
      atOnce: true,
      run: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    }),
  };
  const stop = runJobs(context(time.clock).context, [job]);
  stop();
  finish();
  await settled();
  expect(time.waits()).toEqual([]);
});
