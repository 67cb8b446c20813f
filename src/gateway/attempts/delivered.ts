import { asObject, isObject, type JsonObject } from "../../lib/json/json.ts";
import type { DecodeChunk } from "../../providers/provider.ts";
import type { ChunkChoice } from "../../schema/chat.ts";
import { choicesOf } from "../streams/stream-chunk.ts";
import { EchoFilter } from "./echo-filter.ts";

/** UTF-16 units of an answer's text that are kept: no model gives longer ones, and an upstream without end would fill memory. */
const MAX_TEXT_UNITS = 1_048_576;

/** What the upstreams before the present one have used, to be added to what the present one says. */
export interface UsedBefore {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** How a further attempt goes on. */
export interface Continuation {
  /** What the answer may, or must, say again before anything new. */
  readonly echo: string;
  /** Whether it must. */
  readonly required: boolean;
  readonly before: UsedBefore;
  /** Called when it does not; must throw. */
  readonly onDiffers: () => never;
}

/**
 * What a client has of one streamed answer, so that another target can go on where the first broke off. Follows the
 * decoded chunks; only an answer of one choice that is plain text so far can be continued.
 */
export class Delivered {
  /** The answer's text so far. */
  text = "";
  /**
   * False once there is something that cannot be continued: tool calls, a refusal, thinking, a second choice, more text
   * than is kept. The text is not kept any more then.
   */
  plain = true;
  /** What the present upstream itself says it used, without the parts before it; null: it has not said. */
  ownUsage: JsonObject | null = null;
  /** UTF-8 bytes that the present upstream made itself: an answer given anew counts from its beginning. */
  ownBytes = 0;
  #head: JsonObject | null = null;

  /** Follows the chunks of a first attempt: nothing of an attempt before it has reached the client. */
  follow(decode: DecodeChunk): DecodeChunk {
    this.text = "";
    this.plain = true;
    this.#head = null;
    return (value) => {
      const chunk = decode(value);
      if (chunk !== null) this.#note(chunk);
      return chunk;
    };
  }

  /** What it is now, for an attempt that may fail: only what reached the client has been delivered. */
  fork(): Delivered {
    const fork = new Delivered();
    fork.text = this.text;
    fork.plain = this.plain;
    fork.#head = this.#head;
    return fork;
  }

  /**
   * Turns the chunks of a further attempt into the continuation: same id, no role, nothing twice, usage summed.
   */
  continueWith(decode: DecodeChunk, how: Continuation): DecodeChunk {
    const filter = new EchoFilter(how.echo, how.required);
    this.ownUsage = null;
    this.ownBytes = how.required ? Buffer.byteLength(how.echo) : 0;
    return (value) => {
      const chunk = decode(value);
      if (chunk === null) return null;
      const choices = choicesOf(chunk).map((choice) => this.#continueChoice(choice, filter));
      if (filter.differs) how.onDiffers();
      const { usage } = chunk;
      if (isObject(usage)) this.ownUsage = usage;
      return { ...chunk, ...this.#head, choices, ...(isObject(usage) ? { usage: added(usage, how.before) } : {}) };
    };
  }

  #note(chunk: JsonObject): void {
    const { id, object, created, model } = chunk;
    this.#head ??= { id, object, created, model };
    for (const choice of choicesOf(chunk)) {
      if ((choice.index ?? 0) !== 0) this.plain = false;
      const { delta } = choice;
      if (!isObject(delta)) continue;
      if (this.plain && !isPlain(delta)) this.plain = false;
      if (typeof delta["content"] === "string") this.#keep(delta["content"]);
    }
  }

  #keep(text: string): void {
    this.plain &&= this.text.length + text.length <= MAX_TEXT_UNITS;
    this.text = this.plain ? this.text + text : "";
  }

  #continueChoice(choice: ChunkChoice, filter: EchoFilter): ChunkChoice {
    const { role: _, ...delta } = asObject(choice.delta);
    const { content } = delta as JsonObject;
    let text = typeof content === "string" ? filter.push(content) : "";
    if (typeof choice.finish_reason === "string") text += filter.flush();
    if (!isPlain(delta)) this.plain = false;
    this.#keep(text);
    this.ownBytes += Buffer.byteLength(text);
    return { ...choice, delta: typeof content === "string" || text !== "" ? { ...delta, content: text } : delta };
  }
}

/** Whether a delta holds nothing but a role and text. */
function isPlain(delta: JsonObject): boolean {
  for (const key in delta) {
    const value = delta[key];
    if (key === "role" || (key === "content" && (typeof value === "string" || value === null))) continue;
    if (value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)) return false;
  }
  return true;
}

function added(usage: JsonObject, { promptTokens, completionTokens }: UsedBefore): JsonObject {
  const told = (key: string): number => (typeof usage[key] === "number" ? usage[key] : 0);
  const prompt = told("prompt_tokens");
  const completion = told("completion_tokens");
  return {
    ...usage,
    prompt_tokens: prompt + promptTokens,
    completion_tokens: completion + completionTokens,
    // thinking may stand in the total alone
    total_tokens: Math.max(told("total_tokens"), prompt + completion) + promptTokens + completionTokens,
  };
}
