import type { ChainOptions, ChainPolicy } from "../../../src/gateway/chain/chain-api.ts";
import type { Endpoint, RequestContext } from "../../../src/lib/context.ts";
import type { JsonObject, Parsed } from "../../../src/lib/json/json.ts";
import { type Logger, silentLogger } from "../../../src/lib/logger.ts";
import { chunkPlaces } from "../../../src/lib/places/extract.ts";
import type { Phase, Policy, StreamTransform, Verdict } from "../../../src/policies/policy.ts";
import { withText } from "../../../src/policies/texts/with-text.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../../src/schema/chat.ts";
import { manualClock } from "../../support/clock.ts";
import { parsed } from "../../support/codec.ts";

export function contextFor(endpoint: Endpoint = "chat", log: Logger = silentLogger): RequestContext {
  return {
    id: "req-1",
    endpoint,
    receivedAtMs: 0,
    startedMs: 0,
    deadlineMs: null,
    consumer: null,
    traceparent: null,
    stream: false,
    signal: new AbortController().signal,
    log,
  };
}

export function optionsFor(policies: readonly ChainPolicy[], more: Partial<ChainOptions> = {}): ChainOptions {
  return { policies, failMode: "block", timeoutMs: 1000, clock: manualClock(0), blockStatus: 409, ...more };
}

const EVERYWHERE: readonly Phase[] = ["input", "tool", "output"];

export function enforced(name: string, policy: Policy, phases: readonly Phase[] = EVERYWHERE): ChainPolicy {
  return { name, mode: "enforce", phases, policy };
}

export function monitored(name: string, policy: Policy): ChainPolicy {
  return { name, mode: "monitor", phases: EVERYWHERE, policy };
}

export function chat(...contents: readonly string[]): Parsed {
  return parsed({ model: "m", messages: contents.map((content) => ({ role: "user", content })) });
}

/** Says the same of requests and answers. */
export function saying(verdict: Verdict): Policy {
  return { request: () => verdict, response: () => verdict };
}

export const allowing: Policy = saying({ action: "allow" });
export const blocking: Policy = saying({
  action: "block",
  reasonCode: "test.blocked",
  message: "no such talk",
  findings: [{ kind: "talk" }],
  score: 0.9,
});

export const WORD = "secret";
export const MARK = "[GONE]";

/** Replaces {@link WORD} everywhere: in requests, answers, and streams, where a piece that may become it is held. */
export const redactor: Policy = {
  request: (_parsed, places) => redaction(places),
  response: (_parsed, places) => redaction(places),
  stream: () => holdingBack(),
};

function redaction(places: Parameters<NonNullable<Policy["request"]>>[1]): Verdict {
  const edits = places.flatMap((place) =>
    Array.from(place.text.matchAll(new RegExp(WORD, "g")), ({ index }) => {
      return { place, start: index, end: index + WORD.length, text: MARK };
    }),
  );
  if (edits.length === 0) return { action: "allow" };
  return { action: "redact", reasonCode: "test.redacted", edits, findings: edits.map(() => ({ kind: "word" })) };
}

/** How many units at the end of a text may still become the word. */
function heldUnits(text: string): number {
  for (let length = Math.min(WORD.length - 1, text.length); length > 0; length--) {
    if (WORD.startsWith(text.slice(-length))) return length;
  }
  return 0;
}

function holdingBack(): StreamTransform {
  const held = new Map<string, string>();
  const last = new Map<string, { readonly chunk: ChatCompletionChunk; readonly path: readonly (string | number)[] }>();
  let found = 0;
  const cut = (text: string): string => {
    found += text.split(WORD).length - 1;
    return text.replaceAll(WORD, MARK);
  };
  return {
    push(chunk) {
      let out = chunk;
      for (const { lane, path, text } of chunkPlaces("chat", chunk)) {
        const ready = cut((held.get(lane) ?? "") + text);
        const units = heldUnits(ready);
        held.set(lane, ready.slice(ready.length - units));
        last.set(lane, { chunk, path });
        const passed = ready.slice(0, ready.length - units);
        if (passed !== text) out = withText(out, path, passed);
      }
      return [out];
    },
    flush() {
      return [...held]
        .filter(([, text]) => text !== "")
        .map(([lane, text]) => withText(last.get(lane)!.chunk, last.get(lane)!.path, text));
    },
    record: () => ({
      verdict: found > 0 ? "redact" : "allow",
      reason_code: found > 0 ? "test.redacted" : null,
      findings: found,
      score: null,
    }),
  };
}

/** One delta of choice 0. */
export function delta(content: string, more: JsonObject = {}): ChatCompletionChunk {
  return { id: "c", choices: [{ index: 0, delta: { content }, finish_reason: null, ...more }] };
}

/** The choices of all chunks, in order. */
export const choicesOf = (chunks: readonly ChatCompletionChunk[]): readonly ChunkChoice[] =>
  chunks.flatMap(({ choices }) => choices ?? []);

/** The text of all choices and lanes of chunks, joined by lane. */
export function textOf(chunks: readonly ChatCompletionChunk[]): Readonly<Record<string, string>> {
  const lanes: Record<string, string> = {};
  for (const chunk of chunks) {
    for (const { lane, text } of chunkPlaces("chat", chunk)) lanes[lane] = (lanes[lane] ?? "") + text;
  }
  return lanes;
}
