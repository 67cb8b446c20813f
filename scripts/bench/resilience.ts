import { join } from "node:path";
import { median, middle, type Sample } from "./figures.ts";
import { lineReader, loadRun } from "./load.ts";
import type { Measured } from "./measures.ts";
import { residentBytes } from "./process-figures.ts";
import type { RequestKind } from "./requests.ts";
import { freePort, start } from "./running.ts";
import { weir } from "./subjects/weir.ts";

const STREAMS = 2000;
const CUT_SECONDS = 20;
/** `BENCH_CUT_SECONDS=600` for the ten minutes of the promise about memory; a round is too short to tell of it. */
const cutSeconds = (): number => Number(process.env["BENCH_CUT_SECONDS"] ?? CUT_SECONDS);

/** Under two thousand streams the heap takes up to four minutes to find its size; what it grows by then is no leak. */
const STEADY_SECONDS = 600;

const MB = 1e6;

const document = (providers: string, more = ""): string => `
pack: { name: bench, version: 1.0.0, enabled: true }
policies: { chain: [audit-logger] }
providers:
${providers}
${more}`;

/** The same requests to a group of one target, and to one whose first target refuses connections, by turns. */
export async function failover(m: Measured): Promise<Sample> {
  const gone = freePort();
  const subject = weir(false, ({ upstream }) =>
    document(
      `  circuit_breaker: { enabled: false }
  retry: { max_attempts: 1 }
  targets:
    - { id: mock, provider: openai-compatible, model: bench, base_url: "http://127.0.0.1:${upstream}/v1" }
    - { id: gone, provider: openai-compatible, model: bench, base_url: "http://127.0.0.1:${gone}/v1" }`,
      `model_groups:
  - { name: bench, targets: [mock] }
  - { name: failover, targets: [gone, mock], strategy: fallback }
`,
    ),
  );
  const running = await start(subject, m.bench);
  const p99 = async (kind: RequestKind): Promise<number> => {
    const options = { kind, connections: 32, rate: 300, warmupMs: 300, windowMs: 3 * m.windowMs, pids: [] } as const;
    const { answered, failed, latency_us } = await loadRun(m.tools, running, options);
    return answered === 0 || failed > 0 ? Number.POSITIVE_INFINITY : latency_us.p99 / 1000;
  };
  try {
    const added: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const usual = await p99("json-1k");
      added.push(Math.max(0, (await p99("json-failover")) - usual));
    }
    return { "failover-p99": middle(added) };
  } finally {
    await running.stop();
  }
}

/** Clients and upstream in a process of their own: two thousand streams, of which the upstream breaks off one in a hundred. */
export async function cutStreams(m: Measured): Promise<Sample> {
  const script = join(import.meta.dir, "cut-streams.ts");
  const argv = m.bench.pins.load([process.execPath, script, String(STREAMS), String(cutSeconds())]);
  const child = Bun.spawn([...argv], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const line = lineReader(child.stdout);
  const port = Number(await line());
  const subject = weir(false, () =>
    document(`  circuit_breaker: { failure_threshold: 10000, minimum_requests: 1000000 }
  targets:
    - { id: mock, provider: mistral, model: bench, base_url: "http://127.0.0.1:${port}/v1", secret_key_ref: { env: WEIR_BENCH_KEY } }`),
  );
  const running = await start(subject, m.bench);
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(residentBytes(running.pid) / MB), 500);
  try {
    await child.stdin.write(`${running.port}\n`);
    await child.stdin.end();
    const text = (await line()) ?? "{}";
    clearInterval(watch);
    const seen = JSON.parse(text) as Record<
      "whole" | "error_event" | "error_status" | "short" | "lost" | "unfinished",
      number
    >;
    return {
      "cut-streams": seen.whole + seen.error_event + seen.error_status + seen.short,
      "cut-broken": seen.error_event,
      "cut-short": seen.short + seen.lost + seen.unfinished + seen.error_status,
      ...(cutSeconds() >= STEADY_SECONDS && { "cut-rss": growth(memory) }),
    };
  } finally {
    clearInterval(watch);
    child.kill();
    await running.stop();
  }
}

/** How much more is held in the last fifth of some samples than in the middle one; never negative. */
function growth(memory: readonly number[]): number {
  const fifth = Math.floor(memory.length / 5);
  return Math.max(0, (median(memory.slice(-fifth)) ?? 0) - (median(memory.slice(2 * fifth, 3 * fifth)) ?? 0));
}
