import type { Clock } from "./clock.ts";

/** Resolves after `ms` milliseconds, or as soon as the signal is aborted; never rejects. At once for 0 and less. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (!(ms > 0) || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => finish());
    const finish = (): void => {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    signal.addEventListener("abort", finish);
  });
}

/** Resolves after `ms` milliseconds. */
export function after(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** Resolves after one more turn of the event loop, in which everything else that is ready has had its own. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Whether work is done within `ms` milliseconds; what fails in time is thrown, what fails later is nobody's any more.
 */
export async function doneWithin(ms: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const cancel = clock.after(ms, () => late.resolve(false));
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    cancel();
  }
}
