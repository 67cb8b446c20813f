import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { doneWithin } from "../../lib/pause.ts";
import type { Listener } from "../../server/door/listen.ts";
import type { Io } from "../command.ts";

/** What is to be brought to an end. */
export interface Draining {
  readonly asked: StopAsked;
  readonly listeners: readonly Listener[];
  /** How long requests under way may take, asked when the end begins. */
  readonly drainSeconds: () => number;
  /** Resolves when the last request is done. */
  readonly drained: () => Promise<void>;
  /** Ends what is under way with an error. */
  readonly cut: () => void;
  /** Called first of all: readiness fails from then on. */
  readonly onStop: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long requests that are cut may take to tell their callers, and then the ledger. */
const AFTERMATH_MS = 1_000;

/** Signals this close together are one that came by two ways: `timeout` and terminals tell the whole group as well. */
const ONE_SIGNAL_MS = 100;

/** What signals ask of the process. */
export interface StopAsked {
  /** Resolves to SIGINT or SIGTERM once one comes. */
  readonly first: Promise<string>;
  /** Resolves when another comes after it. */
  readonly again: Promise<"second signal">;
}

/**
 * Listens from now on and for good, so that no signal ends the process while its ledger is being closed. To be called
 * before anybody can know that the process is up.
 */
export function stopAsked(io: Io, clock: Clock): StopAsked {
  const first = Promise.withResolvers<string>();
  const again = Promise.withResolvers<"second signal">();
  let firstMs: number | null = null;
  io.onStop((signal) => {
    if (firstMs === null) {
      firstMs = clock.monotonic();
      first.resolve(signal);
    } else if (clock.monotonic() - firstMs >= ONE_SIGNAL_MS) again.resolve("second signal");
  });
  return { first: first.promise, again: again.promise };
}

/**
 * Waits until it is asked to stop, then takes no more connections and lets requests end up to the limit; a second signal
 * ends them at once. Resolves to the exit code: 0, or 1 where requests had to be cut by a second signal.
 */
export async function drain({ asked, listeners, log, clock, ...draining }: Draining): Promise<number> {
  const signal = await asked.first;
  draining.onStop();
  const seconds = draining.drainSeconds();
  log.info({ signal, drain_seconds: seconds }, "stopping: no more connections, requests under way may end");
  const stopped = Promise.all(listeners.map((listener) => listener.stop()));
  const ended = stopped.then(() => draining.drained()).then(() => "ended" as const);
  const { promise: late, cancel } = timer(clock, seconds * 1000);
  const how = await Promise.race([ended, late, asked.again]);
  cancel();
  if (how !== "ended") {
    log.warn({ reason: how }, "requests that had not ended are cut");
    draining.cut();
    await doneWithin(AFTERMATH_MS, ended, clock);
    await Promise.all(listeners.map((listener) => listener.abort()));
    // who could not be told still has a line in the ledger
    await doneWithin(AFTERMATH_MS, draining.drained(), clock);
  }
  log.info({}, "stopped");
  return how === "second signal" ? 1 : 0;
}

function timer(clock: Clock, ms: number) {
  let cancel = (): void => {};
  const promise = new Promise<"drain_seconds are over">((resolve) => {
    cancel = clock.after(ms, () => resolve("drain_seconds are over"));
  });
  return { promise, cancel };
}
