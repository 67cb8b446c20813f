import { applyEdits, type SourceEdit } from "../lib/edits/edits.ts";
import { MemberEditor } from "../lib/edits/members.ts";
import { GatewayError } from "../lib/errors.ts";
import { asText, isObject, type JsonObject, type Parsed } from "../lib/json/json.ts";
import { elements, findMember, rootElements, type Span } from "../lib/json/scan.ts";
import { splitContent } from "./_content-parts.ts";
import { withMessages } from "./_hosted-tools.ts";
import { shortId } from "./_tool-call-id.ts";
import { errorInAnswer, saysError } from "./errors/upstream-errors.ts";
import type { Codec } from "./provider.ts";

/**
 * A whole chat answer in OpenAI form, whoever gave it: array contents joined (thinking goes to `reasoning_content`,
 * other parts to `content_parts`), one message where each step is told, absent or null `tool_calls` in place of empty
 * ones, calls with `type` and `id`, OpenAI's finish reasons. Anything else, and every answer that needs none of it,
 * keeps its text.
 */
export const decodeChatAnswer: Codec["decode"] = (answer, _request, dialect) => {
  throwIfFailed(answer.value);
  if (dialect === "mistral") return answer.source;
  const whole = withMessages(answer);
  const choices = whole.value["choices"];
  if (!Array.isArray(choices) || !choices.some(needsEdits)) return whole.source;
  return applyEdits(whole.source, answerEdits(whole, choices));
};

/** OpenAI's name of a finish reason. Mistral says `model_length` where the model's own limit was met. */
export function finishReason(given: unknown): unknown {
  if (given === "model_length") return "length";
  return given === "" ? null : given;
}

/** Finish reasons of answers that are none: Mistral and OpenRouter, DeepSeek, vLLM and SGLang. */
const FAILED: ReadonlySet<unknown> = new Set(["error", "insufficient_system_resource", "abort"]);

/** Throws where a choice ended because the upstream broke off: what it gave is not the whole of its answer. */
export function throwIfChoiceFailed({ finish_reason: reason }: JsonObject): void {
  if (!FAILED.has(reason)) return;
  throw new GatewayError("upstream_failed", `The upstream ended its answer with finish_reason "${asText(reason)}"`);
}

/** Throws for an answer or a chunk that is an error in truth, or whose choices ended with one. */
export function throwIfFailed(value: JsonObject): void {
  if (saysError(value)) throw errorInAnswer(value);
  const choices = value["choices"];
  if (!Array.isArray(choices)) return;
  for (const choice of choices) if (isObject(choice)) throwIfChoiceFailed(choice);
}

function needsEdits(choice: unknown): boolean {
  if (!isObject(choice)) return false;
  if (choice["index"] === undefined || finishReason(choice["finish_reason"]) !== choice["finish_reason"]) return true;
  const message = choice["message"];
  if (!isObject(message)) return false;
  const calls = message["tool_calls"];
  return (
    Array.isArray(message["content"]) ||
    calls === null ||
    (Array.isArray(calls) && (calls.length === 0 || calls.some(isPoor)))
  );
}

/** A tool call that lacks what OpenAI's clients rely on. */
function isPoor(call: unknown): boolean {
  if (!isObject(call)) return false;
  if (typeof call["id"] !== "string" || call["id"] === "" || typeof call["type"] !== "string") return true;
  if (!isObject(call["function"])) return false;
  const args = call["function"]["arguments"];
  return args === undefined || args === null || args === "" || isObject(args);
}

function answerEdits(answer: Parsed, choices: readonly unknown[]): readonly SourceEdit[] {
  const { source } = answer;
  const edits: SourceEdit[] = [];
  for (const [position, span] of rootElements(source, "choices").entries()) {
    const choice = choices[position];
    if (!isObject(choice) || !needsEdits(choice)) continue;
    const editor = new MemberEditor(source, span.start);
    if (choice["index"] === undefined) editor.set("index", String(position));
    const reason = finishReason(choice["finish_reason"]);
    if (reason !== choice["finish_reason"]) editor.set("finish_reason", JSON.stringify(reason));
    edits.push(...editor.edits());
    const message = choice["message"];
    if (!isObject(message)) continue;
    const seed = `${asText(answer.value["id"])}/${position}`;
    edits.push(...messageEdits(source, editor.get("message")!, { message, seed }));
  }
  return edits;
}

function messageEdits(
  source: string,
  span: Span,
  { message, seed }: { message: JsonObject; seed: string },
): SourceEdit[] {
  const editor = new MemberEditor(source, span.start);
  const content = message["content"];
  if (Array.isArray(content)) {
    const split = splitContent(content);
    editor.set("content", JSON.stringify(split.text));
    if (split.reasoning !== "" && typeof message["reasoning_content"] !== "string") {
      editor.set("reasoning_content", JSON.stringify(split.reasoning));
    }
    if (split.others.length > 0) editor.set("content_parts", JSON.stringify(split.others));
  }
  const calls = message["tool_calls"];
  const list = editor.get("tool_calls");
  if (list === undefined) return [...editor.edits()];
  if (!Array.isArray(calls)) {
    if (calls === null) editor.remove("tool_calls");
    return [...editor.edits()];
  }
  if (calls.length === 0) editor.remove("tool_calls");
  const callEdits = elements(source, list.start).flatMap((at, index) =>
    toolCallEdits(source, at, { call: calls[index], index, seed }),
  );
  return [...editor.edits(), ...callEdits];
}

function toolCallEdits(
  source: string,
  span: Span,
  about: { call: unknown; index: number; seed: string },
): readonly SourceEdit[] {
  const { call, index, seed } = about;
  if (!isObject(call) || !isPoor(call)) return [];
  const editor = new MemberEditor(source, span.start);
  if (typeof call["id"] !== "string" || call["id"] === "")
    editor.set("id", JSON.stringify(shortId(`${seed}/${index}`)));
  if (typeof call["type"] !== "string") editor.set("type", '"function"');
  if (call["index"] === undefined) editor.set("index", String(index));
  return [...editor.edits(), ...argumentEdits(source, editor)];
}

/**
 * Arguments that came as an object become the text OpenAI's clients parse; its numbers keep their digits. A call without
 * any has an empty object, as OpenAI writes it.
 */
function argumentEdits(source: string, call: MemberEditor): readonly SourceEdit[] {
  const fn = call.get("function");
  if (fn === undefined || source[fn.start] !== "{") return [];
  const args = findMember(source, fn.start, "arguments");
  if (args !== null && source[args.start] === "{")
    return [{ start: args.start, end: args.end, text: JSON.stringify(source.slice(args.start, args.end)) }];
  const given = args === null ? "null" : source.slice(args.start, args.end);
  if (given !== "null" && given !== '""') return [];
  const editor = new MemberEditor(source, fn.start);
  editor.set("arguments", '"{}"');
  return editor.edits();
}
