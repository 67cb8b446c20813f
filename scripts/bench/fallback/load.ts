/**
 * The load generator where there is no C compiler: the modes, options and output of `native/load.c`, at the speed of
 * JavaScript. Its own cost hides differences between fast subjects.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: flags, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    request: { type: "string", default: "" },
    connections: { type: "string", default: "1" },
    rate: { type: "string", default: "0" },
    "ramp-ms": { type: "string", default: "0" },
    "warmup-ms": { type: "string", default: "0" },
    "window-ms": { type: "string", default: "1000" },
    count: { type: "string", default: "0" },
    "after-ms": { type: "string", default: "0" },
    pids: { type: "string", default: "" },
    "no-read": { type: "boolean", default: false },
    "before-answer": { type: "boolean", default: false },
  },
});

// The limit of fetches at once is read at process start, so this process starts itself again with it.
if (process.env["BUN_CONFIG_MAX_HTTP_REQUESTS"] === undefined) {
  const env = { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" };
  const again = Bun.spawn([process.execPath, ...process.argv.slice(1)], {
    env,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  process.exit(await again.exited);
}

const connections = Number(flags.connections);
const [head = "", body = ""] = readFileSync(flags.request, "utf8").split("\r\n\r\n");
const [first = "", ...lines] = head.split("\r\n");
const url = `http://127.0.0.1:${flags.port}${first.split(" ")[1]}`;
const headers = Object.fromEntries(
  lines
    .map((line) => line.split(/: (.*)/s).slice(0, 2))
    .filter(([name]) => name !== "content-length" && name !== "host"),
) as Record<string, string>;

interface Answer {
  readonly startedMs: number;
  readonly firstMs: number;
  readonly endMs: number;
  readonly events: number;
  readonly good: boolean;
}

/** A clock that the mock's process shares: wall-clock nanoseconds, to the microsecond. */
const clockNs = (): number => (performance.timeOrigin + performance.now()) * 1e6;

let serial = 0;
let eventsInWindow = 0;
let window = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function send(id: number, signal?: AbortSignal): Promise<Response> {
  const text = body.replace("00000000", String(id % 100_000_000).padStart(8, "0"));
  return fetch(url, {
    method: "POST",
    headers,
    body: text,
    ...(signal ? { signal } : {}),
    timeout: false,
  } as RequestInit);
}

/** Asks once and reads to the end; `onFirst` is told of the first event. */
async function ask(scheduledMs: number, signal?: AbortSignal, onFirst?: () => void): Promise<Answer> {
  let [firstMs, events, tail] = [0, 0, ""];
  const sentMs = performance.now();
  try {
    const answer = await send(serial++, signal);
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? []) {
      tail += decoder.decode(bytes, { stream: true });
      const found = tail.split("\ndata: {").length - (tail.startsWith("data: {") ? 0 : 1);
      if (found === 0) continue;
      if (events === 0) {
        firstMs = performance.now() - sentMs;
        onFirst?.();
      }
      events += found;
      const now = performance.now();
      if (now >= window.from && now < window.to) eventsInWindow += found;
      tail = `\n${tail.slice(tail.lastIndexOf("\ndata: {") + 8)}`;
    }
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
    const good = answer.status === 200 && (!isStream || tail.includes("[DONE]"));
    return { startedMs: scheduledMs, firstMs, endMs: performance.now(), events, good };
  } catch {
    return { startedMs: scheduledMs, firstMs, endMs: performance.now(), events, good: false };
  }
}

function cpuMs(): number {
  const pids = flags.pids.split(",").filter((pid) => pid !== "");
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

function percentile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? -1 : (sorted[Math.floor((sorted.length - 1) * q)] ?? -1) * 1000;
}

async function run(): Promise<object> {
  const rate = Number(flags.rate);
  const begin = performance.now();
  const answers: Answer[] = [];
  const fromMs = begin + Number(flags["ramp-ms"]) + Number(flags["warmup-ms"]);
  window = { from: fromMs, to: fromMs + Number(flags["window-ms"]) };
  const closedLoop = async (i: number): Promise<void> => {
    await Bun.sleep((Number(flags["ramp-ms"]) * i) / connections);
    while (performance.now() < window.to) answers.push(await Promise.race([ask(performance.now()), untilEnd]));
  };
  const openLoop = async (): Promise<void> => {
    for (let due = begin; due < window.to; due += 1000 / rate) {
      if (due > performance.now()) await Bun.sleep(due - performance.now());
      void ask(Math.min(due, performance.now())).then((answer) => answers.push(answer));
    }
  };
  const none: Answer = { startedMs: 0, firstMs: 0, endMs: 0, events: 0, good: true };
  const untilEnd = Bun.sleep(window.to - begin).then(() => none);
  void (rate > 0 ? openLoop() : Promise.all(Array.from({ length: connections }, (_, i) => closedLoop(i))));
  await Bun.sleep(fromMs - performance.now());
  const cpuFrom = cpuMs();
  await untilEnd;
  const cpu = cpuMs() - cpuFrom;
  const inside = answers.filter((answer) => answer.endMs >= window.from && answer.endMs < window.to);
  const good = inside.filter((answer) => answer.good);
  const latency = good.map((answer) => answer.endMs - answer.startedMs);
  const firsts = inside.filter((answer) => answer.events > 0).map((answer) => answer.firstMs);
  return {
    seconds: Number(flags["window-ms"]) / 1000,
    answered: good.length,
    failed: inside.length - good.length,
    events: eventsInWindow,
    cut_streams: inside.filter((answer) => answer.events > 0 && !answer.good).length,
    cpu_ms: cpu,
    latency_us: { p50: percentile(latency, 0.5), p99: percentile(latency, 0.99) },
    first_event_us: { p50: percentile(firsts, 0.5), p99: percentile(firsts, 0.99) },
  };
}

async function hold(): Promise<object> {
  let [ready, ended] = [0, 0];
  const held: Response[] = [];
  const one = async (i: number): Promise<void> => {
    await Bun.sleep((Number(flags["ramp-ms"]) * i) / connections);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (flags["no-read"]) held.push(await send(serial++));
    else
      void ask(performance.now(), undefined, resolve).then(
        () => ended++,
        () => ended++,
      );
    if (!flags["no-read"]) await promise;
    ready++;
  };
  await Promise.race([Promise.all(Array.from({ length: connections }, (_, i) => one(i))), Bun.sleep(20_000)]);
  process.stdout.write(`${JSON.stringify({ ready, failed: ended })}\n`);
  await Bun.stdin.text();
  return { alive: ready - ended, events: 0 };
}

async function abort(): Promise<object> {
  const count = Number(flags.count);
  const closed: number[] = new Array(count).fill(0);
  const worker = async (): Promise<void> => {
    while (serial < count) {
      const id = serial;
      const controller = new AbortController();
      const close = (): void =>
        void setTimeout(() => {
          closed[id] = clockNs();
          controller.abort();
        }, Number(flags["after-ms"]));
      const answer = ask(performance.now(), controller.signal, flags["before-answer"] ? undefined : close);
      if (flags["before-answer"]) close();
      await answer;
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, count) }, worker));
  return { done: count, failed: 0, closed };
}

const modes: Readonly<Record<string, () => Promise<object>>> = { run, hold, abort };
const mode = modes[positionals[0] ?? ""];
if (mode === undefined) {
  process.stderr.write(`Unknown mode ${positionals[0]}: run, hold or abort\n`);
  process.exit(2);
}
process.stdout.write(`${JSON.stringify(await mode())}\n`);
process.exit(0);
