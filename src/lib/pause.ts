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
