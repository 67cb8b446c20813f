/**
 * `bun scripts/bench/routing-cost.ts [STRATEGY…]`: processor microseconds that a request takes more with 2 and with 50
 * targets than with one, for each strategy, as JSON. The whole walk of a gateway in this process, an upstream that
 * answers at once in its place; batches of all sizes by turns, so that a disturbance hits them all.
 */
import { createGateway } from "../../src/gateway/build.ts";
import type { Gateway } from "../../src/gateway/gateway-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import { strategies } from "../../src/routing/index.ts";
import { configurationOf } from "./configuration.ts";
import { cpuUs } from "./cpu.ts";
import { middle } from "./figures.ts";
import { BODIES } from "./requests.ts";

const SIZES = [1, 2, 50] as const;
const WARM_UP = 3_000;
const BATCHES = 25;
const BATCH = 400;

const ANSWER = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1,
  model: "bench",
  choices: [
    { index: 0, message: { role: "assistant", content: "The water goes over the weir." }, finish_reason: "stop" },
  ],
  usage: { prompt_tokens: 256, completion_tokens: 8, total_tokens: 264 },
});

const answerAtOnce = (async () =>
  new Response(ANSWER, {
    headers: { "content-type": "application/json", "content-length": String(ANSWER.length) },
  })) as unknown as typeof fetch;

function gatewayOf(strategy: string, size: number): Gateway {
  const targets = Array.from({ length: size }, (_, at) => ({
    id: `target-${at}`,
    provider: "openai-compatible",
    model: "bench",
    base_url: `http://127.0.0.1:9/${at}/v1`,
    weight: 1 + (at % 3),
    pricing: { prompt: 1 + at, completion: 2 },
  }));
  return createGateway({
    config: configurationOf({ providers: { strategy, targets } }),
    services: { fetch: answerAtOnce, clock: systemClock },
    env: {},
    log: silentLogger,
    guard: createContextGuard(),
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
  });
}

/** Processor microseconds of each of so many requests. */
async function cost(gateway: Gateway, count: number): Promise<number> {
  const requests = Array.from(
    { length: count },
    () => new Request("http://weir.test/v1/chat/completions", { method: "POST", body: BODIES["json-1k"] }),
  );
  const from = cpuUs();
  for (const request of requests) await (await gateway.answer("chat", request, { id: "bench", address: null })).text();
  return (cpuUs() - from) / count;
}

/** The middle of what each batch cost more than the batch of one target beside it. */
async function measure(strategy: string): Promise<{ readonly two: number; readonly fifty: number }> {
  const gateways = SIZES.map((size) => gatewayOf(strategy, size));
  for (const gateway of gateways) await cost(gateway, WARM_UP);
  const more: [number[], number[]] = [[], []];
  for (let batch = 0; batch < BATCHES; batch++) {
    Bun.gc(true);
    const [one = 0, two = 0, fifty = 0] = [
      await cost(gateways[0]!, BATCH),
      await cost(gateways[1]!, BATCH),
      await cost(gateways[2]!, BATCH),
    ];
    more[0].push(two - one);
    more[1].push(fifty - one);
  }
  return { two: Math.max(0, middle(more[0])), fifty: Math.max(0, middle(more[1])) };
}

const asked = process.argv.slice(2);
const found: Record<string, { readonly two: number; readonly fifty: number }> = {};
// of one target `single` asks no more than of fifty, so there is nothing to compare; `carbon_aware` wants targets with
// regions, which `region-decision.ts` measures
for (const strategy of Object.keys(strategies).filter((name) => name !== "single" && name !== "carbon_aware")) {
  if (asked.length === 0 || asked.includes(strategy)) found[strategy] = await measure(strategy);
}
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exit(0);
