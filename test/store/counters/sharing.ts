import { silentLogger } from "../../../src/lib/logger.ts";
import type { Ask, Claim, Counters, Refusal } from "../../../src/store/counters/counters.ts";
import { MemoryCounters } from "../../../src/store/counters/memory.ts";
import { OwnerCounters } from "../../../src/store/counters/owner.ts";
import { RedisCounters } from "../../../src/store/counters/redis.ts";
import { ThreadCounters } from "../../../src/store/counters/threads.ts";
import { type FakeClock, fakeClock } from "../../support/clock.ts";
import { sharedServer } from "../../support/redis-server.ts";

/** Two gateways' counters that count together, on one clock. */
export interface Sharing extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly nodes: readonly [Counters, Counters];
}

/** One process: both are the same. */
export async function inMemory(): Promise<Sharing> {
  const clock = fakeClock();
  const counters = new MemoryCounters(clock);
  return { clock, nodes: [counters, counters], async [Symbol.asyncDispose]() {} };
}

/** Two nodes and an empty server. */
export async function onServer(): Promise<Sharing> {
  const { url, send } = await sharedServer();
  await send("FLUSHALL");
  const clock = fakeClock();
  // timers are the machine's: a server answers in real time
  const { after } = (await import("../../../src/lib/clock.ts")).systemClock;
  const own = { ...clock, after };
  const node = (): RedisCounters =>
    new RedisCounters({ url, onError: "refuse", clock: own, log: silentLogger, timeUs: () => clock.now() * 1000 });
  const nodes = [node(), node()] as const;
  await Promise.all(nodes.map((each) => each.start()));
  return {
    clock,
    nodes,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((each) => each.close()));
    },
  };
}

/** Two threads that ask a third; messages are copied and come in later turns, in order, as between threads. */
export async function byThreads(): Promise<Sharing> {
  const clock = fakeClock();
  const owner = new OwnerCounters(clock);
  const node = (): ThreadCounters => {
    const later = <T>(hear: (message: T) => void) => {
      return (message: T): void => void queueMicrotask(() => hear(structuredClone(message)));
    };
    const connection = owner.connect(later((message) => counters.hear(message)));
    const counters: ThreadCounters = new ThreadCounters(
      clock,
      later((messages) => {
        for (const message of messages) connection.hear(message);
      }),
    );
    return counters;
  };
  return { clock, nodes: [node(), node()], async [Symbol.asyncDispose]() {} };
}

/** An ask with what a test names. */
export const ask = (more: Partial<Ask>): Ask => ({ meters: [], accounts: [], places: null, holdMs: 60_000, ...more });

/** A meter for everybody. */
export const requests = (max: number, windowMs = 60_000, key = "") => ({
  rate: { id: `requests ${windowMs}`, unit: "requests", setting: "global_rate_limit", max, windowMs } as const,
  key,
});

/** A meter of tokens. */
export const tokens = (max: number, windowMs = 60_000, key = "") => ({
  rate: { id: `tokens ${windowMs}`, unit: "tokens", setting: "token_rate_limit", max, windowMs } as const,
  key,
});

/** Lets a request in. */
export async function admit(counters: Counters, asked: Ask): Promise<{ claim: Claim; refusal: Refusal | null }> {
  const claim = counters.open(asked);
  return { claim, refusal: await claim.admit() };
}

/** Resolves once what was settled is known to all. */
export async function known(counters: Counters): Promise<void> {
  // an ask that counts nothing comes behind everything that was sent before
  await counters.open(ask({ meters: [tokens(1, 1_000, "nobody")] })).admit();
}
