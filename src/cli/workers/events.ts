import { Batch } from "../../lib/batch.ts";
import type { Clock } from "../../lib/clock.ts";
import type { EventSink } from "../../lib/context.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { WorkerEvent } from "./messages.ts";

/** When events are sent. */
const LIMITS = { most: 64, latestMs: 5 };

/** A worker's events on their way to the thread that writes them down. */
export class WorkerEvents implements EventSink {
  readonly #batch: Batch<WorkerEvent>;

  constructor(clock: Clock, send: (events: readonly WorkerEvent[]) => void) {
    this.#batch = new Batch(clock, LIMITS, send);
  }

  /** For metrics. */
  record(event: RequestEvent): void {
    this.#batch.add({ event, metrics: true, ledger: false });
  }

  /** For the ledger: comes right after {@link record} of the same event, and then with it. */
  push(event: RequestEvent): void {
    const { last } = this.#batch;
    if (last?.event === event) last.ledger = true;
    else this.#batch.add({ event, metrics: false, ledger: true });
  }

  /** Sends what there is. */
  flush(): void {
    this.#batch.flush();
  }
}
