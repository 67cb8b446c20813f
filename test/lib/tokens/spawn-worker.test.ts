import { afterEach, expect, test } from "bun:test";
import { type CountingThread, startThread } from "../../../src/lib/tokens/spawn-worker.ts";
import type { FromWorker } from "../../../src/lib/tokens/worker-messages.ts";
import { ROOT } from "../../support/source.ts";

let thread: CountingThread | null = null;
afterEach(() => thread?.stop());

test("a thread loads and counts", async () => {
  const heard: FromWorker[] = [];
  const counted = Promise.withResolvers<void>();
  thread = startThread({
    message: (message) => heard.push(message) === 2 && counted.resolve(),
    failed: counted.reject,
  });
  thread.post({ kind: "load", vocabulary: "o200k" });
  thread.post({ kind: "count", job: 1, vocabulary: "o200k", texts: ["one two"], stopAbove: 10, budgetMs: 1000 });
  await counted.promise;
  expect(heard).toEqual([
    { kind: "loaded", vocabulary: "o200k" },
    { kind: "counted", job: 1, counts: [2], stopped: null, rest: 0 },
  ]);
});

test("a thread that throws is reported as failed, once", async () => {
  const failures: Error[] = [];
  const failed = Promise.withResolvers<void>();
  thread = startThread({
    message: () => {},
    failed(error) {
      failures.push(error);
      failed.resolve();
    },
  });
  thread.post({ kind: "load", vocabulary: "no-such" as "tekken" });
  await failed.promise;
  expect(failures.map((error) => error.message)).toEqual([
    expect.stringMatching(/^The token counting thread failed: .+/),
  ]);
});

test("a thread keeps no process alive", async () => {
  const script = `
    const { startThread } = await import(${JSON.stringify(`${ROOT}src/lib/tokens/spawn-worker.ts`)});
    const loaded = Promise.withResolvers();
    const keep = setInterval(() => {}, 1000);
    const thread = startThread({ message: loaded.resolve, failed: loaded.reject });
    thread.post({ kind: "load", vocabulary: "tekken" });
    await loaded.promise;
    clearInterval(keep);
    console.log("loaded");
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stderr: "pipe" });
  const [out, problems, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect({ out, problems, code }).toEqual({ out: "loaded\n", problems: "", code: 0 });
});
