import type { AnswerText } from "../../detect/quality/signals.ts";
import type { Endpoint } from "../../lib/context.ts";
import { isObject, type Parsed } from "../../lib/json/json.ts";
import { chunkPlaces } from "../../lib/places/extract.ts";
import type { TextKind, TextPlace } from "../../lib/places/text-place.ts";
import type { ChatCompletionChunk } from "../../schema/chat.ts";
import { choiceIndex, choicesIn, finishing } from "../texts/stream-chunks.ts";

/** How much of what a choice says is kept. */
const LONGEST = 1_048_576;
const MAX_CHOICES = 128;
const SAID: ReadonlySet<TextKind> = new Set(["content", "refusal"]);
const CALLED: ReadonlySet<TextKind> = new Set(["name", "arguments"]);

/** What every choice of an answer says, whole or as it grows. */
export class SaidByChoice {
  readonly #choices = new Map<
    number,
    { pieces: string[]; length: number; callsTools: boolean; finish: string | null }
  >();

  /** Reads a whole answer. */
  static of({ value }: Parsed, places: readonly TextPlace[]): SaidByChoice {
    const said = new SaidByChoice();
    const { choices } = value;
    if (!Array.isArray(choices)) return said;
    for (const [at, choice] of (choices as readonly unknown[]).entries()) {
      const reason = isObject(choice) ? choice["finish_reason"] : null;
      said.#at(at).finish = typeof reason === "string" ? reason : null;
    }
    for (const place of places) {
      const [root, at] = place.path;
      if (root === "choices" && typeof at === "number" && place.inner === null) said.#add(at, place);
    }
    return said;
  }

  /** Reads one chunk. */
  push(endpoint: Endpoint, chunk: ChatCompletionChunk): void {
    for (const place of chunkPlaces(endpoint, chunk)) this.#add(place.choice, place);
    choicesIn(chunk).forEach((choice, at) => {
      if (finishing(choice)) this.#at(choiceIndex(choice, at)).finish = choice.finish_reason ?? null;
    });
  }

  /** Every choice so far, in the order of their numbers, whichever began first: of equal ones the first is judged. */
  answers(): readonly AnswerText[] {
    const choices = [...this.#choices].sort(([one], [other]) => one - other);
    return choices.map(([, { pieces, callsTools, finish }]) => {
      return { text: pieces.join(""), callsTools, finishReason: finish };
    });
  }

  #add(at: number, { kind, text }: Pick<TextPlace, "kind" | "text">): void {
    if (CALLED.has(kind)) this.#at(at).callsTools = true;
    if (!SAID.has(kind)) return;
    const choice = this.#at(at);
    const piece = text.slice(0, LONGEST - choice.length);
    choice.length += piece.length;
    if (piece !== "") choice.pieces.push(piece);
  }

  #at(at: number) {
    const index = Math.min(at, MAX_CHOICES);
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const made = { pieces: [], length: 0, callsTools: false, finish: null };
    this.#choices.set(index, made);
    return made;
  }
}
