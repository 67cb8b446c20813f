import { expect, test } from "bun:test";
import type { Clock } from "../../src/lib/clock.ts";
import { runJobs } from "../../src/scheduler/_run-jobs.ts";
import type { Job, JobContext, RunningJob } from "../../src/scheduler/job.ts";
import { settled } from "../support/clock.ts";

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
  const infos: object[] = [];
  const tells: (() => void)[] = [];
  const log = {
    debug() {},
    info: (fields: object) => void infos.push(fields),
    warn() {},
    error: (fields: object) => void errors.push(fields),
  };
  const onReload = (tell: () => void) => void tells.push(tell);
  const reload = () => {
    for (const tell of tells) tell();
  };
  return { errors, infos, reload, context: { clock, log, watched: [], onReload } as unknown as JobContext };
}
const jobOf = (name: string, ...running: RunningJob[]): Job => ({ name, create: () => running });
const idle: RunningJob = { key: "k", intervalMs: 10, atOnce: false, run: async () => {} };

test("a job runs again only when it is over, after its interval less some jitter", async () => {
  const time = handClock();
  let runs = 0;
  let finish = () => {};
  const run = () => {
    runs += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  const job = jobOf("slow", { ...idle, intervalMs: 1000, run });
  const stop = runJobs(context(time.clock).context, [job], () => 0.5);
  expect(time.waits()).toEqual([950]);
  time.fire();
  await settled();
  expect([runs, time.waits()]).toEqual([1, []]);
  finish();
  await settled();
  expect(time.waits()).toEqual([950]);
  stop();
  expect(time.waits()).toEqual([]);
});

test("a turn may say when the next one is, and that is never later", async () => {
  const time = handClock();
  const stop = runJobs(
    context(time.clock).context,
    [jobOf("j", { ...idle, atOnce: true, run: async () => 200 })],
    () => 0.999,
  );
  await settled();
  expect(time.waits()[0]).toBeWithin(180, 200);
  stop();
});

test("a failing job is logged and goes on; one that is not wanted does not start", async () => {
  const time = handClock();
  const { errors, context: given } = context(time.clock);
  const failing = jobOf("failing", { ...idle, atOnce: true, run: () => Promise.reject(new Error("no")) });
  const stop = runJobs(given, [failing, jobOf("unwanted")], () => 0);
  await settled();
  expect(errors).toMatchObject([{ job: "failing" }]);
  expect(time.waits()).toEqual([10]);
  stop();
});

test("a job that goes on failing is said at 1, 2, 4, 8 … times, and that it works again", async () => {
  const time = handClock();
  const { errors, infos, context: given } = context(time.clock);
  let fails = true;
  const run = () => (fails ? Promise.reject(new Error("no")) : Promise.resolve());
  const stop = runJobs(given, [jobOf("failing", { ...idle, atOnce: true, run })], () => 0);
  await settled();
  const turn = async () => {
    time.fire();
    await settled();
  };
  for (let times = 1; times < 20; times++) await turn();
  expect(errors.map((fields) => (fields as { failures: number }).failures)).toEqual([1, 2, 4, 8, 16]);
  fails = false;
  await turn();
  await turn();
  expect(infos).toEqual([{ job: "failing", failures: 20 }]);
  fails = true;
  await turn();
  expect(errors.at(-1)).toMatchObject({ job: "failing", failures: 1 });
  stop();
});

test("a job that is stopped while it runs is told, and does not come back", async () => {
  const time = handClock();
  let told = false;
  const run = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        told = true;
        resolve();
      });
    });
  const stop = runJobs(context(time.clock).context, [jobOf("one", { ...idle, atOnce: true, run })]);
  stop();
  await settled();
  expect([told, time.waits()]).toEqual([true, []]);
});

test("a reload lets the same work go on, starts what is new and stops what is gone", async () => {
  const time = handClock();
  const { context: given, reload } = context(time.clock);
  const started: string[] = [];
  const stopped: string[] = [];
  let keys = ["a", "b"];
  const running = (key: string): RunningJob => ({
    key,
    intervalMs: 10,
    atOnce: true,
    run(signal) {
      started.push(key);
      signal.addEventListener("abort", () => void stopped.push(key));
      return Promise.resolve();
    },
  });
  const stop = runJobs(given, [{ name: "j", create: () => keys.map(running) }], () => 0);
  keys = ["b", "c"];
  reload();
  await settled();
  expect([started, stopped, time.waits().length]).toEqual([["a", "b", "c"], ["a"], 2]);
  stop();
  reload();
  expect([started.length, stopped, time.waits()]).toEqual([3, ["a", "b", "c"], []]);
});
