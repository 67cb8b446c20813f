import { asList, isObject, type JsonObject, memberOf } from "../../lib/json/json.ts";

/** A longer name is none that a tool could have (OpenAI allows 64 characters, Mistral 256). */
export const MAX_NAME_UNITS = 512;

/** A tool as a request speaks of it. */
export interface ToolUse {
  /** `definition` and `choice` ask for it, `call` and `result` stand in the history. */
  readonly kind: "definition" | "choice" | "call" | "result";
  readonly name: string;
}

/** A tool call of an answer or of a history. */
export interface ToolCall {
  readonly name: string;
  /** JSON as text, or what somebody sent in its place; a custom tool's free text. */
  readonly input: unknown;
}

/** Types of tools whose name stands elsewhere in the definition. */
const NAMED_TYPES: ReadonlySet<unknown> = new Set(["function", "custom", undefined, null]);

/**
 * Every tool a request names: definitions (functions, custom and built-in tools, the legacy `functions`), the choice
 * among them, calls and results in the history. A built-in tool goes by its type; `web_search_options` is the tool
 * `web_search`. What is named in two places is named twice: whoever reads either finds it checked.
 */
export function requestTools(body: JsonObject): readonly ToolUse[] {
  const uses: ToolUse[] = [];
  const add = (kind: ToolUse["kind"], names: readonly string[]): void => {
    for (const name of names) uses.push({ kind, name });
  };
  for (const tool of asList(body["tools"])) add("definition", definedNames(tool));
  for (const tool of asList(body["functions"])) add("definition", namesIn(tool));
  if (isObject(body["web_search_options"])) add("definition", ["web_search"]);
  add("choice", namesIn(body["function_call"]));
  add("choice", chosenNames(body["tool_choice"]));
  for (const message of asList(body["messages"])) {
    if (!isObject(message)) continue;
    for (const { name } of messageCalls(message)) add("call", [name]);
    const isResult = message["role"] === "tool" || message["role"] === "function";
    if (isResult) add("result", namesIn({ name: message["name"] }));
  }
  return uses;
}

/** The calls of a message: `tool_calls` of functions and custom tools, the legacy `function_call`. */
export function messageCalls(message: JsonObject): readonly ToolCall[] {
  const calls = asList(message["tool_calls"]).flatMap(callsIn);
  const legacy = message["function_call"];
  return isObject(legacy) ? [...calls, { name: textOf(legacy["name"]), input: legacy["arguments"] }] : calls;
}

/** The calls of every choice of a whole answer, in order. */
export function answerCalls(body: JsonObject): readonly ToolCall[] {
  return asList(body["choices"]).flatMap((choice) =>
    isObject(choice) && isObject(choice["message"]) ? messageCalls(choice["message"]) : [],
  );
}

/** The messages of a request that are objects. */
export function messagesOf(body: JsonObject): readonly JsonObject[] {
  return asList(body["messages"]).filter(isObject);
}

/** One call, or two where its function and its custom part both name one; a call without a name has an empty one. */
function callsIn(call: unknown): readonly ToolCall[] {
  if (!isObject(call)) return [];
  const found: ToolCall[] = [];
  const { function: fn, custom } = call;
  if (isObject(fn)) found.push({ name: textOf(fn["name"]), input: fn["arguments"] });
  if (isObject(custom)) found.push({ name: textOf(custom["name"]), input: custom["input"] });
  if (typeof call["name"] === "string") found.push({ name: call["name"], input: call["arguments"] });
  return found.length > 0 ? found : [{ name: "", input: undefined }];
}

function definedNames(tool: unknown): readonly string[] {
  if (!isObject(tool)) return [];
  const names = namesIn(tool);
  if (!NAMED_TYPES.has(tool["type"])) return [...names, textOf(tool["type"])];
  return names.length > 0 ? names : [""];
}

function chosenNames(choice: unknown): readonly string[] {
  if (!isObject(choice)) return [];
  const allowed = choice["allowed_tools"];
  const listed = asList(memberOf(allowed, "tools")).flatMap(namesIn);
  return [...namesIn(choice), ...listed];
}

/** The names that an object gives to one tool, wherever an upstream may look for it. */
function namesIn(tool: unknown): readonly string[] {
  if (!isObject(tool)) return [];
  const places = [tool["function"], tool["custom"], tool];
  return places.flatMap((place) => (isObject(place) && typeof place["name"] === "string" ? [place["name"]] : []));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
