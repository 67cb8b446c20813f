import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** A running counting thread. */
export interface CountingThread {
  post(message: ToWorker): void;
  /** Ends it at once; it reports nothing more. */
  stop(): void;
}

/** What a counting thread reports. `failed` comes at most once and is the last. */
export interface ThreadEvents {
  readonly message: (message: FromWorker) => void;
  readonly failed: (error: Error) => void;
}

/** Starts a counting thread; tests put their own in its place. */
export type StartThread = (events: ThreadEvents) => CountingThread;

/**
 * Starts `worker.ts` as a thread that does not keep the process alive. In the compiled binary the file must be an entry
 * point of its own (`src/lib/tokens/worker.ts`, built with `src` as root); a missing one shows as `failed`.
 */
export const startThread: StartThread = (events) => {
  const worker = new Worker(workerUrl(), { ref: false });
  let live = true;
  const fail = (error: Error): void => {
    if (!live) return;
    live = false;
    worker.terminate();
    events.failed(error);
  };
  worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
    if (live) events.message(event.data);
  });
  worker.addEventListener("error", (event) => fail(new Error(`The token counting thread failed: ${event.message}`)));
  worker.addEventListener("close", () => fail(new Error("The token counting thread ended by itself")));
  return {
    post: (message) => worker.postMessage(message),
    stop: () => {
      live = false;
      worker.terminate();
    },
  };
};

/** Where the compiled binary keeps the worker: entry points lie below their common root, which is `src`. */
const IN_BINARY = "$1lib/tokens/worker.ts";

/** In the binary every module has the address of its thread's entry point, which may lie deeper than the first one. */
function workerUrl(): string {
  const { url } = import.meta;
  return Bun.isStandaloneExecutable
    ? url.replace(/^(.*\/root\/).*$/, IN_BINARY)
    : new URL("./worker.ts", import.meta.url).href;
}
