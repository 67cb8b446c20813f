import type { Endpoint } from "../../lib/context.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { chunkPlaces } from "../../lib/places/extract.ts";
import type { TextPlace } from "../../lib/places/text-place.ts";
import type { KeptContent } from "../../schema/event.ts";

/** UTF-16 units of a request, and of an answer, that the ledger keeps. */
export const KEPT_UNITS = 16_384;
/** More than any value that has a placeholder. */
const LONGEST_VALUE = 4_096;
/** How much of a streamed answer is gathered for its hash, in UTF-16 units. */
const HASHED_UNITS = 1_048_576;
/** Texts of one stream that are told apart; what comes beyond them stands in the last one. */
const MOST_LANES = 256;

/** How texts are kept. */
export interface Keeping {
  readonly form: KeptContent["form"];
  /** Keyed hash of a text, in hex. */
  readonly digest: (text: string) => string;
}

/** The texts of a request: who says what, a line each; of parts that nobody says, what kind they are. */
export function requestText(places: readonly TextPlace[]): string {
  const lines: string[] = [];
  for (const { isInner, role, kind, text } of places) if (isInner !== true) lines.push(`${role ?? kind}: ${text}`);
  return lines.join("\n");
}

/** The texts of a whole answer, as {@link GrowingAnswer} puts those of a stream together. */
export function answerText(places: readonly TextPlace[]): string {
  return places.flatMap(({ isInner, text }) => (isInner !== true && text !== "" ? [text] : [])).join("\n");
}

interface Lane {
  readonly choice: number;
  /** -1: outside of tool calls. */
  readonly tool: number;
  text: string;
}

const LAST: Lane = { choice: Number.MAX_SAFE_INTEGER, tool: -1, text: "" };

/**
 * The answer of one stream as it grows: each text by itself, in the order in which they began, but choice by choice and
 * call by call, however they were interleaved. Bounded.
 */
export class GrowingAnswer {
  readonly #endpoint: Endpoint;
  readonly #lanes = new Map<string, Lane>();
  #units = 0;
  #isCut = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  push(chunk: JsonObject): void {
    for (const { lane, choice, tool, text } of chunkPlaces(this.#endpoint, chunk)) {
      const room = HASHED_UNITS - this.#units;
      if (text.length > room) this.#isCut = true;
      if (text === "" || room <= 0) continue;
      const known = this.#lanes.has(lane) || this.#lanes.size < MOST_LANES ? lane : "";
      const said = this.#lanes.get(known) ?? (known === "" ? { ...LAST } : { choice, tool: tool ?? -1, text: "" });
      said.text += text.slice(0, room);
      this.#lanes.set(known, said);
      this.#units += Math.min(text.length, room);
    }
  }

  get text(): string {
    const lanes = [...this.#lanes.values()].sort((one, other) => one.choice - other.choice || one.tool - other.tool);
    return lanes.map(({ text }) => text).join("\n");
  }

  /** Whether more came than is gathered. */
  get isCut(): boolean {
    return this.#isCut;
  }
}

/** What of one request is to be kept, while it runs. */
export interface Kept {
  request: string | null;
  answer: string | null;
  growing: GrowingAnswer | null;
  /** Takes out of an answer the values that were given back to it: the upstream never saw them. */
  hide(text: string): string;
}

/** The form in which it goes to the ledger. */
export function keptContent({ form, digest }: Keeping, kept: Kept): KeptContent {
  const { request, answer, growing } = kept;
  const said = growing?.text ?? answer;
  if (form === "hash") {
    const hash = (text: string | null): string | null => (text === null ? null : digest(text));
    return { form, request: hash(request), answer: hash(said), ...(growing?.isCut === true && { truncated: true }) };
  }
  const cut = [request, said].some((text) => text !== null && text.length > KEPT_UNITS);
  const short = (text: string | null): string | null => text?.slice(0, KEPT_UNITS).toWellFormed() ?? null;
  // what a value may reach beyond the cut is read too, or half of it would stay
  const hidden = said === null ? null : kept.hide(said.slice(0, KEPT_UNITS + LONGEST_VALUE));
  return { form, request: short(request), answer: short(hidden), ...(cut && { truncated: true }) };
}
