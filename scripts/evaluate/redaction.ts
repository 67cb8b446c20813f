/*
 * What redaction costs and how much of a stream it holds back, in this process, with everything the detector knows:
 * throughput, microseconds per streamed chunk and per request, held characters, and texts made to be slow.
 *
 *   bun scripts/evaluate/redaction.ts
 */
import { Value } from "@sinclair/typebox/value";
import { RECOGNISERS } from "../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../src/detect/scan/rules.ts";
import { Scanner } from "../../src/detect/scan/scanner.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { RequestContext } from "../../src/lib/context.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { requestPlaces } from "../../src/lib/places/extract.ts";
import { piiDetector } from "../../src/policies/pii-detector.ts";
import type { Policy } from "../../src/policies/policy.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";

const PROSE = `The committee met on Tuesday to talk about the garden, the budget and the roof, and agreed on little. Mr Ellis
said that the old apple trees should stay; others wanted benches, a path of gravel and, by 2027, a pond. "We can't pay for
all of it," she replied, "but a third of the 1,200 we have left would do." Nobody disagreed. It rained from about ten
o'clock, as it often does here, and most people had gone home before the vote on version 2.1 of the plan was counted. `;

/** Texts that hold the scanner up as well as anybody has found. */
const HOSTILE: Readonly<Record<string, (units: number) => string>> = {
  "one letter": (units) => "a".repeat(units),
  "addresses without end": (units) => "a@a.".repeat(units / 4),
  "dotted words": (units) => "a.".repeat(units / 2),
  "digits with blanks": (units) => "1 ".repeat(units / 2),
  "pairs of digits": (units) => "12 ".repeat(units / 3),
  "random digits, grouped": (units) => randomText(units, "0123456789 0123456789-"),
  "dotted digits": (units) => "1.".repeat(units / 2),
  "pairs with colons": (units) => "ab:".repeat(units / 3),
  "plus signs": (units) => "+49 1 ".repeat(units / 6),
  "account heads": (units) => "FR76 ".repeat(units / 5),
  "capitalised words": (units) => "Ab ".repeat(units / 3),
  "names introduced": (units) => "Dr. Ab ".repeat(units / 7),
  labels: (units) => "password: ".repeat(units / 10),
  "key heads": (units) => "-----BEGIN ".repeat(units / 11),
  links: (units) => "http://a:b".repeat(units / 10),
  "random ASCII": (units) =>
    randomText(units, Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join("")),
  "placeholders half open": (units) => "⟦A:".repeat(units / 3),
  "nested JSON": (units) => '{"a":['.repeat(units / 6),
  "escapes in JSON": (units) => `["${"\\u0031".repeat(units / 6)}"]`,
};

function randomText(units: number, of: string): string {
  let seed = 4_711;
  const next = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  return Array.from({ length: units }, () => of[Math.floor(next() * of.length)]!).join("");
}

const context = {
  id: "evaluation",
  endpoint: "chat",
  receivedAtMs: 0,
  startedMs: 0,
  deadlineMs: null,
  consumer: null,
  traceparent: null,
  stream: true,
  signal: new AbortController().signal,
  log: silentLogger,
} as const satisfies RequestContext;

const options = Value.Default(piiDetector.options, {}) as Parameters<typeof piiDetector.create>[0];
const policy = piiDetector.create(options, { fetch, clock: systemClock });

const since = (began: number): number => performance.now() - began;
const line = (name: string, figures: string): void => console.log(`| ${name} | ${figures} |`);

function throughput(): void {
  const set = ruleSet(RECOGNISERS.map(ruleOf));
  const text = PROSE.repeat(4_000);
  for (const round of ["first pass", "second pass"]) {
    const scanner = new Scanner(set);
    const began = performance.now();
    for (let at = 0; at < text.length; at += 2_048) scanner.push(text.slice(at, at + 2_048));
    scanner.flush();
    line(`prose, ${round}`, `${(text.length / since(began) / 1_000).toFixed(1)} MB/s`);
  }
}

function holding(): void {
  const scanner = new Scanner(ruleSet(RECOGNISERS.map(ruleOf)));
  const held: number[] = [];
  let late = 0;
  const words = PROSE.repeat(20).match(/\s*\S+/g)!;
  for (const word of words) {
    const before = scanner.heldUnits;
    late += Math.max(0, before - scanner.push(word).text.length);
    held.push(scanner.heldUnits);
  }
  held.sort((a, b) => a - b);
  const at = (share: number): number => held[Math.min(held.length - 1, Math.floor(held.length * share))]!;
  line("held characters, a word at a time", `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`);
  line("left with the next delta", `${(100 * (1 - late / words.join("").length)).toFixed(1)} %`);
}

function chunks(): void {
  const words = PROSE.repeat(500).match(/\s*\S+/g)!;
  const made = words.map((content): ChatCompletionChunk => {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }];
    return { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
  });
  for (const round of ["first pass", "second pass"]) {
    const stream = policy.stream!(context);
    const began = performance.now();
    for (const chunk of made) stream.push(chunk);
    stream.flush();
    line(`streamed chunk, ${round}`, `${((1_000 * since(began)) / made.length).toFixed(2)} µs`);
  }
}

async function requests(): Promise<void> {
  for (const units of [1_024, 32_768]) {
    const content = PROSE.repeat(Math.ceil(units / PROSE.length)).slice(0, units);
    const value = { messages: [{ role: "user", content }] };
    const parsed = { source: JSON.stringify(value), value };
    const rounds = 200;
    const began = performance.now();
    for (let round = 0; round < rounds; round++) {
      await policy.request!(parsed, requestPlaces("chat", value), context);
    }
    line(`request of ${units} characters`, `${((1_000 * since(began)) / rounds).toFixed(0)} µs`);
  }
}

async function hostile(reader: Policy): Promise<void> {
  for (const [name, make] of Object.entries(HOSTILE)) {
    const value = { messages: [{ role: "user", content: make(1_000_000) }] };
    const parsed = { source: "", value };
    const places = requestPlaces("chat", value);
    let longest = 0;
    let last = performance.now();
    let running = true;
    const watch = (): void => {
      longest = Math.max(longest, since(last));
      last = performance.now();
      if (running) setImmediate(watch);
    };
    setImmediate(watch);
    const began = performance.now();
    await reader.request!(parsed, places, context);
    const total = since(began);
    watch();
    running = false;
    line(`1 MB of ${name}`, `${total.toFixed(0)} ms, longest stretch ${longest.toFixed(1)} ms`);
  }
}

console.log("| what | figure |\n|---|---|");
throughput();
holding();
chunks();
await requests();
await hostile(policy);
