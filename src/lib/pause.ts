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
