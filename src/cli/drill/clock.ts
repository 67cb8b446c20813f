import { SteppedClock } from "../_stepped-clock.ts";

/** A clock that stands still while anything works, and jumps to the next timer when everybody waits. */
export class DrillClock extends SteppedClock {
  /** The wall clock's present, so that dates in headers make sense. */
  readonly #startedMs = Date.now();

  constructor() {
    super(0);
  }

  override now(): number {
    return this.#startedMs + this.monotonic();
  }
}
