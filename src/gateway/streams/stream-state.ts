import type { CommittedStream } from "../../carbon/commitment.ts";
import { GatewayError } from "../../lib/errors.ts";
import { type JsonObject, parsedObject } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";
import { isUnwanted } from "../attempts/failure.ts";
import { framesWithRiders } from "../carbon/riders.ts";
import { estimatedUsageBlock, usageIn } from "../usage.ts";
import { FinishDoubt, isDoubtful, type Read } from "./finish-doubt.ts";
import { type Piece, push } from "./pieces.ts";
import { DONE_FRAME, frame, type SseEvent } from "./sse.ts";
import {
  choicesOf,
  closingChunk,
  FILTERED,
  finishes,
  hasContent,
  likeOthers,
  textBytes,
  usageChunk,
  withoutUsage,
  withUsage,
} from "./stream-chunk.ts";
import type { StreamRules } from "./stream-rules.ts";

/** The chunk that finishes every choice so far, while usage is waited for, or another choice: not all asked for come. */
interface Held {
  readonly json: string;
  readonly indices: readonly number[];
}

/**
 * One stream as it is known so far: turns upstream events into frames for the client and knows when it is complete.
 * Pure of I/O and time. The finish chunk of the last choice is held until usage is known, because usage (and the
 * receipt) rides on it.
 */
export class StreamState {
  readonly #rules: StreamRules;
  /** Choices the upstream has begun, and those of them it has finished. */
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();
  /** Choices whose finish has left for the client, or is held: a policy may let it go later than it came. */
  readonly #closed = new Set<number>();
  /** Whether a choice ended for another reason than the provider's content filter. */
  #unfiltered = false;
  #held: Held | null = null;
  readonly #doubt = new FinishDoubt();
  #usageJson: string | null = null;
  #last: JsonObject = {};
  /** The upstream's usage block, once it came. */
  usage: JsonObject | null = null;
  /** True once something a user can see, or a finish, has been read: from here on a status is promised. */
  started = false;
  /** True once the closing frames have been given: nothing follows. */
  complete = false;
  /** UTF-8 bytes of text delivered, for estimates. */
  bytes = 0;
  readonly finishReasons: string[] = [];

  constructor(rules: StreamRules) {
    this.#rules = rules;
  }

  /** The model named by the upstream's chunks. */
  get model(): string | null {
    const model = this.#last["model"];
    return typeof model === "string" ? model : null;
  }

  /** Whether policies read the stream. */
  get inspected(): boolean {
    return this.#rules.transform !== null;
  }

  /** What the client got, where somebody asked. */
  get sent(): CommittedStream | undefined {
    return this.#rules.sent;
  }

  /** How many finishes the upstream went on behind: it says `stop` by the way. */
  get refuted(): number {
    return this.#doubt.refuted;
  }

  /** Whether a finish is only believed once nothing follows it. */
  get doubting(): boolean {
    return this.#doubt.pending;
  }

  /** Whether every choice has finished and only usage is waited for. */
  get holding(): boolean {
    const { size } = this.#finished;
    return size > 0 && !this.complete && size >= Math.max(this.#rules.choices, this.#open.size);
  }

  /** Whether the provider's content filter has ended all of it before anything was said. */
  get filtered(): boolean {
    return (this.complete || this.holding) && !this.#unfiltered && this.bytes === 0;
  }

  /** Reads one event and appends what may leave to `out`. Throws a GatewayError when the stream has failed. */
  accept(event: SseEvent, out: Piece[]): void {
    const { data } = event;
    if (data === null || this.complete) return;
    if (event.name === "error") throw this.#rules.decodeError(data);
    const value = data === "[DONE]" ? null : parsedObject(data);
    if (value !== null) this.#read(value, event, out);
    else if (data.trim() === "[DONE]") this.#done(out);
    else this.#unreadable(data);
  }

  #read(value: JsonObject, event: SseEvent, out: Piece[]): void {
    const chunk = this.#rules.decode(value);
    if (chunk === null) return;
    const usage = usageIn(chunk);
    if (usage !== null) this.usage = usage;
    const choices = choicesOf(chunk);
    if (choices.length > 0) this.#withChoices({ chunk, choices, event, unchanged: chunk === value }, out);
    // a chunk without choices breaks loops that read choices[0], so only the usage chunk that was asked for goes out
    else if (usage !== null && this.#rules.includeUsage)
      this.#usageJson = JSON.stringify(likeOthers(chunk, this.#last));
    const sure = choices.length === 0 || !this.#doubt.pending;
    if (sure && this.holding && (usage !== null || this.#rules.noUsage)) this.#close(out);
  }

  /** The upstream has ended, or usage was waited for long enough. Throws `upstream_cut` when a choice is unfinished. */
  end(out: Piece[]): void {
    if (this.complete) return;
    if (!this.holding) throw cutShort();
    this.#close(out);
  }

  /** Closes every choice whose finish the client has not got with `content_filter`: what stands before a block's error. */
  closeBlocked(out: Piece[]): void {
    const withheld = this.#held?.indices ?? [];
    this.finishReasons.splice(this.finishReasons.length - withheld.length);
    const open = [...this.#open].filter((index) => !this.#closed.has(index) || withheld.includes(index));
    this.#held = null;
    this.#doubt.take();
    if (open.length === 0) return;
    out.push(frame(closingChunk(this.#last, open, FILTERED)));
    for (const _ of open) this.finishReasons.push(FILTERED);
  }

  /** What policies still held when the stream broke off: the text ends there. They may refuse it. */
  giveHeld(out: Piece[]): void {
    if (this.complete) return;
    try {
      this.#believe(out);
      for (const rest of this.#rules.transform?.flush() ?? []) this.#emit(rest, null, out);
    } catch {
      // the stream ends with what broke it
    }
    this.#release(out);
  }

  #withChoices(read: Read, out: Piece[]): void {
    const { chunk, choices } = read;
    if (this.#doubt.pending) this.#settle(choices, out);
    this.#last = chunk;
    const said = this.started;
    let ends = false;
    for (const choice of choices) {
      const index = choice.index ?? 0;
      this.#open.add(index);
      this.bytes += textBytes(choice);
      if (finishes(choice)) {
        ends = true;
        this.#finished.add(index);
        if (choice.finish_reason !== FILTERED) this.#unfiltered = true;
      }
      if (!this.started && (ends || hasContent(choice))) this.started = true;
    }
    if (ends && this.#finished.size >= this.#open.size && isDoubtful(choices, said)) this.#doubt.keep(read);
    else this.#pass(read, ends, out);
  }

  #settle(next: readonly ChunkChoice[], out: Piece[]): void {
    for (const index of this.#doubt.takeBack(next)) this.#finished.delete(index);
    this.#believe(out);
  }

  #believe(out: Piece[]): void {
    const read = this.#doubt.take();
    if (read !== null) this.#pass(read, read.choices.some(finishes), out);
  }

  #pass({ chunk, event, unchanged }: Read, ends: boolean, out: Piece[]): void {
    const { transform } = this.#rules;
    if (transform !== null) {
      for (const passed of transform.push(chunk as ChatCompletionChunk)) this.#emit(passed, null, out);
    } else if (!ends && this.#closed.size === 0 && this.#mayKeepUsage(chunk, ends)) {
      // the usual chunk: forwarded as it came
      this.#rules.sent?.add(chunk);
      push(out, unchanged ? (event.raw ?? frame(onOneLine(event.data!))) : frame(JSON.stringify(chunk)));
    } else this.#emit(chunk, unchanged ? onOneLine(event.data!) : null, out);
  }

  /** Sends a chunk on, holding back the finish of the last choice and seeing to it that each choice finishes once. */
  #emit(chunk: JsonObject, source: string | null, out: Piece[]): void {
    const given = choicesOf(chunk);
    const choices = this.#closed.size === 0 ? given : given.filter((choice) => this.#passes(choice));
    if (choices.length === 0) return;
    if (this.#held !== null && choices.some((choice) => !this.#closed.has(choice.index ?? 0))) this.#release(out);
    const passed = choices.length === given.length ? chunk : { ...chunk, choices };
    const shaped = this.#rules.toMistral?.(passed) ?? passed;
    const json = shaped === chunk && source !== null ? source : JSON.stringify(shaped);
    this.#rules.sent?.add(passed);
    const ending = choices.filter(finishes);
    for (const choice of ending) {
      this.#closed.add(choice.index ?? 0);
      this.finishReasons.push(choice.finish_reason!);
    }
    const trimmed = this.#mayKeepUsage(chunk, ending.length > 0) ? json : withoutUsage(json);
    if (ending.length > 0 && this.#closed.size >= this.#open.size)
      this.#held = { json: trimmed, indices: ending.map((choice) => choice.index ?? 0) };
    else push(out, frame(trimmed));
  }

  /** Nothing follows a choice's finish, save for what a policy had held until the very end. */
  #passes(choice: ChunkChoice): boolean {
    return !this.#closed.has(choice.index ?? 0) || (this.complete && !finishes(choice));
  }

  /** Once asked for, usage stands in every chunk (null, or so far): taken out where only we asked, or where it follows. */
  #mayKeepUsage(chunk: JsonObject, ends: boolean): boolean {
    return chunk["usage"] === undefined || (this.#rules.includeUsage ? !ends : this.#rules.keepUsage);
  }

  #release(out: Piece[]): void {
    if (this.#held !== null) push(out, frame(this.#held.json));
    this.#held = null;
  }

  #close(out: Piece[]): void {
    this.#believe(out);
    this.complete = true;
    for (const rest of this.#flushed()) this.#emit(rest, null, out);
    const { toMistral, riders } = this.#rules;
    const last = this.#held === null ? [] : [toMistral ? withUsage(this.#held.json, this.usage) : this.#held.json];
    if (this.#rules.includeUsage) last.push(this.#usageJson ?? this.#ownUsageChunk());
    this.#held = null;
    if (riders === undefined) for (const json of last) push(out, frame(json));
    else if (last.length > 0) out.push(() => framesWithRiders(last, riders()));
    push(out, DONE_FRAME);
  }

  #flushed(): readonly ChatCompletionChunk[] {
    try {
      return this.#rules.transform?.flush() ?? [];
    } catch (thrown) {
      // where nobody else can answer, this is ended once more
      if (isUnwanted(thrown)) this.complete = false;
      throw thrown;
    }
  }

  #ownUsageChunk(): string {
    const { promptBytes, estimateUsage } = this.#rules;
    return usageChunk(this.#last, this.usage ?? estimateUsage?.() ?? estimatedUsageBlock(promptBytes(), this.bytes));
  }

  /** The upstream says that this was all: fewer choices than asked for are its own affair, unfinished ones are a cut. */
  #done(out: Piece[]): void {
    if (this.#open.size === 0 || this.#finished.size < this.#open.size) throw cutShort();
    this.#close(out);
  }

  /** Not JSON: without a sign of content it is dropped; where it may have held text the stream has failed. */
  #unreadable(data: string): void {
    if (data.includes("choices") && !this.holding) {
      throw new GatewayError("upstream_invalid_answer", "The upstream sent a stream event that is not valid JSON");
    }
    this.#rules.onDropped();
  }
}

function cutShort(): GatewayError {
  return new GatewayError("upstream_cut", "The upstream ended its stream before every choice was finished");
}

/** JSON that came in several `data:` lines: a line break can only stand between its tokens. */
function onOneLine(json: string): string {
  return json.includes("\n") ? json.replaceAll("\n", " ") : json;
}
