import { type FromWorker, packed, type ToWorker, unpacked } from "./messages.ts";
import { WorkerThread } from "./thread.ts";

// the main thread may import this file too (the house test does): there it must not take over its messages
if (!Bun.isMainThread) {
  const post = (message: FromWorker): void => postMessage(packed(message));
  const thread = new WorkerThread(post);
  addEventListener("message", (event) => thread.hear(unpacked((event as MessageEvent).data) as ToWorker));
  const uncaught = (thrown: unknown): void => {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    post({
      kind: "log",
      level: "error",
      fields: { err: stack },
      message: "an error that nobody caught; a worker goes on",
    });
  };
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
  post({ kind: "ready" });
}
