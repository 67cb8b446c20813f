import type { Clock } from "../../lib/clock.ts";

/** Silence towards the client after which a comment goes out, so that no proxy takes the stream for dead. */
export const HEARTBEAT_MS = 15_000;

/** Waits for `work` and calls `beat` for every {@link HEARTBEAT_MS} that it takes. */
export async function withHeartbeat<T>(work: Promise<T>, clock: Clock, beat: () => void): Promise<T> {
  let cancel: () => void;
  const next = (): void => {
    cancel = clock.after(HEARTBEAT_MS, () => {
      beat();
      next();
    });
  };
  next();
  try {
    return await work;
  } finally {
    cancel!();
  }
}
