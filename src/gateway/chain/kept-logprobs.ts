import { isObject } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";

interface Entry {
  /** Where its text ends, counted from the beginning of the stream. */
  readonly end: number;
  readonly tokens: readonly unknown[];
}

interface Lane {
  /** What came and has not left yet, all of it as it came; null once a policy changed something. */
  held: string | null;
  arrived: number;
  left: number;
  entries: Entry[];
}

/**
 * The token lists (`logprobs`) of a stream whose policies hold text back or change it. They repeat the text as the
 * upstream wrote it, so that a list leaves with what it stands for, or not at all: what a policy wrote has none. Costs
 * nothing where no client asked for such lists.
 */
export class KeptLogprobs {
  readonly #lanes = new Map<number, Lane>();

  /** Whether nothing has come that could be kept. */
  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** A chunk as it came in. */
  arrived({ choices }: ChatCompletionChunk): void {
    if (!Array.isArray(choices)) return;
    for (const [position, choice] of choices.entries()) this.#arrive(choice, position);
  }

  /** A chunk as it leaves. `isUntouched`: it is one that came in, and keeps its own lists. */
  leaving(chunk: ChatCompletionChunk, isUntouched: boolean): ChatCompletionChunk {
    const { choices } = chunk;
    if (!Array.isArray(choices)) return chunk;
    const next = choices.map((choice: ChunkChoice, position) => this.#leave(choice, position));
    if (isUntouched || next.every((choice, position) => choice === choices[position])) return chunk;
    return { ...chunk, choices: next };
  }

  #arrive(choice: unknown, position: number): void {
    if (!isObject(choice)) return;
    const index = indexOf(choice, position);
    const tokens = isObject(choice["logprobs"]) ? choice["logprobs"]["content"] : null;
    let lane = this.#lanes.get(index);
    if (lane === undefined) {
      if (!Array.isArray(tokens)) return;
      lane = { held: "", arrived: 0, left: 0, entries: [] };
      this.#lanes.set(index, lane);
    }
    if (lane.held === null) return;
    const text = textOf(choice);
    lane.held += text;
    lane.arrived += text.length;
    if (Array.isArray(tokens) && standsFor(tokens, text)) lane.entries.push({ end: lane.arrived, tokens });
  }

  #leave(choice: ChunkChoice, position: number): ChunkChoice {
    if (!isObject(choice)) return choice;
    const lane = this.#lanes.get(indexOf(choice, position));
    const tokens = lane === undefined ? [] : taken(lane, textOf(choice));
    if (tokens.length > 0) return { ...choice, logprobs: { content: tokens, refusal: null } };
    return choice["logprobs"] == null ? choice : { ...choice, logprobs: null };
  }
}

/** The lists of the text that has left whole once `text` has. */
function taken(lane: Lane, text: string): readonly unknown[] {
  if (lane.held === null || !lane.held.startsWith(text)) {
    lane.held = null;
    lane.entries = [];
    return [];
  }
  lane.held = lane.held.slice(text.length);
  lane.left += text.length;
  const open = lane.entries.findIndex(({ end }) => end > lane.left);
  const gone = lane.entries.splice(0, open === -1 ? lane.entries.length : open);
  return gone.flatMap(({ tokens }) => tokens);
}

/** A list that says something else than its chunk may hold what a policy takes out of another. */
function standsFor(tokens: readonly unknown[], text: string): boolean {
  const words = tokens.map((each) => (isObject(each) ? each["token"] : null));
  return words.every((word) => typeof word === "string") && words.join("") === text;
}

function indexOf(choice: { readonly index?: unknown }, position: number): number {
  return typeof choice.index === "number" ? choice.index : position;
}

function textOf({ delta }: { readonly delta?: unknown }): string {
  return isObject(delta) && typeof delta["content"] === "string" ? delta["content"] : "";
}
