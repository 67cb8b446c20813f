import type { Clock } from "../lib/clock.ts";
import type { EventSink } from "../lib/context.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { WorkerEvent } from "./_worker-messages.ts";

/** Events are sent so many at a time, or after so long. */
const BATCH = 64;
const LATEST_MS = 5;

/** A worker's events on their way to the thread that writes them down. */
export class WorkerEvents implements EventSink {
  readonly #clock: Clock;
  readonly #send: (events: readonly WorkerEvent[]) => void;
  #batch: WorkerEvent[] = [];
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, send: (events: readonly WorkerEvent[]) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** For metrics. */
  record(event: RequestEvent): void {
    this.#add({ event, metrics: true, ledger: false });
  }

  /** For the ledger: comes after {@link record} of the same event, and then with it. */
  push(event: RequestEvent): void {
    const last = this.#batch.at(-1);
    if (last?.event === event) last.ledger = true;
    else this.#add({ event, metrics: false, ledger: true });
  }

  /** Sends what there is. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#send(batch);
  }

  #add(event: WorkerEvent): void {
    // what is full is sent before more comes: whoever pushes an event to the ledger does so right after its record
    if (this.#batch.length >= BATCH) this.flush();
    this.#batch.push(event);
    this.#cancel ??= this.#clock.after(LATEST_MS, () => this.flush());
  }
}
