import type { CommittedStream } from "../../carbon/commitment.ts";
import { GatewayError } from "../../lib/errors.ts";
import { type JsonObject, parsedObject } from "../../lib/json/json.ts";
import type { ChunkChoice } from "../../schema/chat.ts";
import { answerTooLong, isUnwanted } from "../attempts/failure.ts";
import { estimateUsage, usageBlock, usageIn } from "../usage.ts";
import { ClientFrames } from "./client-frames.ts";
import { FinishDoubt, isDoubtful, type Read } from "./finish-doubt.ts";
import type { Piece } from "./pieces.ts";
import type { SseEvent } from "./sse.ts";
import { choicesOf, FILTERED, finishes, hasContent, likeOthers, textBytes, usageChunk } from "./stream-chunk.ts";
import type { StreamRules } from "./stream-rules.ts";

/**
 * One stream as it is known so far: turns upstream events into frames for the client and knows when it is complete.
 * Pure of I/O and time.
 */
export class StreamState {
  readonly #rules: StreamRules;
  /** Choices the upstream has begun, and those of them it has finished. */
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();
  /** Whether a choice ended for another reason than the provider's content filter. */
  #unfiltered = false;
  readonly #doubt = new FinishDoubt();
  readonly #frames: ClientFrames;
  readonly #mostBytes: number;
  #usageJson: string | null = null;
  #last: JsonObject = {};
  /** The upstream's usage block, once it came. */
  usage: JsonObject | null = null;
  /** True once something a user can see, or a finish, has been read: from here on a status is promised. */
  started = false;
  /** True once the closing frames have been given: nothing follows. */
  complete = false;
  /** UTF-8 bytes of text read, for estimates. */
  bytes = 0;

  constructor(rules: StreamRules) {
    this.#rules = rules;
    this.#mostBytes = rules.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#frames = new ClientFrames(rules, this.#open);
  }

  /** The model named by the upstream's chunks. */
  get model(): string | null {
    const model = this.#last["model"];
    return typeof model === "string" ? model : null;
  }

  /** Why each choice ended, as the client was told. */
  get finishReasons(): readonly string[] {
    return this.#frames.finishReasons;
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

  /** The upstream has ended, or usage was waited for long enough. Throws `upstream_cut` when a choice is unfinished. */
  end(out: Piece[]): void {
    if (this.complete) return;
    if (!this.holding) throw cutShort();
    this.#close(out);
  }

  /** Closes every choice whose finish the client has not got with `content_filter`: what stands before a block's error. */
  closeBlocked(out: Piece[]): void {
    this.#doubt.take();
    this.#frames.block(this.#last, out);
  }

  /** What policies still held when the stream broke off: the text ends there. They may refuse it. */
  giveHeld(out: Piece[]): void {
    if (this.complete) return;
    try {
      this.#believe(out);
      this.#frames.flush(out);
    } catch {
      // the stream ends with what broke it
    }
    this.#frames.release(out);
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
      if (this.bytes > this.#mostBytes) throw answerTooLong(this.#mostBytes);
      if (!this.started && (ends || hasContent(choice))) this.started = true;
    }
    if (ends && this.#finished.size >= this.#open.size && isDoubtful(choices, said)) this.#doubt.keep(read);
    else this.#frames.pass(read, out);
  }

  #settle(next: readonly ChunkChoice[], out: Piece[]): void {
    for (const index of this.#doubt.takeBack(next)) this.#finished.delete(index);
    this.#believe(out);
  }

  #believe(out: Piece[]): void {
    const read = this.#doubt.take();
    if (read !== null) this.#frames.pass(read, out);
  }

  #close(out: Piece[]): void {
    this.#believe(out);
    this.complete = true;
    try {
      this.#frames.flush(out);
    } catch (thrown) {
      // where nobody else can answer, this is ended once more
      if (isUnwanted(thrown)) this.complete = false;
      throw thrown;
    }
    const asked = this.#rules.includeUsage ? (this.#usageJson ?? this.#ownUsageChunk()) : null;
    this.#frames.end({ usage: this.usage, usageChunk: asked }, out);
  }

  #ownUsageChunk(): string {
    const { promptBytes, estimateUsage: ofAll } = this.#rules;
    const usage = this.usage ?? ofAll?.() ?? usageBlock(estimateUsage(promptBytes(), this.bytes));
    return usageChunk(this.#last, usage);
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
