import { bytesOf, type Piece } from "../../../src/gateway/streams/pieces.ts";
import { SseSplitter } from "../../../src/gateway/streams/sse.ts";
import type { StreamRules } from "../../../src/gateway/streams/stream-rules.ts";
import { StreamState } from "../../../src/gateway/streams/stream-state.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { providers } from "../../../src/providers/index.ts";

/** What one stream gave its client. */
export interface Delivered {
  /** Every event's data as a value, `"[DONE]"` for the last. */
  readonly events: readonly unknown[];
  readonly text: string;
}

const NOTHING = { source: "{}", value: {} };

/** Rules of a plain chat stream, with what a test changes. */
export function rulesFor(more: Partial<StreamRules> = {}): StreamRules {
  const chat = providers["openai-compatible"].codecs.chat!;
  return {
    choices: 1,
    includeUsage: false,
    keepUsage: false,
    noUsage: false,
    decode: chat.decodeStream(NOTHING),
    transform: null,
    decodeError: (data) => new GatewayError("upstream_failed", `said ${data}`),
    promptBytes: () => 40,
    onDropped: () => {},
    ...more,
  };
}

/** A state that is fed with text, and what it let out. */
export function feeder(more: Partial<StreamRules> = {}) {
  const state = new StreamState(rulesFor(more));
  const splitter = new SseSplitter();
  const out: Piece[] = [];
  return {
    state,
    out,
    feed(...texts: readonly string[]): void {
      for (const text of texts)
        for (const event of splitter.push(new TextEncoder().encode(text))) state.accept(event, out);
    },
    text: (): string => textOf(out),
    events: (): readonly unknown[] => eventsOf(textOf(out)),
  };
}

export function textOf(pieces: readonly Piece[]): string {
  return new TextDecoder().decode(Buffer.concat(pieces.map(bytesOf)));
}

/** The data of every event, read as a client reads it: an event that is not one line of JSON throws. */
export function eventsOf(text: string): readonly unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "" && !event.startsWith(":"))
    .map((event) => {
      if (!event.startsWith("data:") || event.includes("\n")) throw new Error(`not one data line: ${event}`);
      const data = event.slice(5).trim();
      return data === "[DONE]" ? data : (JSON.parse(data) as unknown);
    });
}

const HEAD = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };

/** One event of one choice. */
export function piece(index: number, content: string | null, finish: string | null = null, more: object = {}): string {
  const delta = content === null ? {} : { content };
  return event({ ...HEAD, choices: [{ index, delta, finish_reason: finish }], ...more });
}

export const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
/** OpenAI's usage-only event. */
export const USAGE_EVENT = event({ ...HEAD, choices: [], usage: USAGE });
export const DONE = "data: [DONE]\n\n";

export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

interface Choice {
  readonly index: number;
  readonly delta: { readonly content?: string };
  readonly finish_reason: string | null;
}

/** What a client makes of the events: text and finish reasons by choice. */
export function assembled(events: readonly unknown[]): ReadonlyMap<number, { text: string; finishes: string[] }> {
  const found = new Map<number, { text: string; finishes: string[] }>();
  for (const value of events) {
    for (const { index, delta, finish_reason } of ((value as JsonObject)["choices"] ?? []) as Choice[]) {
      const choice = found.get(index) ?? { text: "", finishes: [] };
      found.set(index, choice);
      choice.text += delta.content ?? "";
      if (finish_reason !== null) choice.finishes.push(finish_reason);
    }
  }
  return found;
}
