import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, type JsonPath } from "../../lib/json/json.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../schema/chat.ts";

/** Members of a chunk that every chunk of a stream repeats. */
const ENVELOPE = ["id", "object", "created", "model", "system_fingerprint"];
/** Members that say which one of several a thing is, and nothing else. */
const POINTERS = ["index", "type"];

/** More texts than this do not grow side by side: 128 choices with all they may say. */
const MAX_LANES = 1_024;

/** Throws where one more text would begin to grow than can be checked; `open` are there. */
export function checkLanes(open: number): void {
  if (open < MAX_LANES) return;
  const message = `The upstream's stream holds more than ${MAX_LANES} texts side by side: it cannot be checked`;
  throw new GatewayError("upstream_invalid_answer", message);
}

/** The choices of a chunk; none where it has no list of them. */
export function choicesIn({ choices }: ChatCompletionChunk): readonly ChunkChoice[] {
  return Array.isArray(choices) ? choices : [];
}

/** Whether the choice ends with this chunk. */
export function finishing(choice: ChunkChoice): boolean {
  return typeof choice?.finish_reason === "string" && choice.finish_reason !== "";
}

/** Whether the choice says or asks anything: a role alone is nothing. */
export function speaks(choice: ChunkChoice): boolean {
  const text = choice?.["text"];
  if (typeof text === "string" && text !== "") return true;
  const delta = choice?.delta;
  return isObject(delta) && Object.entries(delta).some(([key, value]) => key !== "role" && !isBlank(value));
}

/** The choices of a chunk by their own `index`. */
export function choiceIndices(chunk: ChatCompletionChunk): readonly number[] {
  return choicesIn(chunk).map(choiceIndex);
}

/** The `index` a choice names, or its place among the choices, as texts are told apart. */
export function choiceIndex(choice: ChunkChoice | null, position: number): number {
  const index: unknown = choice?.index;
  return typeof index === "number" ? index : position;
}

/** Whether nothing is left in a chunk that a client would miss. `begun`: choices whose role it knows. */
export function isEmptied(chunk: ChatCompletionChunk, begun: ReadonlySet<number>): boolean {
  if (chunk.usage != null || !Array.isArray(chunk.choices)) return false;
  return chunk.choices.every((choice: ChunkChoice, position) => {
    if (finishing(choice)) return false;
    const text = choice?.["text"];
    if (typeof text === "string" && text !== "") return false;
    const delta = choice?.delta;
    if (!isObject(delta)) return true;
    const known = begun.has(choiceIndex(choice, position));
    return Object.entries(delta).every(([key, value]) => (key === "role" ? known || isBlank(value) : isBlank(value)));
  });
}

function isBlank(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.every(isBlank);
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, member]) => POINTERS.includes(key) || isBlank(member));
}

/** A chunk with nothing but `text` at `path`, in the likeness of `chunk`, where a text of the same kind stands there. */
export function pieceOf(chunk: ChatCompletionChunk, path: JsonPath, text: string): ChatCompletionChunk {
  const [, position, ...rest] = path;
  const choice = chunk.choices?.[position as number];
  const envelope = Object.fromEntries(ENVELOPE.flatMap((key) => (key in chunk ? [[key, chunk[key]]] : [])));
  const only = onlyAt(choice, rest, text) as JsonObject;
  return { ...envelope, choices: [{ index: choice?.index ?? 0, ...only, finish_reason: null }] };
}

function onlyAt(value: unknown, path: JsonPath, text: string): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return text;
  const inside = onlyAt((value as Record<string | number, unknown>)[step], rest, text);
  if (typeof step === "number") return [inside];
  const pointers = POINTERS.filter((key) => isObject(value) && key in value && !isCallType(key, rest));
  return { ...Object.fromEntries(pointers.map((key) => [key, (value as JsonObject)[key]])), [step]: inside };
}

/** A tool call's type is told once, with its id. */
function isCallType(key: string, rest: JsonPath): boolean {
  return key === "type" && (rest.at(-1) === "arguments" || rest.at(-1) === "input");
}
