import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Endpoint } from "../../src/lib/context.ts";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";

/** Recorded traffic of real providers, beside the repository. */
const REPLAY_FILE = resolve(import.meta.dir, "../../../shared/data/wire/replay.dev.jsonl");

/** Whether the recordings are on this machine. A bare clone has none of them. */
export const hasRecordings = existsSync(REPLAY_FILE);

/** Providers whose recordings speak OpenAI's or Mistral's format. */
export const RECORDED = ["mistral", "openai", "groq", "deepseek", "openrouter", "vllm", "ollama", "azure"] as const;
export type Recorded = (typeof RECORDED)[number];

/** One recorded exchange with an endpoint that Weir serves. */
export interface Exchange {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: Endpoint | "models";
  readonly tags: readonly string[];
  /** The request as it was recorded; null where only the answer was kept. */
  readonly request: JsonObject | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's text: SSE, or JSON written anew. */
  readonly body: string;
  readonly stream: boolean;
}

interface RawRecord {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly tags: readonly string[];
  readonly request: { readonly body: JsonObject | null };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly sse_text?: string;
  };
}

let all: readonly Exchange[] | undefined;

/** Every recorded exchange of `provider` with an endpoint of ours, whatever prefix its path has; none in a bare clone. */
export function records(provider: Recorded): readonly Exchange[] {
  if (!hasRecordings) return [];
  all ??= readFileSync(REPLAY_FILE, "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      const record = JSON.parse(line) as RawRecord;
      const endpoint = endpointOf(record.endpoint);
      return endpoint === null ? [] : [exchangeOf(record, endpoint)];
    });
  return all.filter((record) => record.provider === provider);
}

/** Which endpoint of ours a recorded path is, or null. */
function endpointOf(path: string): Exchange["endpoint"] | null {
  if (path.endsWith("/chat/completions")) return "chat";
  if (path.endsWith("/fim/completions")) return "fim";
  if (path.endsWith("/completions")) return "completions";
  if (path.endsWith("/embeddings")) return "embeddings";
  if (path.endsWith("/moderations")) return "moderations";
  return /\/models(?:\/|$)/.test(path) ? "models" : null;
}

function exchangeOf(record: RawRecord, endpoint: Exchange["endpoint"]): Exchange {
  const { status, headers, body, sse_text: sse } = record.response;
  return {
    id: record.id,
    provider: record.provider,
    endpoint,
    tags: record.tags,
    request: record.request.body,
    status,
    headers,
    body: sse ?? (typeof body === "string" ? body : JSON.stringify(body ?? null)),
    stream: sse !== undefined && sse !== null,
  };
}

/** One tool call as a client puts it together. */
export interface SeenCall {
  id: string;
  name: string;
  arguments: string;
}

/** One choice as a client sees it in the end. */
export interface SeenChoice {
  index: number;
  text: string;
  reasoning: string;
  refusal: string;
  calls: SeenCall[];
  finishes: string[];
}

/** What a client makes of an answer. */
export interface Seen {
  readonly choices: readonly SeenChoice[];
  readonly usage: unknown;
  readonly error: unknown;
  /** For streams: whether `[DONE]` came. */
  readonly done: boolean;
}

/** The data of every SSE event of a text, `[DONE]` included. */
export function eventData(sse: string): string[] {
  return sse
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).replace(/^ /, ""))
        .join("\n"),
    )
    .filter((data) => data !== "");
}

/** What a client makes of a stream, in OpenAI's form or in Mistral's: both are put together by their own rules. */
export function reassemble(sse: string): Seen {
  const data = eventData(sse);
  const chunks = data.filter((one) => one !== "[DONE]").map((one) => JSON.parse(one) as JsonObject);
  return { ...reassembleChunks(chunks), done: data.includes("[DONE]") };
}

/** The same of chunks that are parsed already. */
export function reassembleChunks(chunks: readonly JsonObject[]): Omit<Seen, "done"> {
  const choices = new Map<number, SeenChoice>();
  let usage: unknown = null;
  let error: unknown = null;
  for (const chunk of chunks) {
    usage = chunk["usage"] ?? usage;
    error = chunk["error"] ?? error;
    const listed = Array.isArray(chunk["choices"]) ? chunk["choices"].filter(isObject) : [];
    for (const [position, choice] of listed.entries()) addDelta(choices, choice, position);
  }
  return { choices: [...choices.values()].sort((a, b) => a.index - b.index), usage, error };
}

function addDelta(choices: Map<number, SeenChoice>, choice: JsonObject, position: number): void {
  const index = typeof choice["index"] === "number" ? choice["index"] : position;
  const seen = choices.get(index) ?? emptyChoice(index);
  choices.set(index, seen);
  const delta = isObject(choice["delta"]) ? choice["delta"] : {};
  addText(seen, delta);
  if (typeof choice["text"] === "string") seen.text += choice["text"];
  for (const [at, piece] of listOf(delta["tool_calls"]).entries()) addPiece(seen, piece, at);
  addFinish(seen, choice["finish_reason"]);
}

function addPiece(seen: SeenChoice, piece: JsonObject, at: number): void {
  const index = typeof piece["index"] === "number" ? piece["index"] : at;
  const fn = isObject(piece["function"]) ? piece["function"] : {};
  seen.calls[index] ??= { id: "", name: "", arguments: "" };
  const call = seen.calls[index]!;
  if (call.id === "" && typeof piece["id"] === "string") call.id = piece["id"];
  if (call.name === "" && typeof fn["name"] === "string") call.name = fn["name"];
  if (typeof fn["arguments"] === "string") call.arguments += fn["arguments"];
}

/** What a client makes of a whole chat or text answer. */
export function reassembleWhole(body: JsonObject): Seen {
  const choices = listOf(body["choices"]).map((choice, position) => {
    const seen = emptyChoice(typeof choice["index"] === "number" ? choice["index"] : position);
    const message = isObject(choice["message"]) ? choice["message"] : {};
    addText(seen, message);
    if (typeof choice["text"] === "string") seen.text += choice["text"];
    for (const [at, call] of listOf(message["tool_calls"]).entries()) addPiece(seen, { ...call, index: at }, at);
    addFinish(seen, choice["finish_reason"]);
    return seen;
  });
  return { choices, usage: body["usage"] ?? null, error: body["error"] ?? null, done: true };
}

function addText(seen: SeenChoice, message: JsonObject): void {
  const { content } = message;
  if (typeof content === "string") seen.text += content;
  for (const part of listOf(content)) {
    if (part["type"] === "text") seen.text += String(part["text"]);
    if (part["type"] === "thinking")
      seen.reasoning += listOf(part["thinking"])
        .map((one) => String(one["text"] ?? ""))
        .join("");
  }
  if (typeof message["reasoning_content"] === "string") seen.reasoning += message["reasoning_content"];
  else if (typeof message["reasoning"] === "string") seen.reasoning += message["reasoning"];
  if (typeof message["refusal"] === "string") seen.refusal += message["refusal"];
}

function addFinish(seen: SeenChoice, reason: unknown): void {
  if (typeof reason === "string" && reason !== "") seen.finishes.push(reason === "model_length" ? "length" : reason);
}

function emptyChoice(index: number): SeenChoice {
  return { index, text: "", reasoning: "", refusal: "", calls: [], finishes: [] };
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
