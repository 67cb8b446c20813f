import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { configOf, testGateway } from "../support/gateway.ts";
import { json, rawUpstream, type Script } from "../support/raw-upstream.ts";
import {
  type Exchange,
  eventData,
  hasRecordings,
  RECORDED,
  type Recorded,
  reassemble,
  reassembleWhole,
  records,
} from "../support/replay.ts";

/** Whole answers (2xx), streams and errors of every provider: a recording that is lost shows here. */
const COUNTS: Record<Recorded, readonly [whole: number, streams: number, errors: number]> = {
  mistral: [134, 65, 14],
  openai: [68, 41, 13],
  groq: [31, 13, 3],
  deepseek: [7, 15, 7],
  openrouter: [9, 7, 2],
  vllm: [7, 5, 0],
  ollama: [13, 6, 2],
  azure: [29, 7, 2],
};

const BASE: Partial<Record<Exchange["endpoint"], object>> = {
  chat: { messages: [{ role: "user", content: "hello" }] },
  completions: { prompt: "hello" },
  embeddings: { input: "hello" },
  moderations: { input: "hello" },
};

/** The recorded request where there is one, else any valid one of its kind. */
function requestOf(exchange: Exchange): object {
  const body = { ...BASE[exchange.endpoint], ...exchange.request, model: "m" };
  return exchange.stream ? { ...body, stream: true } : body;
}

function targetOf(provider: Recorded, url: string): object {
  const known = provider === "mistral" || provider === "openai" ? provider : "openai-compatible";
  return { id: "a", provider: known, base_url: url };
}

const ENV = { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" };

/** A generator of numbers in [0, 1) that gives the same row for the same seed (mulberry32, public domain). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function cutAt(bytes: Uint8Array, mean: number, random: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = mean === 1 ? 1 : 1 + Math.floor(random() * 2 * mean);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

function streamOf(pieces: readonly Uint8Array[]): Response {
  const rest = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = rest.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function broken(exchange: Exchange): boolean {
  return (
    eventData(exchange.body).some((data) => data.startsWith('{"error"')) || exchange.tags.includes("midstream_error")
  );
}

describe.if(hasRecordings)("recorded traffic through the gateway", () => {
  for (const provider of RECORDED) {
    const all = records(provider).filter((exchange) => exchange.endpoint !== "models");
    const good = all.filter((exchange) => exchange.status < 300);
    const streams = good.filter((exchange) => exchange.stream);
    const whole = good.filter((exchange) => !exchange.stream);
    const errors = all.filter((exchange) => exchange.status >= 300);

    test(`${provider}: every recording takes part`, () => {
      expect([whole.length, streams.length, errors.length]).toEqual([...COUNTS[provider]]);
    });

    test(`${provider}: streams reach the client whole for any cut of the bytes`, async () => {
      for (const [position, exchange] of streams.entries()) {
        const bytes = new TextEncoder().encode(exchange.body);
        const random = numbers(position + 1);
        for (const mean of [1, 7, 60, 4000]) {
          if (mean === 1 && bytes.length > 60_000) continue;
          const served = (async () => streamOf(cutAt(bytes, mean, random))) as unknown as typeof fetch;
          const config = configOf([targetOf(provider, "http://upstream.test/v1")]);
          const { ask } = testGateway(config, { env: ENV, fetch: served });
          const response = await ask(requestOf(exchange), { endpoint: exchange.endpoint as "chat" });
          const seen = reassemble(await response.text());
          const sent = reassemble(exchange.body);
          if (broken(exchange)) {
            expect([exchange.id, seen.error !== null || response.status >= 400]).toEqual([exchange.id, true]);
            continue;
          }
          // exactly one finish reaches the client, also where an upstream sends two
          const choices = sent.choices.map((choice) => ({ ...choice, finishes: choice.finishes.slice(0, 1) }));
          expect({ id: exchange.id, choices: seen.choices }).toEqual({ id: exchange.id, choices });
          expect([exchange.id, seen.done]).toEqual([exchange.id, true]);
          const asked = (requestOf(exchange) as { stream_options?: { include_usage?: boolean } }).stream_options
            ?.include_usage;
          if (asked && sent.usage !== null)
            expect({ id: exchange.id, usage: seen.usage }).toEqual({ id: exchange.id, usage: sent.usage });
        }
      }
    });

    test(`${provider}: whole answers and errors go through a real socket`, async () => {
      const scripts: Script[] = [...whole, ...errors].map((exchange) => {
        const lines = Object.entries(exchange.headers).filter(([name]) =>
          /^(retry-after|x-ratelimit|x-should)/i.test(name),
        );
        return json(exchange.body, exchange.status, lines.map(([name, value]) => `${name}: ${value}\r\n`).join(""));
      });
      const up = await rawUpstream(...scripts);
      const config = configOf([targetOf(provider, up.url)]);
      const { ask } = testGateway(config, { env: ENV });
      for (const exchange of [...whole, ...errors]) {
        const response = await ask(requestOf(exchange), { endpoint: exchange.endpoint as "chat" });
        const body = (await response.json()) as JsonObject & { error?: { message?: unknown } };
        if (exchange.status >= 300 || exchange.body.startsWith('{"error"')) {
          expect([exchange.id, response.status >= 400, typeof body.error?.message]).toEqual([
            exchange.id,
            true,
            "string",
          ]);
        } else if (exchange.endpoint === "chat" || exchange.endpoint === "completions") {
          const sent = JSON.parse(exchange.body);
          expect({ id: exchange.id, ...reassembleWhole(body) }).toEqual({ id: exchange.id, ...reassembleWhole(sent) });
        } else expect([exchange.id, response.status]).toEqual([exchange.id, 200]);
      }
      up.stop();
    });
  }
});
