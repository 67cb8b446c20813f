/** Questions about one chunk of a stream, and the rewriting of the last ones. */
import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import type { ChunkChoice } from "../../schema/chat.ts";

/** The finish reason of a choice that a content filter has ended. */
export const FILTERED = "content_filter";

/** The choices of a chunk that are objects; an empty list where there are none. */
export function choicesOf(chunk: JsonObject): readonly ChunkChoice[] {
  const choices = chunk["choices"];
  if (!Array.isArray(choices)) return [];
  return choices.every(isObject) ? (choices as readonly ChunkChoice[]) : choices.filter(isObject);
}

/** Whether a choice carries anything a user could have seen: a delta with only a role, or empty text, does not. */
export function hasContent(choice: ChunkChoice): boolean {
  const text = choice["text"];
  if (typeof text === "string" && text !== "") return true;
  const { delta } = choice;
  if (!isObject(delta)) return false;
  for (const key in delta) {
    if (key === "role") continue;
    const value = delta[key];
    if (value !== null && value !== "" && value !== undefined && !(Array.isArray(value) && value.length === 0))
      return true;
  }
  return false;
}

/** UTF-8 bytes of text a choice of a chunk or a whole answer delivers: what it says, thinks, and asks of tools. */
export function textBytes(choice: ChunkChoice): number {
  const message = choice.delta ?? choice["message"];
  if (!isObject(message)) return lengthOf(choice["text"]);
  // vLLM and OpenRouter call `reasoning` what others call `reasoning_content`; some send both
  const thought = lengthOf(message["reasoning_content"] ?? message["reasoning"]);
  const said =
    lengthOf(message["content"]) + thought + lengthOf(message["refusal"]) + namedBytes(message["function_call"]);
  const calls = message["tool_calls"];
  return Array.isArray(calls) ? calls.reduce((sum: number, call) => sum + callBytes(call), said) : said;
}

function callBytes(call: unknown): number {
  return isObject(call) ? namedBytes(call["function"]) : 0;
}

function namedBytes(asked: unknown): number {
  return isObject(asked) ? lengthOf(asked["name"]) + lengthOf(asked["arguments"]) : 0;
}

/** UTF-8 bytes of a text, or of the parts of one, each of which may hold parts (Mistral's thinking). */
function lengthOf(text: unknown): number {
  if (typeof text === "string") return Buffer.byteLength(text);
  if (!Array.isArray(text)) return 0;
  return text.reduce(
    (sum: number, part) => (isObject(part) ? sum + lengthOf(part["text"] ?? part["thinking"]) : sum),
    0,
  );
}

/** Whether the choice ends here. */
export function finishes(choice: ChunkChoice): boolean {
  return typeof choice.finish_reason === "string" && choice.finish_reason !== "";
}

/** The JSON text of a chunk without its `usage`. */
export function withoutUsage(json: string): string {
  const editor = new MemberEditor(json);
  editor.remove("usage");
  return applyEdits(json, editor.edits());
}

/** The JSON text of a chunk with the usage that is known, where it has none of its own. */
export function withUsage(json: string, usage: JsonObject | null): string {
  const chunk = JSON.parse(json) as JsonObject;
  return usage === null || isObject(chunk["usage"]) ? json : JSON.stringify({ ...chunk, usage });
}

/** A chunk that carries only usage, in the likeness of another chunk of the same stream. */
export function usageChunk(like: JsonObject, usage: JsonObject): string {
  return JSON.stringify({ ...head(like), choices: [], usage });
}

/** A chunk that ends the given choices with one reason and no content, in the form (chat or legacy) of another one. */
export function closingChunk(like: JsonObject, indices: readonly number[], reason: string): string {
  const empty = choicesOf(like).some((choice) => "text" in choice) ? { text: "", logprobs: null } : { delta: {} };
  const choices = indices.map((index) => ({ index, ...empty, finish_reason: reason }));
  return JSON.stringify({ ...head(like), choices });
}

/**
 * A chunk with the members that all chunks of a stream share (`id`, `model` and so on): its own, else those of another
 * one.
 */
export function likeOthers(chunk: JsonObject, like: JsonObject): JsonObject {
  return { ...head(like), ...chunk };
}

function head(like: JsonObject): JsonObject {
  const { id, object, created, model } = like;
  return { id, object, created, model };
}
