import { jobs } from "./index.ts";
import type { Job, JobContext, RunningJob } from "./job.ts";

/** Each wait is up to this share longer, so that many gateways do not do the same thing in the same second. */
const JITTER = 0.1;

/**
 * Starts every job that is wanted. A job never overlaps itself: the next wait begins when a run is over. What a run
 * throws is logged and does not end the job. The returned function stops them all; a run under way ends by itself.
 */
export function runJobs(
  context: JobContext,
  registry: readonly Job[] = Object.values(jobs),
  random: () => number = Math.random,
): () => void {
  const cancels = registry.flatMap((job) => {
    const running = job.create(context);
    return running === null ? [] : [start(job.name, running, { context, random })];
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function start(name: string, job: RunningJob, { context, random }: { context: JobContext; random: () => number }) {
  let stopped = false;
  let cancel = (): void => {};
  const turn = async (): Promise<void> => {
    try {
      await job.run();
    } catch (err) {
      context.log.error({ job: name, err }, "a job failed, it runs again at its next turn");
    }
    if (!stopped) wait();
  };
  const wait = (): void => {
    cancel = context.clock.after(job.intervalMs * (1 + random() * JITTER), () => void turn());
  };
  if (job.atOnce) void turn();
  else wait();
  return () => {
    stopped = true;
    cancel();
  };
}
