import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { SpendingRecord } from "../../lib/spending-file.ts";
import type { Counters } from "./counters.ts";
import { MemoryCounters } from "./memory.ts";
import { OwnerCounters } from "./owner.ts";
import { RedisCounters } from "./redis.ts";

/** What counters are opened with. */
export interface OpenCounters {
  /** `memory:`, `redis://…` or `rediss://…`. */
  readonly url: string;
  readonly onError: "local" | "refuse";
  readonly clock: Clock;
  readonly log: Logger;
  /** What earlier processes spent: for counters in memory, a server knows it. */
  readonly before: SpendingRecord;
  /** Whether other threads of this process count here too. */
  readonly forThreads?: boolean;
}

/** Opens the counters of `store.counters`. A server that cannot be reached is tried again and again, and said in the log. */
export async function openCounters(options: OpenCounters): Promise<Counters> {
  const { url, onError, clock, log, before, forThreads = false } = options;
  if (url === "memory:") return forThreads ? new OwnerCounters(clock, before) : new MemoryCounters(clock, before);
  const counters = new RedisCounters({ url, onError, clock, log });
  await counters.start();
  return counters;
}
