import { choicesOf } from "../../gateway/streams/stream-chunk.ts";
import type { Endpoint } from "../../lib/context.ts";
import { asObject, isObject, type JsonObject } from "../../lib/json/json.ts";

/** What a scripted upstream needs to know. */
export interface Script {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** `input.upstream_response`: a whole answer, a message, or its text; undefined: something harmless. */
  readonly response: unknown;
  /** `input.upstream_stream`: chunks, pieces of text, or events as they come over the wire; undefined: no stream. */
  readonly stream: unknown;
}

const HARMLESS = "OK.";
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

/** The answer of a scripted upstream: a stream where one was asked for, with its end, else one JSON body. */
export function scriptedAnswer(script: Script, streamed: boolean): Response {
  if (!streamed) return Response.json(wholeAnswer(script));
  const body = typeof script.stream === "string" && isWire(script.stream) ? script.stream : eventsOf(script);
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function isWire(text: string): boolean {
  return /^\s*(?:data|event|id|retry)?:/.test(text) && text.includes("data:");
}

function eventsOf(script: Script): string {
  const chunks = chunksOf(script);
  const finished = chunks.some((chunk) => choicesOf(chunk).some((choice) => choice["finish_reason"] != null));
  const failed = chunks.some((chunk) => "error" in chunk);
  const all = finished || failed ? chunks : [...chunks, ...endsOf(script, chunks)];
  return [...all.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"].join("");
}

/** A finish chunk for every choice that was streamed. */
function endsOf(script: Script, chunks: readonly JsonObject[]): readonly JsonObject[] {
  const indices = new Set(chunks.flatMap(choicesOf).map((choice, at) => choice["index"] ?? at));
  const calls = chunks.flatMap(choicesOf).some(({ delta }) => isObject(delta) && Array.isArray(delta["tool_calls"]));
  const reason = calls ? "tool_calls" : "stop";
  const choice = (index: unknown): JsonObject =>
    isChat(script) ? { index, delta: {}, finish_reason: reason } : { index, text: "", finish_reason: "stop" };
  return [chunkOf(script, { choices: [...(indices.size === 0 ? [0] : indices)].map(choice) })];
}

function chunksOf(script: Script): readonly JsonObject[] {
  const { stream, response } = script;
  if (stream === undefined) return [wholeAsChunk(script)];
  const pieces: readonly unknown[] = Array.isArray(stream) ? stream : [stream ?? response];
  return pieces.filter((piece) => piece !== "[DONE]").map((piece) => pieceOf(script, piece));
}

/** One element of the list: a chunk, a delta, or a piece of text. */
function pieceOf(script: Script, piece: unknown): JsonObject {
  if (!isObject(piece)) return textPiece(script, typeof piece === "string" ? piece : JSON.stringify(piece));
  if (Array.isArray(piece["choices"]) || "error" in piece) return chunkOf(script, piece);
  const delta = isObject(piece["delta"]) ? piece["delta"] : piece;
  return chunkOf(script, { choices: [{ index: 0, delta, finish_reason: null }] });
}

function textPiece(script: Script, text: string): JsonObject {
  const said = isChat(script) ? { delta: { content: text } } : { text };
  return chunkOf(script, { choices: [{ index: 0, ...said, finish_reason: null }] });
}

function chunkOf(script: Script, members: JsonObject): JsonObject {
  const object = script.endpoint === "completions" ? "text_completion" : "chat.completion.chunk";
  return { id: "scripted", object, created: 0, model: script.model, ...members };
}

/** A whole answer as a single chunk, for a stream whose case gives a whole one. */
function wholeAsChunk(script: Script): JsonObject {
  const answer = wholeAnswer(script);
  const choices = choicesOf(answer).map(({ message, ...choice }, at) => {
    const delta = isObject(message) ? { delta: withIndices(message) } : {};
    return { index: at, finish_reason: "stop", ...choice, ...delta };
  });
  return chunkOf(script, { choices });
}

function withIndices(message: JsonObject): JsonObject {
  const calls = message["tool_calls"];
  if (!Array.isArray(calls)) return message;
  const indexed = calls.map((call, index) => (isObject(call) ? { index, ...call } : call));
  return { ...message, tool_calls: indexed };
}

function wholeAnswer(script: Script): JsonObject {
  const { endpoint, model, response } = script;
  if (endpoint === "embeddings") {
    const data = [{ object: "embedding", index: 0, embedding: [0] }];
    return { object: "list", data, model, usage: USAGE, ...asObject(response) };
  }
  if (endpoint === "moderations") {
    const results = [{ flagged: false, categories: {}, category_scores: {} }];
    return { id: "scripted", model, results, ...asObject(response) };
  }
  const object = endpoint === "completions" ? "text_completion" : "chat.completion";
  const envelope = { id: "scripted", object, created: 0, model, usage: USAGE };
  if (!isObject(response)) return { ...envelope, choices: [choiceOf(script, response ?? HARMLESS)] };
  if (!Array.isArray(response["choices"])) return { ...envelope, choices: [choiceOf(script, response)] };
  const choices = response["choices"].map((choice: unknown, index) => {
    return isObject(choice) ? { index, finish_reason: "stop", ...choice } : choice;
  });
  return { ...envelope, ...response, choices };
}

function choiceOf(script: Script, said: unknown): JsonObject {
  if (!isChat(script)) return { index: 0, text: textOf(said), finish_reason: "stop" };
  const inside = isObject(said) && isObject(said["message"]) ? said["message"] : said;
  const message = isObject(inside) ? { role: "assistant", ...inside } : { role: "assistant", content: textOf(inside) };
  const calls = "tool_calls" in message;
  return { index: 0, message, finish_reason: calls ? "tool_calls" : "stop" };
}

function textOf(said: unknown): string {
  const text = isObject(said) ? (said["text"] ?? said["content"]) : said;
  return typeof text === "string" ? text : JSON.stringify(text ?? "");
}

function isChat({ endpoint }: Script): boolean {
  return endpoint !== "completions";
}
