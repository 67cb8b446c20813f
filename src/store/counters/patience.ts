import type { Clock } from "../../lib/clock.ts";

/** How long a call may take although the server speaks: it has too much to do. */
const LONGEST_CALL_MS = 2_000;
/**
 * A timer that comes later than this says that the process itself stood still (stopped, starved): what it had to say may
 * not even have left, so that the server gets its whole time anew, this often.
 */
const STOOD_STILL = { ms: 250, times: 3 } as const;

/** How long answers of one server are waited for: by its silence, not by the length of the queue before it. */
export class Patience {
  readonly #clock: Clock;
  /** When it last answered. */
  #heardMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer to a call; rejects where the server is silent for `ms`, whatever else it was asked meanwhile. */
  within<T>(ms: number, answer: Promise<T>): Promise<T> {
    const clock = this.#clock;
    let startedMs = clock.monotonic();
    let pauses = 0;
    return new Promise((resolve, reject) => {
      let cancel = (): void => {};
      const judge = (lateMs: number): void => {
        const nowMs = clock.monotonic();
        if (lateMs > STOOD_STILL.ms && pauses++ < STOOD_STILL.times) startedMs = nowMs;
        const leftMs = Math.max(this.#heardMs, startedMs) + ms - nowMs;
        if (leftMs > 0 && nowMs - startedMs < LONGEST_CALL_MS) wait(leftMs);
        else reject(new Error(`no answer in ${Math.round(nowMs - startedMs)} ms`));
      };
      // a loop that was busy itself gives what has come in meanwhile its turn first
      const wait = (forMs: number): void => {
        const dueMs = clock.monotonic() + forMs;
        cancel = clock.after(forMs, () => {
          const lateMs = clock.monotonic() - dueMs;
          setImmediate(() => judge(lateMs));
        });
      };
      wait(ms);
      answer.then(
        (value) => {
          this.#heardMs = clock.monotonic();
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
