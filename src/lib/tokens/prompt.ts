import type { Endpoint } from "../context.ts";
import { asList, asObject, isFilled, isObject, type JsonObject, type Parsed } from "../json/json.ts";
import { spanOf } from "../json/scan.ts";
import type { Writable } from "../writable.ts";
import type { TokenFamily } from "./family.ts";
import { memberOfEach, respaced, spacedJson } from "./spaced-json.ts";

/** What fills one context window: everything of a request that becomes prompt tokens. */
export interface Prompt {
  /** Texts that are counted one by one. */
  readonly texts: readonly string[];
  readonly messages: number;
  /** Tool calls in the history. */
  readonly calls: number;
  /** Images, audio, files: each costs a fixed number of tokens, whatever the length of its base64. */
  readonly media: number;
  /** Tokens the caller sent as numbers. */
  readonly given: number;
  /** Whether a text was written anew and may be longer than the source it came from. */
  readonly rewritten: boolean;
}

type Draft = Writable<Prompt> & { texts: string[] };

const draft = (): Draft => ({ texts: [], messages: 0, calls: 0, media: 0, given: 0, rewritten: false });

/**
 * The prompts of a request, tools left out ({@link toolTexts} has them). Chat and FIM have one; every entry of a list of
 * prompts or inputs is a context of its own. Never fails: what is not shaped as expected is left to the upstream.
 */
export function promptsOf(endpoint: Endpoint, { source, value }: Parsed): readonly Prompt[] {
  if (endpoint === "chat") return [chatPrompt(source, value["messages"])];
  const isText = endpoint === "completions" || endpoint === "fim";
  const field = isText ? value["prompt"] : value["input"];
  const suffix = isText && typeof value["suffix"] === "string" ? [value["suffix"]] : [];
  return listed(field).map((one) => ({ ...one, texts: [...one.texts, ...suffix] }));
}

function listed(field: unknown): readonly Draft[] {
  if (!Array.isArray(field) || typeof field[0] === "number") return [single(field)];
  if (!isObject(field[0])) return field.map(single);
  const parts = draft();
  addParts(parts, field);
  return [parts];
}

function single(entry: unknown): Draft {
  if (Array.isArray(entry)) return { ...draft(), given: entry.length };
  return { ...draft(), texts: typeof entry === "string" ? [entry] : [] };
}

function chatPrompt(source: string, messages: unknown): Prompt {
  const into = draft();
  for (const message of asList(messages)) {
    if (!isObject(message)) continue;
    into.messages++;
    addContent(into, message["content"]);
    for (const key of ["reasoning_content", "reasoning", "refusal", "name"]) addContent(into, message[key]);
    if (Array.isArray(message["tool_calls"])) for (const call of message["tool_calls"]) addCall(into, call, source);
    if (isObject(message["function_call"])) addCall(into, { function: message["function_call"] }, source);
  }
  return into;
}

function addContent(into: Draft, content: unknown): void {
  if (Array.isArray(content)) addParts(into, content);
  else addText(into, content);
}

function addText(into: Draft, text: unknown): void {
  if (typeof text === "string" && text !== "") into.texts.push(text);
}

/**
 * Parts of text hold it under `text`, `thinking` or `refusal`; any other part counts as one piece of media. Looks no
 * deeper than the pieces of a thinking part, so that nesting costs no stack.
 */
function addParts(into: Draft, parts: readonly unknown[]): void {
  for (const part of parts) {
    if (!isObject(part)) {
      addText(into, part);
      continue;
    }
    const type = part["type"];
    if (!(typeof type === "string" && TEXT_PARTS.has(type))) into.media++;
    for (const key of ["text", "thinking", "refusal", "content"]) {
      const inner = part[key];
      for (const piece of Array.isArray(inner) ? inner : [inner])
        addText(into, isObject(piece) ? piece["text"] : piece);
    }
  }
}

const TEXT_PARTS: ReadonlySet<string> = new Set([
  "text",
  "input_text",
  "output_text",
  "thinking",
  "refusal",
  "reference",
]);

/** A call counts as Mistral's template writes it: `{"name": …, "arguments": …}` in Python's JSON. */
function addCall(into: Draft, call: unknown, source: string): void {
  if (!isObject(call)) return;
  into.calls++;
  const made = isObject(call["function"]) ? call["function"] : asObject(call["custom"]);
  const name = typeof made["name"] === "string" ? made["name"] : "";
  const given = made["arguments"] ?? made["input"] ?? "";
  if (typeof given !== "string") into.rewritten = true;
  const text = typeof given === "string" ? respaced(given, "python") : (jsonText(given) ?? source);
  into.texts.push(`{"name": ${JSON.stringify(name)}, "arguments": ${text}}`);
}

/** JSON of a value; null where it is nested too deeply to be written. */
function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return null;
  }
}

/**
 * What the tools and the schema of the answer add to the prompt. Mistral writes the whole list in Python's JSON and
 * leaves it out for `tool_choice: none`; a schema does not show in its count. OpenAI's rendering is not public: compact
 * JSON of each function comes within 8 % in the median.
 */
export function toolTexts({ source, value }: Parsed, family: TokenFamily): readonly string[] {
  const tools = isFilled(value["tools"]) ? spanOf(source, ["tools"]) : null;
  if (family === "mistral") {
    return tools === null || value["tool_choice"] === "none" ? [] : [spacedJson(source, tools, "python")];
  }
  const texts =
    tools === null ? [] : memberOfEach(source, tools, "function").map((one) => spacedJson(source, one, "compact"));
  for (const [key, path] of EXTRA_JSON) {
    const span = isObject(value[key]) || isFilled(value[key]) ? spanOf(source, path) : null;
    if (span !== null) texts.push(spacedJson(source, span, "compact"));
  }
  return texts;
}

const EXTRA_JSON = [
  ["functions", ["functions"]],
  ["response_format", ["response_format", "json_schema"]],
] as const satisfies readonly (readonly [keyof JsonObject, readonly string[]])[];
