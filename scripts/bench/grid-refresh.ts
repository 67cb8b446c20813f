import { join } from "node:path";
import { gridSources } from "../../src/grid/index.ts";
import { middle, type Sample } from "./figures.ts";
import { lineReader, loadRun, type RunResult } from "./load.ts";
import type { Measured } from "./measures.ts";
import { type Running, start } from "./running.ts";
import type { Subject } from "./subject.ts";
import { weir } from "./subjects/weir.ts";

const RATE = 500;
const TURNS = 5;
/** Windows are so much longer than usual ones: the 99th percentile is made of few requests. */
const LONGER = 5;
const WARM_UP_MS = 2_500;

/** Sources that ask somebody. */
const SOURCES = Object.values(gridSources).flatMap(({ name, baseUrl, needsKey }) =>
  baseUrl === null ? [] : [{ name, needsKey }],
);

/** One target, and all sources once a second or none; the gateway refreshes them every five minutes by itself. */
function configuration(upstream: number, grids: number | null): string {
  const sources = SOURCES.map(({ name, needsKey }) => {
    const key = needsKey ? ", secret_key_ref: { env: WEIR_BENCH_KEY }" : "";
    return `    - { source: ${name}, base_url: "http://127.0.0.1:${grids}/${name}", refresh_seconds: 1${key} }`;
  });
  return `
pack: { name: bench, version: 1.0.0, enabled: true }
policies: { chain: [audit-logger] }
providers:
  targets:
    - { id: mock, provider: openai-compatible, model: bench, base_url: "http://127.0.0.1:${upstream}/v1" }
${grids === null ? "" : `carbon:\n  sources:\n${sources.join("\n")}\n`}`;
}

/** How often each source was asked. */
type Asked = Readonly<Record<string, number>>;

/**
 * Latency at a fixed rate while no grid source is asked and while all are every second, by turns in one process: the
 * configuration is changed and reloaded in between. Rejects where a source is not asked in a window.
 */
export async function gridRefresh(m: Measured): Promise<Sample> {
  const script = join(import.meta.dir, "grid-documents.ts");
  const child = Bun.spawn([...m.bench.pins.load([process.execPath, script])], { stdout: "pipe", stderr: "inherit" });
  let running: Running | null = null;
  try {
    const grids = Number(await lineReader(child.stdout)());
    let file = "";
    const usual = weir(false, ({ upstream }) => configuration(upstream, null));
    const subject: Subject = {
      ...usual,
      launch(ports, dir) {
        file = join(dir, "policy-config.yaml");
        return usual.launch(ports, dir);
      },
    };
    running = await start(subject, m.bench);
    return await byTurns(m, running, { file, grids });
  } finally {
    child.kill();
    await running?.stop();
  }
}

async function byTurns(
  m: Measured,
  running: Running,
  { file, grids }: { readonly file: string; readonly grids: number },
): Promise<Sample> {
  const asked = async (): Promise<Asked> =>
    (await (await fetch(`http://127.0.0.1:${grids}/asked`)).json()) as Promise<Asked>;
  const load = (windowMs: number, warmupMs: number): Promise<RunResult> =>
    loadRun(m.tools, running, { kind: "json-1k", connections: 64, rate: RATE, warmupMs, windowMs, pids: [] });
  const window = async (port: number | null): Promise<RunResult["latency_us"]> => {
    await Bun.write(file, configuration(m.bench.upstream, port));
    process.kill(running.pid, "SIGHUP");
    // the last refreshes of before end, the first ones of now begin
    await Bun.sleep(1_500);
    const before = await asked();
    const { latency_us, answered, failed } = await load(LONGER * m.windowMs, 300);
    const after = await asked();
    const idle = Object.keys(after).filter((name) => (after[name] === before[name]) !== (port === null));
    if (idle.length > 0) throw new Error(`Cannot measure refreshes: not as configured were ${idle.join(", ")}`);
    if (answered === 0 || failed > 0) throw new Error(`Cannot measure refreshes: ${failed} requests failed`);
    return latency_us;
  };
  await load(WARM_UP_MS, 0);
  await window(grids);
  const quiet: RunResult["latency_us"][] = [];
  const busy: RunResult["latency_us"][] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    quiet.push(await window(null));
    busy.push(await window(grids));
  }
  const ms = (runs: typeof quiet, of: "p50" | "p99"): number => middle(runs.map((run) => run[of])) / 1000;
  return {
    "grid-p50-quiet": ms(quiet, "p50"),
    "grid-p50": ms(busy, "p50"),
    "grid-p99-quiet": ms(quiet, "p99"),
    "grid-p99": ms(busy, "p99"),
  };
}
