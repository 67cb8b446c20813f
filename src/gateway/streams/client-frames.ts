import type { JsonObject } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";
import { framesWithRiders } from "../carbon/riders.ts";
import type { Read } from "./finish-doubt.ts";
import { type Piece, push } from "./pieces.ts";
import { DONE_FRAME, frame } from "./sse.ts";
import { choicesOf, closingChunk, FILTERED, finishes, withoutUsage, withUsage } from "./stream-chunk.ts";
import type { StreamRules } from "./stream-rules.ts";

/** The chunk that finishes every choice so far, while usage is waited for, or another choice: not all asked for come. */
interface Held {
  readonly json: string;
  readonly indices: readonly number[];
}

/** What the end of a stream says of usage. */
export interface LastWord {
  readonly usage: JsonObject | null;
  /** The chunk of its own that the caller asked for. */
  readonly usageChunk: string | null;
}

/**
 * One stream as its client gets it: each choice finishes once, and nothing follows its finish. The finish of the last
 * choice is held until usage is known, because usage (and the receipt) rides on it.
 */
export class ClientFrames {
  readonly finishReasons: string[] = [];
  readonly #rules: StreamRules;
  /** Choices the upstream has begun. */
  readonly #open: ReadonlySet<number>;
  /** Choices whose finish has left, or is held: a policy may let it go later than it came. */
  readonly #closed = new Set<number>();
  #held: Held | null = null;
  /** Policies have given all they held: that may be more of a choice they let finish before. */
  #isFlushed = false;

  /** `open` is kept by whoever reads the upstream. */
  constructor(rules: StreamRules, open: ReadonlySet<number>) {
    this.#rules = rules;
    this.#open = open;
  }

  /** Sends on what was read, through the policies where they read along. */
  pass({ chunk, choices, event, unchanged }: Read, out: Piece[]): void {
    const { transform, sent } = this.#rules;
    if (transform !== null) {
      for (const passed of transform.push(chunk as ChatCompletionChunk)) this.#emit(passed, null, out);
    } else if (this.#closed.size === 0 && !choices.some(finishes) && this.#mayKeepUsage(chunk, false)) {
      // the usual chunk: forwarded as it came
      sent?.add(chunk);
      push(out, unchanged ? (event.raw ?? frame(onOneLine(event.data!))) : frame(JSON.stringify(chunk)));
    } else this.#emit(chunk, unchanged ? onOneLine(event.data!) : null, out);
  }

  /** What policies held until now. They may refuse it: throws what they throw. */
  flush(out: Piece[]): void {
    const rest = this.#rules.transform?.flush() ?? [];
    this.#isFlushed = true;
    for (const chunk of rest) this.#emit(chunk, null, out);
  }

  /** The finish that is held leaves as it is. */
  release(out: Piece[]): void {
    if (this.#held !== null) push(out, frame(this.#held.json));
    this.#held = null;
  }

  /** The last frames of a stream that ended well. */
  end({ usage, usageChunk }: LastWord, out: Piece[]): void {
    const { toMistral, riders } = this.#rules;
    const last = this.#held === null ? [] : [toMistral ? withUsage(this.#held.json, usage) : this.#held.json];
    if (usageChunk !== null) last.push(usageChunk);
    this.#held = null;
    if (riders === undefined) for (const json of last) push(out, frame(json));
    else if (last.length > 0) out.push(() => framesWithRiders(last, riders()));
    push(out, DONE_FRAME);
  }

  /** Closes every choice whose finish has not left with `content_filter`, in a chunk in the likeness of another. */
  block(like: JsonObject, out: Piece[]): void {
    const withheld = this.#held?.indices ?? [];
    this.finishReasons.splice(this.finishReasons.length - withheld.length);
    const open = [...this.#open].filter((index) => !this.#closed.has(index) || withheld.includes(index));
    this.#held = null;
    if (open.length === 0) return;
    out.push(frame(closingChunk(like, open, FILTERED)));
    for (const _ of open) this.finishReasons.push(FILTERED);
  }

  /** Sends a chunk on, holding back the finish of the last choice and seeing to it that each choice finishes once. */
  #emit(chunk: JsonObject, source: string | null, out: Piece[]): void {
    const given = choicesOf(chunk);
    const choices = this.#closed.size === 0 ? given : given.filter((choice) => this.#passes(choice));
    if (choices.length === 0) return;
    if (this.#held !== null && choices.some((choice) => !this.#closed.has(choice.index ?? 0))) this.release(out);
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

  #passes(choice: ChunkChoice): boolean {
    return !this.#closed.has(choice.index ?? 0) || (this.#isFlushed && !finishes(choice));
  }

  /** Once asked for, usage stands in every chunk (null, or so far): taken out where only we asked, or where it follows. */
  #mayKeepUsage(chunk: JsonObject, ends: boolean): boolean {
    return chunk["usage"] === undefined || (this.#rules.includeUsage ? !ends : this.#rules.keepUsage);
  }
}

/** JSON that came in several `data:` lines: a line break can only stand between its tokens. */
function onOneLine(json: string): string {
  return json.includes("\n") ? json.replaceAll("\n", " ") : json;
}
