import type { JsonObject } from "../../lib/json/json.ts";
import type { ChunkChoice } from "../../schema/chat.ts";
import type { SseEvent } from "./sse.ts";
import { choicesOf, finishes, hasContent } from "./stream-chunk.ts";

/** A chunk with choices, as it was read. */
export interface Read {
  readonly chunk: JsonObject;
  readonly choices: readonly ChunkChoice[];
  readonly event: SseEvent;
  /** Whether the chunk is what the event says, word for word. */
  readonly unchanged: boolean;
}

/** Reasons that nobody gives by the way. */
const SURE: ReadonlySet<string> = new Set(["length", "tool_calls", "function_call", "content_filter"]);

/**
 * Whether the finishes of a chunk are believed only once nothing follows: those that come with text, or before any.
 * Some gateways say `stop` in every chunk, and a text must not end with its first. `said`: something came before.
 */
export function isDoubtful(choices: readonly ChunkChoice[], said: boolean): boolean {
  return choices.every(
    (choice) => !finishes(choice) || (!SURE.has(choice.finish_reason!) && (!said || hasContent(choice))),
  );
}

/** The chunk of one stream whose finish is doubted, until the next event settles it. */
export class FinishDoubt {
  #read: Read | null = null;
  /** Finishes that turned out to be none, since text followed them. */
  refuted = 0;

  get pending(): boolean {
    return this.#read !== null;
  }

  keep(read: Read): void {
    this.#read = read;
  }

  /** What was kept; null where nothing was. It is kept no longer. */
  take(): Read | null {
    const read = this.#read;
    this.#read = null;
    return read;
  }

  /** Unfinishes those choices of what is kept that the next chunk goes on with or finishes again, and gives their indices. */
  takeBack(next: readonly ChunkChoice[]): readonly number[] {
    const read = this.#read;
    if (read === null) return [];
    const follows = (index: number, is: (choice: ChunkChoice) => boolean): boolean =>
      next.some((choice) => (choice.index ?? 0) === index && is(choice));
    const ended = read.choices.filter(finishes).map((choice) => choice.index ?? 0);
    const again = ended.filter((index) => follows(index, (choice) => hasContent(choice) || finishes(choice)));
    if (again.length === 0) return again;
    if (again.some((index) => follows(index, hasContent))) this.refuted++;
    const choices = choicesOf(read.chunk).map((choice) =>
      again.includes(choice.index ?? 0) ? { ...choice, finish_reason: null } : choice,
    );
    this.#read = { ...read, chunk: { ...read.chunk, choices }, choices, unchanged: false };
    return again;
  }
}
