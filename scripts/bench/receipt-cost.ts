/**
 * `bun scripts/bench/receipt-cost.ts`: processor microseconds that a request takes more with a receipt than without, as
 * JSON: bodies of 1 and 32 KB, answers whole and as streams; and what one signature costs here. Everything is in it: hashing, the estimate, signing, the
 * longer answer, and keeping it in a ledger on disk. The whole walk of a gateway in this process with eight regions, an
 * upstream that answers at once; batches with and without by turns, so that a disturbance hits both.
 */
import { sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, ReceiptChain, readKey } from "../../src/carbon/sign.ts";
import { SignalTable } from "../../src/carbon/signal-table.ts";
import { DEFAULT_FRESHNESS } from "../../src/carbon/signals.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createGateway } from "../../src/gateway/build.ts";
import type { Gateway } from "../../src/gateway/gateway-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { ReceiptDesk } from "../../src/lib/context.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import { openLedger } from "../../src/store/open-ledger.ts";
import { ReceiptWriter } from "../../src/store/receipt-writer.ts";
import { BODIES } from "./requests.ts";

const WARM_UP = 10_000;
const BATCHES = 25;
const BATCH = 400;
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

function gatewayOf(desk: ReceiptDesk | null): Gateway {
  const targets = REGIONS.map((region) => ({
    id: region,
    provider: "mistral",
    model: "mistral-medium-3",
    base_url: "http://127.0.0.1:9/v1",
    region,
  }));
  const document = {
    pack: { name: "bench", version: "1.0.0", enabled: true },
    policies: { chain: [] },
    providers: { strategy: "carbon_aware", targets },
    receipts: { enabled: desk !== null },
  };
  const readFile = (): Uint8Array => new TextEncoder().encode(JSON.stringify(document));
  const loaded = loadConfig({ files: ["bench.yaml"], env: { MISTRAL_API_KEY: "x" }, readFile });
  if (!loaded.ok) throw new Error(`Cannot load the configuration: ${loaded.problems[0]?.message}`);
  const signals = new SignalTable(DEFAULT_FRESHNESS);
  for (const [zone, gramsPerKwh] of Object.entries({ FR: 52, "SE-SE3": 21, IS: 28 })) {
    const now = Date.now();
    signals.put(0, [
      {
        zone,
        gramsPerKwh,
        basis: "lifecycle",
        accounting: "production",
        kind: "measured",
        source: "bench",
        fromMs: null,
        observedAtMs: now,
        fetchedAtMs: now,
      },
    ]);
  }
  return createGateway({
    config: loaded.config,
    services: { fetch: answerAtOnce, clock: systemClock, ...(desk === null ? {} : { receipts: desk }) },
    env: { MISTRAL_API_KEY: "x" },
    log: silentLogger,
    guard: createContextGuard(),
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
    signals,
  });
}

/** Processor microseconds of each of so many requests, kept receipts included. */
async function cost(gateway: Gateway, of: { body: string; count: number; keep: () => void }): Promise<number> {
  const requests = Array.from(
    { length: of.count },
    () => new Request("http://weir.test/v1/chat/completions", { method: "POST", body: of.body }),
  );
  const from = process.cpuUsage();
  for (const request of requests) await (await gateway.answer("chat", request, { id: "bench", address: null })).text();
  of.keep();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / of.count;
}

const directory = mkdtempSync(join(tmpdir(), "weir-bench-"));
const ledger = openLedger("sqlite:bench.db", directory);
const writer = new ReceiptWriter(ledger.receipts, { clock: systemClock, log: silentLogger });
const chain = new ReceiptChain(readKey(makeKey()), "bench", null);
const withReceipts = gatewayOf({ seal: (unsigned) => chain.seal(unsigned), keep: (receipt) => writer.push(receipt) });
const without = gatewayOf(null);
const keep = (): void => writer.drain();

/** The middle of what each batch with receipts cost more than the batch without beside it. */
async function measure(body: string): Promise<number> {
  for (const gateway of [withReceipts, without]) await cost(gateway, { body, count: WARM_UP, keep });
  const more: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    Bun.gc(true);
    const usual = await cost(without, { body, count: BATCH, keep });
    more.push((await cost(withReceipts, { body, count: BATCH, keep })) - usual);
  }
  return more.sort((a, b) => a - b)[Math.floor(more.length / 2)]!;
}

/** A signature alone, of as many bytes as a receipt has encoded: the floor of all others. */
function signature(): number {
  const key = readKey(makeKey());
  const input = Buffer.alloc(3_000, "x");
  const times = Array.from({ length: BATCHES }, () => {
    const from = process.cpuUsage();
    for (let at = 0; at < BATCH; at++) sign(null, input, key.secret);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / BATCH;
  });
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

const streamed = (body: string): string => body.replace('"temperature"', '"stream":true,"temperature"');
const model = (body: string): string => body.replace('"model":"bench"', '"model":"mistral-medium-3"');
const [small, large] = [model(BODIES["json-1k"]), model(BODIES["json-32k"])];
const found = {
  signature_us: signature(),
  whole_1k_us: await measure(small),
  whole_32k_us: await measure(large),
  stream_1k_us: await measure(streamed(small)),
  stream_32k_us: await measure(streamed(large)),
};
process.stdout.write(`${JSON.stringify(found)}\n`);
await ledger.close();
rmSync(directory, { recursive: true });
process.exit(0);
