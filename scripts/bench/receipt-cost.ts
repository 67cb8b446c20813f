/**
 * `bun scripts/bench/receipt-cost.ts`: microseconds that a receipt takes, as JSON, for bodies of 1 and 32 KB and answers
 * whole and as streams: making it (hashing, the estimate, signing, writing it into the answer; less the estimate that the
 * ledger wants of every request anyway), keeping it in a ledger on disk, and what of it is one signature. The whole walk
 * of a gateway in this process with six regions, an upstream that answers at once. Medians: it is one piece of work that
 * nothing interrupts but others on the machine.
 */
import { sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, ReceiptChain, readKey } from "../../src/carbon/sign.ts";
import { createGateway } from "../../src/gateway/build.ts";
import { RequestReceipt } from "../../src/gateway/carbon/receipts.ts";
import type { Gateway } from "../../src/gateway/gateway-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { ReceiptDesk } from "../../src/lib/context.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import type { ReceiptRow } from "../../src/schema/receipt.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { configurationOf } from "./configuration.ts";
import { cpuUs } from "./cpu.ts";
import { middle } from "./figures.ts";
import { measuredGrids } from "./grids.ts";
import { BODIES } from "./requests.ts";

const WARM_UP = 10_000;
const COUNT = 10_000;
const BATCHES = 25;
/** The most that are kept in one go. */
const BATCH = 256;
const REGIONS = ["scaleway-par-1", "scaleway-par-2", "atnorth-sto-1", "atnorth-isl-1", "ovh-gra-1", "ovh-rbx-1"];

const CONTENT = "The water goes over the weir.";
const USAGE = { prompt_tokens: 256, completion_tokens: 8, total_tokens: 264 };
const ANSWER = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1,
  model: "bench",
  choices: [{ index: 0, message: { role: "assistant", content: CONTENT }, finish_reason: "stop" }],
  usage: USAGE,
});
const chunk = (choices: readonly object[], more: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "bench", choices, ...more })}\n\n`;
const STREAM = new TextEncoder().encode(
  [
    ...CONTENT.split(/(?<= )/).map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    chunk([], { usage: USAGE }),
    "data: [DONE]\n\n",
  ].join(""),
);

const answerAtOnce = (async (_url: string, init: RequestInit) =>
  String(init.body).includes('"stream":true')
    ? new Response(STREAM, { headers: { "content-type": "text/event-stream" } })
    : new Response(ANSWER, { headers: { "content-type": "application/json" } })) as unknown as typeof fetch;

function gatewayOf(desk: ReceiptDesk): Gateway {
  const targets = REGIONS.map((region) => ({
    id: region,
    provider: "mistral",
    model: "mistral-medium-3",
    base_url: "http://127.0.0.1:9/v1",
    region,
  }));
  const env = { MISTRAL_API_KEY: "x" };
  const now = Date.now();
  return createGateway({
    config: configurationOf({ providers: { strategy: "carbon_aware", targets } }, env),
    services: { fetch: answerAtOnce, clock: systemClock, receipts: desk },
    env,
    log: silentLogger,
    guard: createContextGuard(),
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
    signals: measuredGrids({ FR: 52, "SE-SE3": 21, IS: 28 }, { observedAtMs: now, fetchedAtMs: now }),
  });
}

/** Has every call of a method of receipts timed, in nanoseconds; the function gives the times and begins anew. */
function timed(method: "members" | "estimate"): () => number[] {
  let times: number[] = [];
  const own = RequestReceipt.prototype[method] as (...given: unknown[]) => unknown;
  const instead = function (this: RequestReceipt, ...given: unknown[]): unknown {
    const from = Bun.nanoseconds();
    const made = own.apply(this, given);
    times.push(Bun.nanoseconds() - from);
    return made;
  };
  Object.defineProperty(RequestReceipt.prototype, method, { value: instead });
  return () => {
    const taken = times;
    times = [];
    return taken;
  };
}

const directory = mkdtempSync(join(tmpdir(), "weir-bench-"));
const ledger = openLedger("sqlite:bench.db", directory);
const chain = new ReceiptChain(readKey(makeKey()), "bench", null);
let rows: ReceiptRow[] = [];
const gateway = gatewayOf({ seal: (unsigned) => chain.seal(unsigned), keep: (row) => void rows.push(row) });
const [made, estimated] = [timed("members"), timed("estimate")];

async function ask(body: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const request = new Request("http://weir.test/v1/chat/completions", { method: "POST", body });
    await (await gateway.answer("chat", request, { id: "bench", address: null })).text();
  }
}

/** Microseconds of making one, beyond the estimate of a request that declines it. */
async function making(body: string): Promise<number> {
  const declined = body.replace("{", '{"vetted":{"receipt":false},');
  for (const each of [body, declined]) await ask(each, WARM_UP);
  rows = [];
  made();
  estimated();
  await ask(body, COUNT);
  const withReceipt = middle(made());
  await ask(declined, COUNT / 4);
  return (withReceipt - middle(estimated())) / 1_000;
}

/** Processor microseconds of keeping one of those that were made, its part of folding the WAL included. */
async function keeping(): Promise<number> {
  const from = cpuUs();
  for (let at = 0; at < rows.length; at += BATCH) {
    await ledger.receipts.busy;
    ledger.receipts.keep(rows.slice(at, at + BATCH));
  }
  await ledger.receipts.busy;
  return (cpuUs() - from) / rows.length;
}

/** A signature alone, of as many bytes as a receipt has encoded: the floor of all others. */
function signature(): number {
  const key = readKey(makeKey());
  const input = Buffer.alloc(3_000, "x");
  const times = Array.from({ length: BATCHES }, () => {
    const from = cpuUs();
    for (let at = 0; at < BATCH; at++) sign(null, input, key.secret);
    return (cpuUs() - from) / BATCH;
  });
  return middle(times);
}

const streamed = (body: string): string => body.replace('"temperature"', '"stream":true,"temperature"');
const model = (body: string): string => body.replace('"model":"bench"', '"model":"mistral-medium-3"');
const [small, large] = [model(BODIES["json-1k"]), model(BODIES["json-32k"])];
const found = {
  signature_us: signature(),
  whole_1k_us: await making(small),
  whole_32k_us: await making(large),
  stream_1k_us: await making(streamed(small)),
  stream_32k_us: await making(streamed(large)),
  keeping_us: await keeping(),
};
process.stdout.write(`${JSON.stringify(found)}\n`);
await ledger.close();
rmSync(directory, { recursive: true });
process.exit(0);
