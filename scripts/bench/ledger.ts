import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { figuresOf } from "../../src/server/admin/figures.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { LedgerWriter } from "../../src/store/ledger/writer.ts";
import type { ChainedLedger, EventQuery } from "../../src/store/store.ts";
import { cpuUs } from "./cpu.ts";

/** Rows of one append, as the gateway's writer makes them. */
const BATCH = 128;
/** When the first event was, and how long after it the next. */
const FIRST_MS = 1_780_000_000_000;
const EVERY_MS = 40;
/** Events of a millisecond at the rate that is to be borne. */
const PER_MS = 20;
/** How often a page is asked for; the slowest counts. */
const TRIES = 5;

const usage = {
  prompt_tokens: 412,
  completion_tokens: 96,
  cached_tokens: null,
  reasoning_tokens: null,
  basis: "exact",
} as const;

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
const CONSUMERS = Array.from({ length: 40 }, (_, at) => `consumer-${at}`);
const MODELS = ["fast", "large", "code", "embed", "mistral-small-latest"];
const TARGETS = ["mistral-paris", "mistral-frankfurt", "scaleway", "ovh"];

/** An event as requests of an ordinary day leave them: some blocked, few failed. */
function anEvent(at: number): RequestEvent {
  const blocked = at % 97 === 0;
  const failed = at % 9973 === 0;
  const target = pick(TARGETS, at >> 3);
  const model = pick(MODELS, at * 7);
  return {
    id: Bun.randomUUIDv7(),
    at: FIRST_MS + at * EVERY_MS,
    endpoint: "chat",
    stream: at % 2 === 0,
    consumer: pick(CONSUMERS, at * 13),
    model,
    answered_model: `${model}-2603`,
    target,
    verdict: blocked ? "block" : at % 11 === 0 ? "redact" : "allow",
    policies: [
      {
        policy: "pii-detector",
        phase: "request",
        verdict: blocked ? "block" : "allow",
        mode: "enforce",
        reason_code: blocked ? "pii_detected" : null,
        findings: blocked ? 1 : 0,
        score: null,
      },
    ],
    route: {
      strategy: "fallback",
      asked: model,
      candidates: TARGETS.map((each) => ({ target: each, dropped: null })),
      order: [target],
    },
    attempts: [
      {
        target,
        provider: "mistral",
        model,
        started_ms: 0.4,
        first_token_ms: 210,
        ended_ms: 1240,
        status: 200,
        outcome: failed ? "upstream_timeout" : "ok",
        cause: null,
        usage,
        cost: { usd: 0.000_12, basis: "exact" },
      },
    ],
    status: failed ? 504 : 200,
    outcome: failed ? "upstream_timeout" : "ok",
    finish_reasons: ["stop"],
    usage,
    cost: { usd: 0.000_12, basis: "exact" },
    first_token_ms: 210,
    duration_ms: 1240,
    degraded: [],
    config: "abcdef012345",
  };
}

/** How fast rows are written: by the clock, which others share, and by the processor's time. */
async function write(ledger: ChainedLedger, rows: number): Promise<{ perSecond: number; eachUs: number }> {
  let busyMs = 0;
  let usedUs = 0;
  for (let at = 0; at < rows; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, rows - at) }, (_, place) => anEvent(at + place));
    const start = performance.now();
    const before = cpuUs();
    await ledger.append(batch);
    usedUs += cpuUs() - before;
    busyMs += performance.now() - start;
  }
  return { perSecond: (rows / busyMs) * 1000, eachUs: usedUs / rows };
}

/**
 * How long others wait while the gateway's own writer is given 20,000 events a second: turns of the loop, which come
 * every millisecond, by how much they are late.
 */
async function sustained(ledger: ChainedLedger, seconds: number): Promise<string> {
  const writer = new LedgerWriter(ledger, { clock: systemClock, log: silentLogger, onError: "continue" });
  const late: number[] = [];
  const start = performance.now();
  let pushed = 0;
  for (let turn = start; turn - start < seconds * 1000; ) {
    const due = Math.floor((turn - start) * PER_MS);
    while (pushed < due) writer.push(anEvent(pushed++));
    const asleep = performance.now();
    await Bun.sleep(1);
    turn = performance.now();
    late.push(turn - asleep - 1);
  }
  const { written, queued, lost } = writer.stats();
  const share = (of: number): string => late.toSorted((a, b) => a - b)[Math.floor(late.length * of)]!.toFixed(1);
  await writer.close();
  const rate = Math.round(written / seconds);
  return `${rate} a second from the writer, ${queued} waiting, ${lost} lost; others wait p50 ${share(0.5)}, p99 ${share(0.99)} ms`;
}

/** Pages of all kinds: first, deep, rare, empty, both ways. */
function queries(rows: number): Readonly<Record<string, EventQuery>> {
  const at = (share: number): number => FIRST_MS + Math.floor(rows * share) * EVERY_MS;
  const cursor = `${at(0.5)}_${Math.floor(rows / 2)}`;
  return {
    "first page": { limit: 50 },
    "first page of 1,000": { limit: 1000 },
    "deep page": { limit: 50, cursor },
    "oldest first": { limit: 50, oldestFirst: true },
    "an hour of half a day ago": { limit: 50, sinceMs: at(0.5), untilMs: at(0.5) + 3_600_000 },
    "one consumer": { limit: 50, consumer: "consumer-7" },
    "one consumer, deep": { limit: 50, consumer: "consumer-7", cursor },
    blocked: { limit: 50, verdict: "block" },
    "blocked, 1,000": { limit: 1000, verdict: "block" },
    "allowed, 1,000, deep": { limit: 1000, verdict: "allow", cursor },
    "one model at one target": { limit: 50, model: "code", target: "ovh" },
    "blocked of a consumer": { limit: 50, consumer: "consumer-7", verdict: "block", model: "fast" },
    "reason code": { limit: 50, reason: "pii" },
    "rare reason": { limit: 50, reason: "timeout", untilMs: at(0.4) },
    "nothing there": { limit: 50, verdict: "escalate" },
    "a region nobody has": { limit: 50, region: "fr-par" },
  };
}

/** How long the figures of the console take, and for how long at a time nothing else is done meanwhile. */
async function figures(ledger: ChainedLedger, rows: number): Promise<void> {
  const until = FIRST_MS + rows * EVERY_MS;
  for (const [name, kind, widthMs] of [
    ["overview of a day", "total", 300_000],
    ["costs of a day", "requests", 86_400_000],
  ] as const) {
    let turn = performance.now();
    let longest = 0;
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - turn);
      turn = performance.now();
    }, 0);
    const start = performance.now();
    const { rollup } = await figuresOf(ledger, { kinds: [kind], since: until - 86_400_000, until, widthMs });
    const ms = performance.now() - start;
    clearInterval(watch);
    const cells = [...rollup.cells()].length;
    console.log(`${ms.toFixed(1).padStart(7)} ms  ${name} (${cells}), ${longest.toFixed(1)} ms at one time`);
  }
}

/**
 * `bun scripts/bench/ledger.ts [ROWS] [STORE_URL]`: how fast a ledger is written, and how long a page of a million events
 * takes, the slowest of five. Prints one line per figure.
 */
async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? 1_000_000);
  const dir = mkdtempSync(join(tmpdir(), "weir-bench-"));
  console.log(await sustained(openLedger("sqlite:sustained.db", dir), Math.min(10, rows / 20_000)));
  const ledger = openLedger(process.argv[3] ?? "sqlite:ledger.db", dir);
  try {
    const { perSecond, eachUs } = await write(ledger, rows);
    console.log(`${rows} rows written, ${Math.round(perSecond)} a second, ${eachUs.toFixed(1)} µs of CPU a row`);
    for (const [name, query] of Object.entries(queries(rows))) {
      let slowest = 0;
      let found = 0;
      for (let tries = 0; tries < TRIES; tries++) {
        const start = performance.now();
        found = (await ledger.events(query)).events.length;
        slowest = Math.max(slowest, performance.now() - start);
      }
      console.log(`${slowest.toFixed(1).padStart(7)} ms  ${name} (${found})`);
    }
    await figures(ledger, rows);
    const start = performance.now();
    await ledger.event("no-such-id");
    console.log(`${(performance.now() - start).toFixed(1).padStart(7)} ms  an id that is not there`);
  } finally {
    await ledger.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();
