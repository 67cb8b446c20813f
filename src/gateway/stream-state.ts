import { GatewayError } from "../lib/errors.ts";
import { isObject, type JsonObject } from "../lib/json.ts";
import type { DecodeChunk } from "../providers/provider.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../schema/chat.ts";
import type { ComposedTransform } from "./chain.ts";
import { DONE_FRAME, frame, type SseEvent } from "./sse.ts";
import { choicesOf, closingChunk, finishes, hasContent, textUnits, usageChunk, withoutUsage } from "./stream-chunk.ts";
import { estimatedUsageBlock, usageIn } from "./usage.ts";

/** What decides how one stream is read and written. */
export interface StreamRules {
  /** Choices the caller asked for (`n`): an early end is only seen once so many have finished. */
  readonly choices: number;
  /** The caller asked for a usage chunk of its own. */
  readonly includeUsage: boolean;
  /** Usage comes by itself (Mistral) and stays on the finish chunk; where we asked for it, it is taken out again. */
  readonly keepUsage: boolean;
  /** No usage is to be expected, so the finish chunk need not wait for it. */
  readonly noUsage: boolean;
  readonly decode: DecodeChunk;
  /** Output policies; null: bytes go as they came. */
  readonly transform: ComposedTransform | null;
  /** The error of an `error` event of the upstream. */
  readonly decodeError: (data: string, error: unknown) => GatewayError;
  /** UTF-16 units of the prompt, for an estimate where no usage comes. */
  readonly promptUnits: number;
  /** Called for an event that was dropped because it is not JSON and shows no sign of content. */
  readonly onDropped: () => void;
}

/**
 * One stream as it is known so far: turns upstream events into frames for the client and knows when it is complete.
 * Pure of I/O and time.
 *
 * The finish chunk of the last choice is held until usage is known, because usage (and later the receipt) rides on it.
 */
export class StreamState {
  readonly #rules: StreamRules;
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();
  #held: string | null = null;
  #usageFrame: Uint8Array | null = null;
  #last: JsonObject = {};
  /** The upstream's usage block, once it came. */
  usage: JsonObject | null = null;
  /** True once something a user can see, or a finish, has been read: from here on a status is promised. */
  started = false;
  /** True once the closing frames have been given: nothing follows. */
  complete = false;
  /** UTF-16 units of text delivered, for estimates. */
  units = 0;
  readonly finishReasons: string[] = [];

  constructor(rules: StreamRules) {
    this.#rules = rules;
  }

  /** The model named by the upstream's chunks. */
  get model(): string | null {
    const model = this.#last["model"];
    return typeof model === "string" ? model : null;
  }

  /** Whether only usage is waited for. */
  get holding(): boolean {
    return this.#held !== null;
  }

  /** Reads one event and appends what may leave to `out`. Throws a GatewayError when the stream has failed. */
  accept(event: SseEvent, out: Uint8Array[]): void {
    const { data } = event;
    if (data === null || this.complete) return;
    if (data === "[DONE]") this.#done(out);
    else {
      const value = event.valid ? parseObject(data) : null;
      if (value === null) this.#unreadable(data);
      else this.#read(value, event, out);
    }
  }

  #read(value: JsonObject, event: SseEvent, out: Uint8Array[]): void {
    if (event.name === "error" || (value["error"] !== undefined && value["error"] !== null)) {
      throw this.#rules.decodeError(event.data!, value["error"] ?? value);
    }
    const chunk = this.#rules.decode(value);
    if (chunk === null) return;
    const usage = usageIn(chunk);
    if (usage !== null) this.usage = usage;
    const choices = choicesOf(chunk);
    if (choices.length === 0) this.#withoutChoices(chunk, usage, out);
    else this.#withChoices({ chunk, choices, event, unchanged: chunk === value }, out);
  }

  /** The upstream has ended, or usage was waited for long enough. Throws `upstream_cut` when a choice is unfinished. */
  end(out: Uint8Array[]): void {
    if (this.complete) return;
    if (this.#held !== null) this.#close(out);
    else throw new GatewayError("upstream_cut", "The upstream ended its stream before every choice was finished");
  }

  /** Closes every open choice with `content_filter`: what stands before the error event of a block. */
  closeBlocked(out: Uint8Array[]): void {
    const open = [...this.#open].filter((index) => !this.#finished.has(index));
    if (this.#held !== null || open.length === 0) open.push(0);
    out.push(frame(closingChunk(this.#last, [...new Set(open)], "content_filter")));
  }

  #withoutChoices(chunk: JsonObject, usage: JsonObject | null, out: Uint8Array[]): void {
    // a chunk without choices breaks loops that read choices[0], so only the usage chunk that was asked for goes out
    if (usage === null) return;
    if (this.#rules.includeUsage) this.#usageFrame = frame(JSON.stringify(chunk));
    if (this.#held !== null) this.#close(out);
  }

  #withChoices(
    read: { chunk: JsonObject; choices: readonly ChunkChoice[]; event: SseEvent; unchanged: boolean },
    out: Uint8Array[],
  ): void {
    const { chunk, choices, event } = read;
    this.#last = chunk;
    let ends = false;
    for (const choice of choices) {
      this.#open.add(choice.index ?? 0);
      this.units += textUnits(choice);
      if (finishes(choice)) ends = true;
      if (!this.started && (ends || hasContent(choice))) this.started = true;
    }
    const { transform } = this.#rules;
    if (transform !== null) {
      for (const passed of transform.push(chunk as ChatCompletionChunk)) this.#emit(passed, null, out);
    } else if (!ends && this.#finished.size === 0) {
      // the usual chunk: forwarded as it came
      push(out, read.unchanged ? (event.raw ?? frame(event.data!)) : frame(JSON.stringify(chunk)));
    } else this.#emit(chunk, read.unchanged ? event.data : null, out);
  }

  /** Sends a chunk on, holding back the finish of the last choice and seeing to it that each choice finishes once. */
  #emit(chunk: JsonObject, source: string | null, out: Uint8Array[]): void {
    const choices = choicesOf(chunk);
    if (choices.some((choice) => this.#finished.has(choice.index ?? 0))) {
      const fresh = choices.filter((choice) => !this.#finished.has(choice.index ?? 0));
      if (fresh.length === 0) this.#afterFinish(out);
      else this.#emit({ ...chunk, choices: fresh }, null, out);
      return;
    }
    const ending = choices.filter(finishes);
    const json = source ?? JSON.stringify(chunk);
    for (const choice of ending) {
      this.#finished.add(choice.index ?? 0);
      this.finishReasons.push(choice.finish_reason!);
    }
    if (ending.length === 0) push(out, frame(json));
    else if (this.#finished.size < Math.max(this.#rules.choices, this.#open.size)) {
      push(out, frame(this.#trim(json, chunk)));
    } else {
      this.#held = this.#trim(json, chunk);
      if (usageIn(chunk) !== null || this.#rules.noUsage) this.#close(out);
    }
  }

  /** Something came for a choice that had finished: only its usage counts. */
  #afterFinish(out: Uint8Array[]): void {
    if (this.#held !== null && this.usage !== null) this.#close(out);
  }

  #trim(json: string, chunk: JsonObject): string {
    const stays = this.#rules.keepUsage && !this.#rules.includeUsage;
    return stays || chunk["usage"] === undefined ? json : withoutUsage(json);
  }

  #close(out: Uint8Array[]): void {
    this.complete = true;
    if (this.#rules.transform !== null) for (const rest of this.#rules.transform.flush()) this.#emit(rest, null, out);
    if (this.#held !== null) push(out, frame(this.#held));
    this.#held = null;
    if (this.#rules.includeUsage) {
      const usage = this.usage ?? estimatedUsageBlock(this.#rules.promptUnits, this.units);
      push(out, this.#usageFrame ?? frame(usageChunk(this.#last, usage)));
    }
    push(out, DONE_FRAME);
  }

  #done(out: Uint8Array[]): void {
    const unfinished = [...this.#open].some((index) => !this.#finished.has(index));
    if (this.#open.size === 0 || unfinished) {
      throw new GatewayError("upstream_cut", "The upstream ended its stream before every choice was finished");
    }
    this.#close(out);
  }

  /** Not JSON: without a sign of content it is dropped; where it may have held text the stream has failed. */
  #unreadable(data: string): void {
    if (data.includes("choices")) {
      throw new GatewayError("upstream_invalid_answer", "The upstream sent a stream event that is not valid JSON");
    }
    this.#rules.onDropped();
  }
}

function parseObject(data: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Appends a piece, joined to the one before where both are neighbours in one network chunk. */
function push(out: Uint8Array[], piece: Uint8Array): void {
  const last = out.at(-1);
  if (last !== undefined && last.buffer === piece.buffer && last.byteOffset + last.byteLength === piece.byteOffset) {
    out[out.length - 1] = new Uint8Array(
      last.buffer as ArrayBuffer,
      last.byteOffset,
      last.byteLength + piece.byteLength,
    );
  } else out.push(piece);
}
