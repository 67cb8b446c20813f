import { middle, type Sample } from "./figures.ts";
import { gridRefresh } from "./grid-refresh.ts";
import { policyCost, receipts, regionDecision, routing } from "./in-process.ts";
import { loadAbort, loadHold, loadRun, type RunResult } from "./load.ts";
import { processTree, residentBytes } from "./process-figures.ts";
import type { RequestKind } from "./requests.ts";
import { cutStreams, failover } from "./resilience.ts";
import { type Bench, type Running, start } from "./running.ts";
import type { Mock, Tools } from "./tools.ts";

/** Until a program's code is compiled and its pools are full: what is asked is the cost at saturation. */
const WARM_UP_MS = 2_500;

/** What a measure works with. */
export interface Measured {
  readonly tools: Tools;
  readonly mock: Mock;
  readonly bench: Bench;
  /** The subject; its `pid` is 0 where there is none (`direct`). */
  readonly running: Running;
  /** Length of one measured window. */
  readonly windowMs: number;
}

/** One thing to measure. */
export interface Measure {
  readonly name: string;
  /** What it is taken of: the subjects, these and the mock without one in between, or Weir alone. */
  readonly of: "subjects" | "all" | "weir";
  /**
   * How many turns it takes, all subjects one after the other in each; the median of a subject's turns counts. Short
   * turns put what is compared seconds apart, so that a disturbance hits one turn and not one subject.
   */
  readonly turns: number;
  run(m: Measured): Promise<Sample>;
}

const MB = 1e6;

async function saturate(m: Measured, kind: RequestKind): Promise<RunResult> {
  const pids = processTree(m.running.pid);
  return loadRun(m.tools, m.running, { kind, connections: 64, warmupMs: WARM_UP_MS, windowMs: m.windowMs, pids });
}

/** Processor microseconds for each of `count` things; Infinity where none was done. */
function cpuEach(run: RunResult, count: number): number {
  return count === 0 ? Number.POSITIVE_INFINITY : (run.cpu_ms * 1000) / count;
}

async function json1k(m: Measured): Promise<Sample> {
  const run = await saturate(m, "json-1k");
  return { "cpu-1k": cpuEach(run, run.answered), "rps-1k": run.answered / run.seconds };
}

async function json32k(m: Measured): Promise<Sample> {
  const run = await saturate(m, "json-32k");
  return { "cpu-32k": cpuEach(run, run.answered), "rps-32k": run.answered / run.seconds };
}

async function fixedRate(m: Measured): Promise<Sample> {
  const options = {
    kind: "json-1k",
    connections: 64,
    rate: 500,
    warmupMs: 300,
    windowMs: m.windowMs,
    pids: [],
  } as const;
  const { latency_us } = await loadRun(m.tools, m.running, options);
  return { p50: latency_us.p50 / 1000, p99: latency_us.p99 / 1000 };
}

/** 100 connections, 100 events a second each, each in a phase of its own. */
async function stream(m: Measured): Promise<Sample> {
  const pids = processTree(m.running.pid);
  const options = {
    kind: "stream",
    connections: 100,
    rampMs: 1000,
    warmupMs: 300,
    windowMs: m.windowMs,
    pids,
  } as const;
  const run = await loadRun(m.tools, m.running, options);
  return { "cpu-chunk": cpuEach(run, run.events) };
}

async function firstChunk(m: Measured): Promise<Sample> {
  const options = { kind: "stream-short", connections: 1, warmupMs: 200, windowMs: m.windowMs, pids: [] } as const;
  const { first_event_us } = await loadRun(m.tools, m.running, options);
  return first_event_us.p50 < 0
    ? { "first-chunk": Number.POSITIVE_INFINITY }
    : { "first-chunk": first_event_us.p50 / 1000 };
}

async function coldStart(m: Measured): Promise<Sample> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const once = await start(m.running.subject, m.bench, "free");
    times.push(once.startMs);
    await once.stop();
  }
  return { "cold-start": middle(times) };
}

async function rest(m: Measured): Promise<Sample> {
  return { "rss-rest": residentBytes(m.running.pid) / MB };
}

/** From rest to 1,000 open streams: what a first stream makes a process load once is counted too. */
async function slowStreams(m: Measured): Promise<Sample> {
  const before = residentBytes(m.running.pid);
  const held = await loadHold(m.tools, m.running, { kind: "stream-slow", connections: 1000, rampMs: 1000, read: true });
  await Bun.sleep(1000);
  const grown = residentBytes(m.running.pid) - before;
  const alive = await held.release();
  await m.mock.clear();
  return { "rss-stream": alive < 1000 ? Number.POSITIVE_INFINITY : grown / alive / 1000 };
}

/** Milliseconds until the mock saw the slowest of 20 abandoned requests go; Infinity when it did not see one within 2 s. */
async function worstAbort(m: Measured, kind: RequestKind): Promise<number> {
  const count = 20;
  await m.mock.clear();
  const options = { kind, connections: 5, count, afterMs: 40, beforeAnswer: kind === "silent" };
  const closed = await loadAbort(m.tools, m.running, options);
  for (let i = 0; i < 40 && (await m.mock.stats()).aborted < count; i++) await Bun.sleep(50);
  const seen = new Map((await m.mock.aborts()).map(([id, at]) => [id, at]));
  await m.mock.clear();
  return Math.max(...closed.map((at, id) => ((seen.get(id) ?? Number.POSITIVE_INFINITY) - at) / 1e6));
}

async function abort(m: Measured): Promise<Sample> {
  return { "abort-during": await worstAbort(m, "stream-slow"), "abort-before": await worstAbort(m, "silent") };
}

async function aborted(m: Measured): Promise<Sample> {
  const before = residentBytes(m.running.pid);
  const options = { kind: "stream-slow", connections: 100, count: 2000, afterMs: 5, beforeAnswer: false } as const;
  await loadAbort(m.tools, m.running, options);
  await Bun.sleep(1000);
  const after = residentBytes(m.running.pid);
  await m.mock.clear();
  return { "rss-load": before / MB, "rss-aborted": after / MB };
}

async function slowReader(m: Measured): Promise<Sample> {
  const before = residentBytes(m.running.pid);
  let most = before;
  const held = await loadHold(m.tools, m.running, { kind: "stream-huge", connections: 1, rampMs: 0, read: false });
  for (let i = 0; i < 20; i++) {
    await Bun.sleep(100);
    most = Math.max(most, residentBytes(m.running.pid));
  }
  await held.release();
  await m.mock.clear();
  return { "rss-slow-reader": (most - before) / MB };
}

/** In the order they are taken: a process at rest first, what leaves traces last. */
export const MEASURES: readonly Measure[] = [
  { name: "rest", of: "subjects", turns: 1, run: rest },
  { name: "cold-start", of: "subjects", turns: 1, run: coldStart },
  { name: "slow-streams", of: "subjects", turns: 1, run: slowStreams },
  { name: "abort", of: "subjects", turns: 1, run: abort },
  { name: "json-1k", of: "subjects", turns: 3, run: json1k },
  { name: "json-32k", of: "subjects", turns: 3, run: json32k },
  { name: "rate", of: "all", turns: 2, run: fixedRate },
  { name: "stream", of: "subjects", turns: 3, run: stream },
  { name: "first-chunk", of: "all", turns: 2, run: firstChunk },
  { name: "aborted", of: "subjects", turns: 1, run: aborted },
  { name: "slow-reader", of: "subjects", turns: 1, run: slowReader },
  { name: "policies", of: "weir", turns: 1, run: policyCost },
  { name: "routing", of: "weir", turns: 1, run: routing },
  { name: "regions", of: "weir", turns: 1, run: regionDecision },
  { name: "grid-refresh", of: "weir", turns: 1, run: gridRefresh },
  { name: "receipts", of: "weir", turns: 1, run: receipts },
  { name: "failover", of: "weir", turns: 1, run: failover },
  { name: "cut-streams", of: "weir", turns: 1, run: cutStreams },
];
