import { type FromWorker, packed, type ToWorker, unpacked, type WorkerReport } from "./messages.ts";

/** Where the compiled binary keeps the worker: entry points lie below their common root, which is `src`. */
const IN_BINARY = "./cli/workers/worker.ts";

/** A message that is answered. */
type Job = Extract<ToWorker, { job: number }>;
/** The same without its number. */
export type JobMessage = Job extends infer Each ? (Each extends Job ? Omit<Each, "job"> : never) : never;

/** What a worker says that answers no job. */
export type Told = Exclude<FromWorker, { kind: "done" | "ready" }>;

interface Waiting {
  readonly resolve: (report: WorkerReport | null) => void;
  readonly reject: (error: Error) => void;
}

/** One worker as the main thread sees it. */
export interface Member {
  /** Resolves when it takes messages; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Sends what wants no answer. */
  post(message: Exclude<ToWorker, Job>): void;
  /** Has something done. Rejects with why it could not be, and when the worker ends. */
  do(message: JobMessage): Promise<WorkerReport | null>;
  /** Ends it at once, without a word. */
  end(): void;
}

/** Starts a worker. `gone` is called once when it has ended by itself. */
export type StartMember = (hear: (message: Told) => void, gone: (why: string) => void) => Member;

/** Starts a thread. */
export const startMember: StartMember = (hear, gone) => new WorkerMember(hear, gone);

class WorkerMember implements Member {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #jobs = 0;
  #isGone = false;

  constructor(hear: (message: Told) => void, gone: (why: string) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#worker = new Worker(workerUrl());
    this.#worker.addEventListener("message", (event: MessageEvent) => {
      const message = unpacked(event.data) as FromWorker;
      if (message.kind === "ready") resolve();
      else if (message.kind === "done") this.#done(message);
      else hear(message);
    });
    const end = (why: string): void => {
      if (this.#isGone) return;
      this.#isGone = true;
      const error = new Error(why);
      reject(error);
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
      gone(why);
    };
    this.#worker.addEventListener("error", (event) => end(`a worker failed: ${event.message}`));
    this.#worker.addEventListener("close", () => end("a worker ended by itself"));
  }

  post(message: Exclude<ToWorker, Job>): void {
    if (!this.#isGone) this.#worker.postMessage(packed(message));
  }

  do(message: JobMessage): Promise<WorkerReport | null> {
    if (this.#isGone) return Promise.reject(new Error("the worker is gone"));
    const job = this.#jobs++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(job, { resolve, reject });
      this.#worker.postMessage(packed({ ...message, job } as Job));
    });
  }

  end(): void {
    this.#isGone = true;
    this.#worker.terminate();
  }

  #done({ job, error, report }: Extract<FromWorker, { kind: "done" }>): void {
    const waiting = this.#waiting.get(job);
    this.#waiting.delete(job);
    if (error === undefined) waiting?.resolve(report ?? null);
    else waiting?.reject(new Error(error));
  }
}

// in the binary every module has the address of the first entry point, so the neighbour is found from there
function workerUrl(): string {
  const { url } = import.meta;
  return Bun.isStandaloneExecutable ? new URL(IN_BINARY, url).href : new URL("./worker.ts", import.meta.url).href;
}
