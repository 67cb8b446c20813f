import { isPowerOfTwo } from "../lib/power-of-two.ts";
import { jobs } from "./index.ts";
import type { Job, JobContext, RunningJob } from "./job.ts";

/**
 * Each wait is up to this share shorter, so that many gateways do not do the same thing in the same second. Never longer:
 * an interval is a promise.
 */
const JITTER = 0.1;

/** What every turn needs. */
interface Run {
  readonly name: string;
  readonly context: JobContext;
  readonly random: () => number;
}

/**
 * Starts every job that is wanted, and after a reload those that are new; those that are gone are stopped, the others go
 * on. A job never overlaps itself: the next wait begins when a turn is over. What a turn throws does not end the job and
 * is logged at the 1st, 2nd, 4th, 8th … failure in a row, an alarm and not a flood, and so is the turn that ends the
 * row. The returned function stops them all; a turn under way is told by its signal.
 */
export function runJobs(
  context: JobContext,
  registry: readonly Job[] = Object.values(jobs),
  random: () => number = Math.random,
): () => void {
  const running = new Map<string, () => void>();
  let stopped = false;
  const keep = (wanted: ReadonlySet<string>): void => {
    for (const [id, stop] of running) {
      if (wanted.has(id)) continue;
      running.delete(id);
      stop();
    }
  };
  const update = (): void => {
    if (stopped) return;
    const wanted = new Map<string, () => () => void>();
    for (const job of registry) {
      const run = { name: job.name, context, random };
      for (const one of job.create(context)) wanted.set(`${job.name} ${one.key}`, () => start(one, run));
    }
    keep(new Set(wanted.keys()));
    for (const [id, begin] of wanted) if (!running.has(id)) running.set(id, begin());
  };
  update();
  context.onReload(update);
  return () => {
    stopped = true;
    keep(new Set());
  };
}

/** Starts one job; the returned function stops it. */
function start(job: RunningJob, { name, context, random }: Run): () => void {
  const controller = new AbortController();
  let cancel = (): void => {};
  let failures = 0;
  const turn = async (): Promise<void> => {
    let waitMs = job.intervalMs;
    try {
      waitMs = (await job.run(controller.signal)) ?? waitMs;
      if (failures > 0) context.log.info({ job: name, failures }, "a job works again");
      failures = 0;
    } catch (err) {
      failures += 1;
      if (isPowerOfTwo(failures))
        context.log.error({ job: name, err, failures }, "a job failed, it runs again at its next turn");
    }
    if (!controller.signal.aborted) wait(waitMs);
  };
  const wait = (ms: number): void => {
    cancel = context.clock.after(ms * (1 - random() * JITTER), () => void turn());
  };
  if (job.atOnce) void turn();
  else wait(job.intervalMs);
  return () => {
    controller.abort(new Error("the job was stopped"));
    cancel();
  };
}
