import type { RequestKind } from "./requests.ts";
import type { Running } from "./running.ts";
import type { Tools } from "./tools.ts";

/** What `load run` tells. Latencies in microseconds, −1 where there were none. */
export interface RunResult {
  readonly seconds: number;
  readonly answered: number;
  readonly failed: number;
  readonly events: number;
  readonly cut_streams: number;
  readonly cpu_ms: number;
  readonly latency_us: { readonly p50: number; readonly p99: number };
  readonly first_event_us: { readonly p50: number; readonly p99: number };
}

/** Options of `load run`; times in milliseconds, rate in requests a second (absent: closed loop). */
export interface RunOptions {
  readonly kind: RequestKind;
  readonly connections: number;
  readonly rate?: number;
  readonly rampMs?: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** Processes whose processor time is read at both ends of the window. */
  readonly pids: readonly number[];
}

function common(
  running: Pick<Running, "port" | "requestFile">,
  kind: RequestKind,
  connections: number,
): readonly string[] {
  return ["--port", String(running.port), "--request", running.requestFile(kind), "--connections", String(connections)];
}

/** Loads a subject for one window. Rejects when the generator fails. */
export async function loadRun(
  tools: Tools,
  running: Pick<Running, "port" | "requestFile">,
  options: RunOptions,
): Promise<RunResult> {
  const flags = [
    ...["--warmup-ms", String(options.warmupMs), "--window-ms", String(options.windowMs)],
    ...(options.rate === undefined ? [] : ["--rate", String(options.rate)]),
    ...(options.rampMs === undefined ? [] : ["--ramp-ms", String(options.rampMs)]),
    ...(options.pids.length === 0 ? [] : ["--pids", options.pids.join(",")]),
  ];
  return (await lastLine([
    ...tools.load,
    "run",
    ...common(running, options.kind, options.connections),
    ...flags,
  ])) as RunResult;
}

/** Streams that are kept open. */
export interface Held {
  /** How many had their first event when the generator stopped opening. */
  readonly ready: number;
  /** Ends them all and tells how many were still alive. */
  release(): Promise<number>;
}

/** Opens streams and holds them; `read: false` stops reading after the first bytes. */
export async function loadHold(
  tools: Tools,
  running: Pick<Running, "port" | "requestFile">,
  options: {
    readonly kind: RequestKind;
    readonly connections: number;
    readonly rampMs: number;
    readonly read: boolean;
  },
): Promise<Held> {
  const flags = ["--ramp-ms", String(options.rampMs), ...(options.read ? [] : ["--no-read"])];
  const argv = [...tools.load, "hold", ...common(running, options.kind, options.connections), ...flags];
  const child = Bun.spawn(argv, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const lines = lineReader(child.stdout);
  const first = JSON.parse((await lines()) ?? '{"ready":0}') as { ready: number };
  return {
    ready: first.ready,
    async release() {
      await child.stdin.end();
      const last = JSON.parse((await lines()) ?? '{"alive":0}') as { alive: number };
      await child.exited;
      return last.alive;
    },
  };
}

/**
 * Opens streams and closes each a while after its first event (or after sending); monotonic ns of each closing by
 * serial number.
 */
export async function loadAbort(
  tools: Tools,
  running: Pick<Running, "port" | "requestFile">,
  options: {
    readonly kind: RequestKind;
    readonly connections: number;
    readonly count: number;
    readonly afterMs: number;
    readonly beforeAnswer: boolean;
  },
): Promise<readonly number[]> {
  const flags = [
    "--count",
    String(options.count),
    "--after-ms",
    String(options.afterMs),
    ...(options.beforeAnswer ? ["--before-answer"] : []),
  ];
  const result = await lastLine([
    ...tools.load,
    "abort",
    ...common(running, options.kind, options.connections),
    ...flags,
  ]);
  return (result as { closed: number[] }).closed;
}

async function lastLine(argv: readonly string[]): Promise<unknown> {
  const child = Bun.spawn([...argv], { stdout: "pipe", stderr: "pipe" });
  const [text, words, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`The load generator failed with ${code}: ${words.slice(-400)}`);
  if (words !== "") process.stderr.write(`  ${words.trim().split("\n").join("\n  ")}\n`);
  return JSON.parse(text);
}

/** Reads a child's output line by line; null at its end. */
export function lineReader(stream: ReadableStream<Uint8Array>): () => Promise<string | null> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let held = "";
  return async () => {
    while (!held.includes("\n")) {
      const { done, value } = await reader.read();
      if (done) return null;
      held += decoder.decode(value, { stream: true });
    }
    const end = held.indexOf("\n");
    const line = held.slice(0, end);
    held = held.slice(end + 1);
    return line;
  };
}
