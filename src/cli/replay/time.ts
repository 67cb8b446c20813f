import { nextTurn } from "../../lib/pause.ts";
import { SteppedClock } from "../_stepped-clock.ts";

/** Turns of the event loop after which whoever works without waiting has come to wait. */
const QUIET_TURNS = 4;
/** While somebody waits for something that is no call to a target, so long nothing may happen (real ms). */
const QUIET_MS = 2;
/** And so long where threads are asked, which count tokens. */
const QUIET_WITH_THREADS_MS = 15;

/** A clock of its own that passes only while everybody waits, and then jumps. */
export class ReplayTime extends SteppedClock {
  /** Requests that are under way. */
  running = 0;
  #calls = 0;

  readonly #quietMs: number;

  /** `asksThreads`: whether requests wait for other threads too. */
  constructor(startMs: number, asksThreads: boolean) {
    super(startMs);
    this.#quietMs = asksThreads ? QUIET_WITH_THREADS_MS : QUIET_MS;
  }

  /** Resolves so many milliseconds later; rejects at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        cancel();
        reject(signal!.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener("abort", gone);
        resolve();
      });
      if (signal?.aborted === true) gone();
      else signal?.addEventListener("abort", gone, { once: true });
    });
  }

  /** As {@link sleep}, for a call to a target: while nothing but such calls is awaited, time may pass at once. */
  async call(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
    this.#calls++;
    try {
      await this.sleep(ms, signal);
    } finally {
      this.#calls--;
    }
  }

  /** Lets everything before this moment happen, and goes there. */
  async goTo(atMs: number): Promise<void> {
    await this.#quiet();
    for (let nextMs = this.nextMs; nextMs !== null && nextMs <= atMs; nextMs = this.nextMs) {
      this.step();
      await this.#quiet();
    }
    this.pass(atMs);
  }

  /** Lets time pass until no request is under way; false: what is left waits for nothing that could come. */
  async finish(): Promise<boolean> {
    await this.#quiet();
    while (this.running > 0) {
      if (!this.step()) return false;
      await this.#quiet();
    }
    return true;
  }

  /** Until everybody waits: all in calls, or some in a pause of the gateway, or in work that takes real time. */
  async #quiet(): Promise<void> {
    const since = performance.now();
    for (let turns = 0; turns < QUIET_TURNS; turns++) await nextTurn();
    while (this.running > this.#calls && performance.now() - since < this.#quietMs) await Bun.sleep(0.5);
  }
}
