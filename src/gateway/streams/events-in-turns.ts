import type { Clock } from "../../lib/clock.ts";
import { isObject, memberOf, parsedJson } from "../../lib/json/json.ts";
import { inSlices } from "../../lib/slices.ts";
import type { Piece } from "./pieces.ts";
import type { SseEvent, SseSplitter } from "./sse.ts";
import type { StreamState } from "./stream-state.ts";

/** Longer events are read in parts, each of so many UTF-16 units of text. */
const PART_UNITS = 8_192;

/** How much of one network read is cut into events at a time: it may be megabytes, and an event a few bytes. */
const CUT_BYTES = 32_768;

/** What reads the events of one stream. */
export interface EventReader {
  readonly splitter: Pick<SseSplitter, "push">;
  readonly state: Pick<StreamState, "accept" | "inspected">;
  readonly out: Piece[];
  readonly clock: Clock;
}

/**
 * Has the events of one network read accepted, in order: at once where that is soon done, else in turns, so that an
 * upstream that sends much at a time keeps nobody else waiting; no further than until `isOver` says so. Throws or rejects
 * with what cutting and `accept` throw.
 */
export function acceptInTurns(bytes: Uint8Array, reader: EventReader, isOver: () => boolean): void | Promise<void> {
  const { state, splitter, out } = reader;
  if (state.inspected || bytes.length > CUT_BYTES) return inSlices(accepting(bytes, reader, isOver), reader.clock);
  for (const event of splitter.push(bytes)) state.accept(event, out);
}

function* accepting(
  bytes: Uint8Array,
  { state, splitter, out }: EventReader,
  isOver: () => boolean,
): Generator<undefined, void> {
  for (let at = 0; at < bytes.length; at += CUT_BYTES) {
    for (const event of splitter.push(bytes.subarray(at, at + CUT_BYTES))) {
      for (const part of state.inspected ? partsOf(event) : [event]) {
        if (isOver()) return;
        state.accept(part, out);
        yield undefined;
      }
    }
    yield undefined;
  }
}

/**
 * An event as it might have come in parts: the same chunk several times, each with a piece of its text, what it says
 * beside that in the first, and its finish and usage in the last. Only a chunk of one choice that says one long text.
 */
function partsOf(event: SseEvent): readonly SseEvent[] {
  const { data, name } = event;
  if (data === null || data.length <= 2 * PART_UNITS || name === "error") return [event];
  const chunk = parsedJson(data);
  const choices = memberOf(chunk, "choices");
  const choice: unknown = Array.isArray(choices) && choices.length === 1 ? choices[0] : undefined;
  const delta = memberOf(choice, "delta");
  const text = memberOf(delta, "content");
  if (!(isObject(chunk) && isObject(choice) && isObject(delta)) || typeof text !== "string") return [event];
  if (text.length <= PART_UNITS || choice["logprobs"] != null) return [event];
  const pieces = piecesOf(text);
  const { usage, ...usual } = chunk;
  const { role, content: _, ...beside } = delta;
  return pieces.map((content, at) => {
    const first = at === 0;
    const last = at === pieces.length - 1;
    const said = { ...(first && role !== undefined && { role }), content, ...(last && beside) };
    const finish_reason = last ? choice["finish_reason"] : null;
    const choices = [{ ...choice, delta: said, finish_reason }];
    const part = { ...usual, choices, ...(last && usage !== undefined && { usage }) };
    return { ...event, raw: null, data: JSON.stringify(part) };
  });
}

/** Halves no character. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PART_UNITS, text.length);
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
