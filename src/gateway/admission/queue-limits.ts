import type { Config } from "../../config/config.ts";
import type { QueueLimits } from "./queue.ts";

/** What `server` says of requests at a time, for one of `workers` queues, which may count their running ones `together`. */
export function queueLimitsOf(
  server: Config["server"],
  { workers, together }: { readonly workers: number; readonly together: boolean },
): QueueLimits {
  const { max_concurrency: places, max_queued_requests: waiting = places, queue_timeout_seconds: seconds } = server;
  const share = (all: number): number => Math.ceil(all / workers);
  return { maxRunning: together ? places : share(places), maxWaiting: share(waiting), maxWaitMs: seconds * 1000 };
}
