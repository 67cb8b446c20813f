/**
 * `bun scripts/bench/policy-cost.ts [--hostile [PART OF A NAME]]`: what the chain of the first example configuration costs
 * (prompt-injection, pii-detector, safety-filter, audit-logger), as JSON by the names in `figures.ts`. With `--hostile`
 * the hostile texts one by one on stderr: processor milliseconds and how long the event loop was kept at a time, as a
 * request with all policies and with each, as an answer, and as a stream.
 */
import { Value } from "@sinclair/typebox/value";
import { createChain } from "../../src/gateway/chain/chain.ts";
import type { Chain } from "../../src/gateway/chain/chain-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { RequestContext } from "../../src/lib/context.ts";
import type { JsonObject, Parsed } from "../../src/lib/json/json.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { policies } from "../../src/policies/index.ts";
import type { PolicyModule } from "../../src/policies/policy.ts";
import { cpuUs } from "./cpu.ts";
import { middle, type Sample } from "./figures.ts";
import { hostileTexts, prose } from "./texts.ts";

const SETTINGS = {
  "prompt-injection": { threshold: 0.8, action: "block" },
  "pii-detector": { action: "redact" },
  "safety-filter": { mode: "strict", action: "block" },
  "audit-logger": { retention_days: 365 },
} as const;
type Kind = keyof typeof SETTINGS;
const ALL = Object.keys(SETTINGS) as Kind[];
const CONTENT = ALL.filter((kind) => kind !== "audit-logger");

const KB = 1024;
const MB = 1e6;
const BATCHES = 9;
/** Batches that do not count: before some ten thousand requests the compiler's own threads are half of what is measured. */
const WARM_UP = 50;

function chainOf(kinds: readonly Kind[]): Chain {
  const made = kinds.map((name) => {
    const module: PolicyModule = policies[name];
    const settings = Value.Default(module.options, structuredClone(SETTINGS[name]));
    const policy = module.create(settings as never, { fetch, clock: systemClock, ledger: { push() {} } });
    return { name, mode: "enforce" as const, phases: module.phases, isLast: module.isLast === true, policy };
  });
  const log = silentLogger;
  return createChain({
    policies: made,
    failMode: "block",
    timeoutMs: 60_000,
    clock: systemClock,
    log,
    blockStatus: 409,
  });
}

function context(stream: boolean): RequestContext {
  return {
    ...{ id: "bench", endpoint: "chat", receivedAtMs: 0, startedMs: 0, deadlineMs: null, consumer: null, stream },
    ...{ traceparent: null, signal: new AbortController().signal, log: silentLogger },
  };
}

function body(value: JsonObject): Parsed {
  return { source: JSON.stringify(value), value };
}

const asks = (content: string): Parsed => body({ model: "m", messages: [{ role: "user", content }] });
const says = (content: string): Parsed =>
  body({ choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] });
const chunk = (content: string) => ({ id: "c", choices: [{ index: 0, delta: { content }, finish_reason: null }] });

/** Processor microseconds of one request with an answer of 300 characters; texts by turns, so that none is known by heart. */
async function requestCost(chain: Chain, length: number, count: number): Promise<number> {
  const requests = Array.from({ length: 16 }, (_, at) => asks(prose(length, at + 1)));
  const answer = says(prose(300, 99));
  const batches: number[] = [];
  for (let batch = -WARM_UP; batch < BATCHES; batch++) {
    const from = cpuUs();
    for (let at = 0; at < count; at++) {
      const run = chain.start(context(false));
      await run.request(requests[at % requests.length]!);
      await run.answer(answer);
    }
    if (batch >= 0) batches.push((cpuUs() - from) / count);
  }
  return middle(batches);
}

/** Processor microseconds of each chunk of `size` characters. */
function chunkCost(chain: Chain, size: number, count: number): number {
  const text = prose(size * count, 5);
  const chunks = Array.from({ length: count }, (_, at) => chunk(text.slice(at * size, (at + 1) * size)));
  const batches: number[] = [];
  for (let batch = 0; batch <= BATCHES; batch++) {
    const from = cpuUs();
    const stream = chain.start(context(true)).openStream()!;
    for (const each of chunks) stream.push(each);
    stream.flush();
    if (batch > 0) batches.push((cpuUs() - from) / count);
  }
  return middle(batches);
}

/** The better of three, since others use this machine too. */
async function watched(work: () => unknown): Promise<{ ms: number; blocked: number }> {
  const tries = [await once(work), await once(work), await once(work)];
  return {
    ms: Math.min(...tries.map(({ ms }) => ms)),
    blocked: Math.min(...tries.map(({ blocked }) => blocked)),
  };
}

/** Processor milliseconds that `work` takes, and the longest time at which nobody else had a turn. */
async function once(work: () => unknown): Promise<{ ms: number; blocked: number }> {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  const from = cpuMs();
  let last = from;
  let blocked = 0;
  let running = true;
  const watching = (async () => {
    for (; running; await turn()) {
      const now = cpuMs();
      blocked = Math.max(blocked, now - last);
      last = now;
    }
  })();
  try {
    await work();
  } catch {
    // blocked is an answer too
  }
  const ms = cpuMs() - from;
  running = false;
  blocked = Math.max(blocked, cpuMs() - last);
  await watching;
  return { ms, blocked };
}

const cpuMs = (): number => cpuUs() / 1000;

/** Each hostile text as a request, to all policies. */
async function worstOfHostile(chain: Chain): Promise<{ readonly ms: number; readonly blocked: number }> {
  const all: { ms: number; blocked: number }[] = [];
  for (const text of Object.values(hostileTexts(MB))) {
    const request = asks(text);
    all.push(await watched(() => chain.start(context(false)).request(request)));
  }
  return { ms: Math.max(...all.map(({ ms }) => ms)), blocked: Math.max(...all.map(({ blocked }) => blocked)) };
}

async function hostile(part: string): Promise<void> {
  const whole = chainOf(ALL);
  const chains = [["all", whole] as const, ...CONTENT.map((kind) => [kind, chainOf([kind])] as const)];
  await requestCost(whole, 4 * KB, 20);
  for (const [name, text] of Object.entries(hostileTexts(MB)).filter(([name]) => name.includes(part))) {
    const [request, answer] = [asks(text), says(text)];
    const row: [string, { ms: number; blocked: number }][] = [];
    for (const [which, chain] of chains) {
      row.push([which, await watched(() => chain.start(context(false)).request(request))]);
    }
    row.push(["answer", await watched(() => whole.start(context(false)).answer(answer))]);
    row.push(["stream", await watched(() => streamed(whole, text))]);
    const cells = row.map(([which, { ms, blocked }]) => `${which} ${Math.round(ms)}/${Math.round(blocked)}`);
    process.stderr.write(`${name.padEnd(32)} ${cells.join("  ")}\n`);
  }
}

async function streamed(chain: Chain, text: string): Promise<void> {
  const stream = chain.start(context(true)).openStream()!;
  for (let at = 0; at < text.length; at += 4 * KB) {
    stream.push(chunk(text.slice(at, at + 4 * KB)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.flush();
}

async function figures(): Promise<Sample> {
  const chain = chainOf(ALL);
  const redaction = chainOf(["pii-detector"]);
  const ordinary = {
    "chain-1k": await requestCost(chain, KB, 400),
    "chain-32k": (await requestCost(chain, 32 * KB, 20)) / 1000,
    "redaction-mb": (chunkCost(redaction, 4 * KB, 500) * (MB / (4 * KB))) / 1000,
    "redaction-chunk": chunkCost(redaction, 16, 5_000),
  };
  const { ms, blocked } = await worstOfHostile(chain);
  return { ...ordinary, "hostile-mb": ms, "hostile-loop": blocked };
}

const at = process.argv.indexOf("--hostile");
if (at > 0) await hostile(process.argv[at + 1] ?? "");
else process.stdout.write(`${JSON.stringify(await figures())}\n`);
process.exit(0);
