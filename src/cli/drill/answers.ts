import { asList, isObject, type JsonObject } from "../../lib/json/json.ts";

const WORDS = "one two three four five six seven eight nine ten eleven twelve".split(" ");

/** The whole answer of a model: the same on every asking, another one for every model. */
export function textOf(model: string): string {
  return `This is ${model}, counting: ${WORDS.join(" ")}.`;
}

/** What a simulated upstream says to a request: it goes on with a prefix that is the beginning of an answer it knows. */
export function answerTo(request: JsonObject, models: readonly string[]): string {
  const own = textOf(String(request["model"]));
  const messages = asList(request["messages"]);
  const last: unknown = messages.at(-1);
  if (!isObject(last) || last["prefix"] !== true || typeof last["content"] !== "string") return own;
  const prefix = last["content"];
  return [own, ...models.map(textOf)].find((text) => text.startsWith(prefix)) ?? own;
}

/** A whole chat answer. */
export function wholeAnswer(request: JsonObject, text: string): string {
  const message = { role: "assistant", content: text };
  return JSON.stringify({
    ...headOf(request, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: usageOf(text),
  });
}

/** The events of a streamed answer: one for the role and one a word, then the finish, usage and `[DONE]`. */
export function streamEvents(request: JsonObject, text: string): readonly string[] {
  const head = headOf(request, "chat.completion.chunk");
  const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
    event(JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...more }));
  const words = (text.match(/\s*\S+/g) ?? []).map((content) => chunk({ content }));
  const finish = chunk({}, "stop", { usage: usageOf(text) });
  return [chunk({ role: "assistant", content: "" }), ...words, finish, event("[DONE]")];
}

/** One event of a stream. */
export function event(data: string): string {
  return `data: ${data}\n\n`;
}

/** An error as OpenAI and Mistral word one. */
export function errorAnswer(message: string): string {
  return JSON.stringify({ error: { message, type: "server_error", param: null, code: null } });
}

function headOf(request: JsonObject, object: string): object {
  return { id: "chatcmpl-drill", object, created: 0, model: String(request["model"]) };
}

function usageOf(text: string): object {
  const completion = text.split(" ").length;
  return { prompt_tokens: 8, completion_tokens: completion, total_tokens: 8 + completion };
}
