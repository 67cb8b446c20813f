import { applyEdits, type SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { asList, isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import { elements, findMember, rootElements } from "../../lib/json/scan.ts";

/**
 * A chunk for Mistral's own clients after policies have read it in OpenAI's form: what was thought is a part of the
 * content again, and so are references, for these clients know no other place. The same object where there is neither.
 */
export function mistralChunk(chunk: JsonObject): JsonObject {
  const { choices } = chunk;
  if (!Array.isArray(choices) || !choices.some((choice) => isObject(choice) && isSplit(choice["delta"]))) return chunk;
  return {
    ...chunk,
    choices: choices.map((choice: unknown) => {
      if (!isObject(choice) || !isSplit(choice["delta"])) return choice;
      const { reasoning_content: _thought, content_parts: _parts, ...delta } = choice["delta"];
      return { ...choice, delta: { ...delta, content: partsOf(choice["delta"]) } };
    }),
  };
}

/** The same of a whole answer; gives its text, in which every other byte stays. */
export function mistralAnswer({ source, value }: Parsed): string {
  const { choices } = value;
  if (!Array.isArray(choices) || !choices.some((choice) => isObject(choice) && isSplit(choice["message"])))
    return source;
  const edits = rootElements(source, "choices").flatMap((span, index) => {
    const choice: unknown = choices[index];
    if (!isObject(choice) || !isSplit(choice["message"])) return [];
    const editor = new MemberEditor(source, findMember(source, span.start, "message")!.start);
    editor.remove("reasoning_content");
    editor.remove("content_parts");
    editor.set("content", JSON.stringify(partsOf(choice["message"])));
    return editor.edits();
  });
  return applyEdits(source, edits);
}

/** What stands in for what an upstream did not say of its answer. */
export interface AnswerFacts {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly usage: () => JsonObject;
}

/**
 * The text of a whole answer, with the members added that Mistral's own clients require and an upstream in OpenAI's
 * format may leave out. The same text where nothing is missing.
 */
export function completeForMistral({ source, value }: Parsed, facts: AnswerFacts): string {
  if (!Array.isArray(value["choices"])) return source;
  const missing: [string, unknown][] = [];
  if (typeof value["id"] !== "string") missing.push(["id", facts.id]);
  if (typeof value["object"] !== "string") missing.push(["object", "chat.completion"]);
  if (!Number.isInteger(value["created"])) missing.push(["created", facts.created]);
  if (typeof value["model"] !== "string") missing.push(["model", facts.model]);
  if (!isCounted(value["usage"])) missing.push(["usage", facts.usage()]);
  const unfinished = value["choices"].some(isUnfinished);
  if (missing.length === 0 && !unfinished) return source;
  const editor = new MemberEditor(source);
  for (const [name, member] of missing) editor.set(name, JSON.stringify(member));
  const reasons = unfinished ? reasonEdits(source, editor.get("choices")!.start, value["choices"]) : [];
  return applyEdits(source, [...editor.edits(), ...reasons]);
}

/** Whether a choice of a whole answer does not say why it ends. */
function isUnfinished(choice: unknown): boolean {
  return isObject(choice) && typeof choice["finish_reason"] !== "string";
}

function reasonEdits(source: string, start: number, choices: readonly unknown[]): SourceEdit[] {
  return elements(source, start).flatMap((span, index) => {
    if (!isUnfinished(choices[index])) return [];
    const editor = new MemberEditor(source, span.start);
    editor.set("finish_reason", '"stop"');
    return [...editor.edits()];
  });
}

const COUNTS = ["prompt_tokens", "completion_tokens", "total_tokens"] as const;

function isCounted(usage: unknown): boolean {
  return isObject(usage) && COUNTS.every((name) => Number.isInteger(usage[name]));
}

/** Whether a message or delta holds what Mistral keeps among the parts of its content. */
function isSplit(message: unknown): message is JsonObject {
  return isObject(message) && (isText(message["reasoning_content"]) || Array.isArray(message["content_parts"]));
}

function partsOf({ reasoning_content: thought, content, content_parts: others }: JsonObject): unknown[] {
  return [
    ...(isText(thought) ? [{ type: "thinking", thinking: [{ type: "text", text: thought }] }] : []),
    ...(isText(content) ? [{ type: "text", text: content }] : []),
    ...asList(others),
  ];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
