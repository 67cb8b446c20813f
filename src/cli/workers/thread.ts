import { SignalTable } from "../../carbon/signal-table.ts";
import { DEFAULT_FRESHNESS } from "../../carbon/signals.ts";
import { createGateway } from "../../gateway/build.ts";
import type { RunningGateway } from "../../gateway/gateway.ts";
import { systemClock } from "../../lib/clock.ts";
import { keyedDigest } from "../../lib/digest.ts";
import { createContextGuard } from "../../lib/tokens/context-guard.ts";
import { Forwarder } from "../../server/door/forward.ts";
import { createDoor } from "../../server/door/handler.ts";
import { type Listener, listen } from "../../server/door/listen.ts";
import type { Counters } from "../../store/counters/counters.ts";
import { openCounters } from "../../store/counters/open-counters.ts";
import { ThreadCounters } from "../../store/counters/threads.ts";
import { WorkerEscalations } from "./escalations.ts";
import { WorkerEvents } from "./events.ts";
import { WorkerLog } from "./log.ts";
import type { FromWorker, ToWorker, WorkerReport, WorkerStart } from "./messages.ts";
import { WorkerReceipts } from "./receipts.ts";

type Post = (message: FromWorker) => void;

/** One worker: answers model requests, and hands everything else to the main thread. */
export class WorkerThread {
  readonly #post: Post;
  readonly #log: WorkerLog;
  readonly #events: WorkerEvents;
  readonly #guard;
  readonly #forwarder: Forwarder;
  readonly #threads: ThreadCounters;
  readonly #escalations: WorkerEscalations;
  #counters: Counters;
  readonly #signals = new SignalTable(DEFAULT_FRESHNESS);
  #start: WorkerStart | null = null;
  #gateway: RunningGateway | null = null;
  readonly #retired = new Set<RunningGateway>();
  #listeners: readonly Listener[] = [];
  #admits = true;
  #memory: SharedArrayBuffer | null = null;
  #places: Extract<ToWorker, { kind: "places" }> | null = null;
  #receipts: WorkerReceipts | null = null;

  constructor(post: Post) {
    this.#post = post;
    this.#log = new WorkerLog(post);
    this.#events = new WorkerEvents(systemClock, (events) => post({ kind: "events", events }));
    this.#guard = createContextGuard({ log: this.#log, clock: systemClock });
    this.#forwarder = new Forwarder((message) => post({ kind: "route", message }));
    this.#threads = new ThreadCounters(systemClock, (messages) => post({ kind: "counters", messages }));
    this.#counters = this.#threads;
    this.#escalations = new WorkerEscalations((asked) => post({ kind: "person", asked }));
  }

  /** A message of the main thread. */
  hear(message: ToWorker): void {
    switch (message.kind) {
      case "counters":
        for (const each of message.messages) this.#threads.hear(each);
        return;
      case "route":
        this.#forwarder.hear(message.message);
        return;
      case "shared":
        if (message.generation !== null) this.#threads.share(message.generation);
        this.#memory = message.memory;
        return;
      case "places":
        this.#places = message;
        return;
      case "admits":
        this.#admits = message.admits;
        return;
      case "signals":
        this.#signals.replace(message.rules, message.known);
        return;
      case "approvals":
        this.#escalations.setOpen(message.keys);
        return;
      case "person":
        this.#escalations.hear(message.said);
        return;
      case "probed":
        this.#gateway?.probed(message.target, message.result);
        return;
      default:
        void this.#do(message.job, message);
    }
  }

  async #do(job: number, message: Extract<ToWorker, { job: number }>): Promise<void> {
    try {
      const report = await this.#work(message);
      this.#events.flush();
      this.#receipts?.flush();
      this.#post({ kind: "done", job, ...(report === undefined ? {} : { report }) });
    } catch (thrown) {
      this.#post({ kind: "done", job, error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  // biome-ignore lint/suspicious/noConfusingVoidType: a job that has nothing to say returns nothing
  async #work(message: Extract<ToWorker, { job: number }>): Promise<WorkerReport | void> {
    switch (message.kind) {
      case "start":
        return this.#begin(message.start);
      case "configure":
        return this.#configure(message.config);
      case "listen":
        return this.#listen(message.addresses);
      case "report":
        return this.#report();
      case "stop":
        await Promise.all(this.#listeners.map((listener) => listener.stop()));
        return;
      case "cut":
        for (const gateway of this.#gateways()) gateway.cut();
        return;
      case "abort":
        await Promise.all(this.#listeners.map((listener) => listener.abort()));
        return;
      case "drained":
        await Promise.all(this.#gateways().map((gateway) => gateway.drained()));
        await this.#counters.close();
    }
  }

  /** The one that serves, and those that still have something to end. */
  #gateways(): readonly RunningGateway[] {
    return this.#gateway === null ? [...this.#retired] : [...this.#retired, this.#gateway];
  }

  async #begin(start: WorkerStart): Promise<void> {
    this.#start = start;
    this.#receipts = new WorkerReceipts(start.receipts, systemClock, (receipts) =>
      this.#post({ kind: "receipts", receipts }),
    );
    const { url, on_error: onError } = start.config.store.counters;
    if (url !== "memory:") {
      this.#counters = await openCounters({ url, onError, clock: systemClock, log: this.#log, before: {} });
    }
    this.#configure(start.config);
  }

  /** Builds a gateway whole and puts it in the place of the one before. */
  #configure(config: WorkerStart["config"]): void {
    const before = this.#gateway;
    this.#log.level = config.telemetry.log.level;
    this.#gateway = this.#build(config);
    if (before === null) return;
    this.#retired.add(before);
    void before.drained().then(() => this.#retired.delete(before));
  }

  #build(config: WorkerStart["config"]): RunningGateway {
    const { env, failMode, workers, auditKey } = this.#start!;
    const before = this.#gateway;
    // the main thread builds the same, and says what there is to say of it
    this.#log.isMuted = true;
    try {
      return createGateway({
        config,
        services: {
          fetch,
          clock: systemClock,
          ledger: this.#events,
          receipts: this.#receipts!,
          digest: keyedDigest(auditKey),
          escalations: this.#escalations,
          ...(this.#memory === null ? {} : { sharedMemory: this.#memory }),
        },
        env,
        log: this.#log,
        guard: this.#guard,
        failMode,
        onEvent: (event) => this.#events.record(event),
        observer: {
          breakerChanged: (target, { from, to }) => this.#post({ kind: "breaker", target, from, to }),
          probed() {},
        },
        admits: () => this.#admits,
        counters: this.#counters,
        signals: this.#signals,
        workers,
        ...(this.#places === null ? {} : { places: this.#places }),
        ...(before === null ? {} : { previous: before }),
      });
    } finally {
      this.#log.isMuted = false;
    }
  }

  async #listen(addresses: Extract<ToWorker, { kind: "listen" }>["addresses"]): Promise<void> {
    const gateway = () => this.#gateway!;
    const runtime = {
      get gateway() {
        return gateway();
      },
    };
    const handle = createDoor({ runtime, log: this.#log, answerOther: this.#forwarder.ask });
    const idleTimeoutSeconds = gateway().config.server.keep_alive_timeout_seconds;
    this.#listeners = await listen(addresses, { handle }, { idleTimeoutSeconds, reusePort: true });
  }

  #report(): WorkerReport {
    const gateway = this.#gateway!;
    return { targets: gateway.targets(), inFlight: gateway.inFlight(), queued: gateway.queued() };
  }
}
