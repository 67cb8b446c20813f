import { contentText } from "../../lib/content-text.ts";
import { asText, isObject, type JsonObject, memberOf } from "../../lib/json/json.ts";
import { sampleOf } from "./json.ts";
import { composeText, continueText, countTokens, tokensOf } from "./text.ts";

/** One tool call of an answer. */
export interface PlannedCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One choice, worked out whole before the first token goes out. */
export interface PlannedChoice {
  readonly index: number;
  /** The text in tokens; empty for a tool call. */
  readonly tokens: readonly string[];
  readonly call: PlannedCall | null;
  readonly finishReason: "stop" | "length" | "tool_calls";
}

/** A whole answer, before it takes the form of an endpoint. */
export interface Plan {
  readonly choices: readonly PlannedChoice[];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Tokens that OpenAI's chat format adds per message, and once per answer. */
const PER_MESSAGE = 3;
const PER_ANSWER = 3;

/**
 * What the simulated provider answers to a chat or FIM request. The same request always gives the same plan, and one
 * that names the beginning of its answer (`prefix: true`) what follows that beginning.
 */
export function planChat(body: JsonObject): Plan {
  const given = Array.isArray(body["messages"]) ? body["messages"].filter(isObject) : [];
  const begun = beginningOf(given);
  const messages = begun === null ? given : given.slice(0, -1);
  const seed = seedOf({ ...body, messages });
  const call = plannedCall(body, messages, seed);
  const texts = messages.map((message) => contentText(message["content"]));
  const tools = body["tools"] === undefined ? 0 : countTokens(JSON.stringify(body["tools"]));
  const read = begun === null ? texts : [...texts, begun];
  const promptTokens = read.reduce((sum, text) => sum + PER_MESSAGE + countTokens(text), PER_ANSWER + tools);
  const prompt = texts.findLast((text, at) => text !== "" && messages[at]!["role"] !== "system") ?? "";
  const write = (at: number): string => chatText(body, prompt, `${seed}/${at}`);
  const goOn = (at: number): string => (begun === null ? write(at) : continueText(write(at), begun));
  return finish({ body, call, promptTokens, write: goOn });
}

/** The text with which the answer is to begin; null: none is given. */
function beginningOf(messages: readonly JsonObject[]): string | null {
  const last = messages.at(-1);
  return last?.["role"] === "assistant" && last["prefix"] === true ? contentText(last["content"]) : null;
}

/** The same for a prompt that is completed (`/v1/completions`: one or more; FIM: one, with a suffix). */
export function planCompletion(body: JsonObject): Plan {
  const prompts = promptsOf(body["prompt"]);
  const suffix = typeof body["suffix"] === "string" ? body["suffix"] : "";
  const seed = seedOf(body);
  const promptTokens = prompts.reduce((sum, prompt) => sum + countTokens(prompt), countTokens(suffix));
  const perPrompt = choiceCount(body);
  const write = (at: number): string => composeText(prompts[Math.floor(at / perPrompt)] ?? "", `${seed}/${at}`);
  return finish({ body, call: null, promptTokens, write, prompts: prompts.length });
}

interface Draft {
  readonly body: JsonObject;
  readonly call: PlannedCall | null;
  readonly promptTokens: number;
  readonly write: (choice: number) => string;
  readonly prompts?: number;
}

function finish({ body, call, promptTokens, write, prompts = 1 }: Draft): Plan {
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  const most = typeof limit === "number" ? limit : Number.POSITIVE_INFINITY;
  const choices = Array.from({ length: choiceCount(body) * prompts }, (_, index): PlannedChoice => {
    if (call !== null) return { index, tokens: [], call, finishReason: "tool_calls" };
    const tokens = tokensOf(beforeStop(write(index), body["stop"]));
    if (tokens.length <= most) return { index, tokens, call, finishReason: "stop" };
    return { index, tokens: tokens.slice(0, most), call, finishReason: "length" };
  });
  const completionTokens = choices.reduce((sum, choice) => sum + tokensIn(choice), 0);
  return { choices, promptTokens, completionTokens };
}

function tokensIn({ tokens, call }: PlannedChoice): number {
  return call === null ? tokens.length : countTokens(call.name) + countTokens(call.arguments);
}

function choiceCount(body: JsonObject): number {
  return typeof body["n"] === "number" ? Math.min(128, Math.max(1, Math.trunc(body["n"]))) : 1;
}

/** A call is made when tools are offered and wanted, and the last word is not a tool's result. */
function plannedCall(body: JsonObject, messages: readonly JsonObject[], seed: string): PlannedCall | null {
  const choice = body["tool_choice"];
  if (!Array.isArray(body["tools"]) || choice === "none") return null;
  const forced = memberOf(memberOf(choice, "function"), "name");
  if (messages.at(-1)?.["role"] === "tool" && forced === undefined && choice !== "required" && choice !== "any")
    return null;
  const functions = body["tools"].map((tool) => memberOf(tool, "function")).filter(isObject);
  const fn = functions.find((candidate) => forced === undefined || candidate["name"] === forced);
  if (fn === undefined) return null;
  const args = JSON.stringify(sampleOf(fn["parameters"] ?? {}));
  return { id: `call_${Bun.hash(`${seed}/call`).toString(36)}`, name: asText(fn["name"]), arguments: args };
}

function chatText(body: JsonObject, prompt: string, seed: string): string {
  const format = body["response_format"];
  const text = composeText(prompt, seed);
  if (!isObject(format)) return text;
  if (format["type"] === "json_object") return JSON.stringify({ simulated: true, answer: text });
  const described = format["json_schema"];
  return isObject(described) ? JSON.stringify(sampleOf(described["schema"] ?? {})) : text;
}

function beforeStop(text: string, stop: unknown): string {
  const stops = (Array.isArray(stop) ? stop : [stop]).filter((one) => typeof one === "string" && one !== "");
  return stops.reduce((left: string, one: string) => left.split(one, 1)[0]!, text);
}

/** Texts, lists of texts, and token numbers (which stand for themselves). */
export function promptsOf(prompt: unknown): readonly string[] {
  if (typeof prompt === "string") return [prompt];
  if (!Array.isArray(prompt)) return [""];
  if (typeof prompt[0] === "number") return [prompt.join(" ")];
  return prompt.map((one) => (Array.isArray(one) ? one.join(" ") : asText(one)));
}

function seedOf(body: JsonObject): string {
  const { model, messages, prompt, suffix, tools } = body;
  return Bun.hash(JSON.stringify([model, messages, prompt, suffix, tools, body["seed"]])).toString(36);
}
