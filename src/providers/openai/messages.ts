import { applyEdits, type SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import { elements, findMember, rootElements, type Span, skipBlanks } from "../../lib/json/scan.ts";
import { CACHE_CONTROL, FOREIGN_FIELDS } from "../_foreign-fields.ts";

/**
 * Edits that bring a conversation of a Mistral client into OpenAI's form; none where it already fits. For every target,
 * the arguments of calls become text. OpenAI itself (`isOpenAi`) refuses what it does not know, so for it also: calls
 * get a type and lose their `index`; `prefix`, `tool_calls` and `name` that say nothing (false, null, empty), earlier
 * thoughts, references and marks for other services' caches are removed; content whose list of parts is empty then
 * becomes null or an empty text; images and inline documents are put into objects.
 */
export function openaiMessageEdits(source: string, value: JsonObject, isOpenAi: boolean): readonly SourceEdit[] {
  const { messages } = value;
  if (!Array.isArray(messages) || !messages.some((message) => needsEdits(message, isOpenAi))) return [];
  return rootElements(source, "messages").flatMap((span, index) => {
    const message: unknown = messages[index];
    return needsEdits(message, isOpenAi) ? editsOf(source, span, { message, isOpenAi }) : [];
  });
}

function needsEdits(message: unknown, isOpenAi: boolean): message is JsonObject {
  if (!isObject(message)) return false;
  const calls = message["tool_calls"];
  if (Array.isArray(calls) && calls.some((call) => callNeedsEdits(call, isOpenAi))) return true;
  if (!isOpenAi) return false;
  if (ANSWERED.some((name) => message[name] !== undefined) || saysNothing(message)) return true;
  return hasForeignParts(message);
}

/** An answer's thoughts as other services call them, and its references as we do: clients send them back with it. */
const ANSWERED = ["reasoning_content", "reasoning", "reasoning_details", "content_parts", ...FOREIGN_FIELDS] as const;

function hasForeignParts({ role, content }: JsonObject): boolean {
  if (!Array.isArray(content)) return false;
  return content.some(isForeignPart) || (content.length === 0 && role === "assistant");
}

/** Whether a message has members that say nothing, which Mistral's clients send back with an answer and OpenAI refuses. */
function saysNothing(message: JsonObject): boolean {
  return IDLE.some((name) => isIdle(message[name])) || saysNoResult(message);
}

const IDLE = ["prefix", "tool_calls", "name"] as const;

/** Whether a member says nothing: false, null or an empty list. */
export function isIdle(value: unknown): boolean {
  return value === false || value === null || (Array.isArray(value) && value.length === 0);
}

function saysNoResult({ role, content }: JsonObject): boolean {
  return role === "tool" && content === null;
}

function callNeedsEdits(call: unknown, isOpenAi: boolean): call is JsonObject {
  if (!isObject(call)) return false;
  if (isOpenAi && (call["index"] !== undefined || lacksType(call) || FOREIGN_FIELDS.some((name) => name in call)))
    return true;
  return hasOpenArguments(call);
}

/** Mistral takes what has no type for a function. */
function lacksType(described: JsonObject): boolean {
  return (described["type"] ?? null) === null && isObject(described["function"]);
}

function hasOpenArguments({ function: named }: JsonObject): boolean {
  return isObject(named) && isObject(named["arguments"]);
}

/** Parts of an answer that OpenAI has no place for when they come back. */
const ANSWER_ONLY: ReadonlySet<unknown> = new Set(["thinking", "reference"]);

function isForeignPart(part: unknown): boolean {
  if (!isObject(part)) return false;
  return (
    ANSWER_ONLY.has(part["type"]) || part[CACHE_CONTROL] !== undefined || isBareImage(part) || isInlineDocument(part)
  );
}

function isBareImage(part: JsonObject): boolean {
  return part["type"] === "image_url" && typeof part["image_url"] === "string";
}

function isInlineDocument(part: JsonObject): boolean {
  const { document_url: address } = part;
  return part["type"] === "document_url" && typeof address === "string" && address.startsWith("data:");
}

function editsOf(
  source: string,
  span: Span,
  { message, isOpenAi }: { message: JsonObject; isOpenAi: boolean },
): readonly SourceEdit[] {
  const editor = new MemberEditor(source, span.start);
  const calls = message["tool_calls"];
  const nested = Array.isArray(calls) ? callEdits(source, editor.get("tool_calls")!, { calls, isOpenAi }) : [];
  if (!isOpenAi) return nested;
  for (const name of ANSWERED) editor.remove(name);
  for (const name of IDLE) if (isIdle(message[name])) editor.remove(name);
  if (saysNoResult(message)) editor.set("content", '""');
  if (hasForeignParts(message)) {
    const parts = partsText(source, editor.get("content")!, message["content"] as readonly unknown[]);
    const isSilent = parts.length === 0 && !(Array.isArray(calls) && calls.length > 0);
    // an empty list is refused
    if (parts.length > 0) editor.set("content", `[${parts.join(",")}]`);
    else editor.set("content", isSilent ? '""' : "null");
  }
  return [...editor.edits(), ...nested];
}

function partsText(source: string, list: Span, parts: readonly unknown[]): readonly string[] {
  return elements(source, list.start).flatMap(({ start, end }, index) => {
    const part = parts[index];
    const text = source.slice(start, end);
    if (!isObject(part) || !isForeignPart(part)) return [text];
    if (ANSWER_ONLY.has(part["type"])) return [];
    const editor = new MemberEditor(text);
    editor.remove(CACHE_CONTROL);
    if (isBareImage(part)) editor.set("image_url", `{"url":${editor.text("image_url")}}`);
    else if (isInlineDocument(part)) inFile(editor, part);
    return [applyEdits(text, editor.edits())];
  });
}

/** OpenAI wants a name with a file; a document of Mistral's may have none. */
function inFile(editor: MemberEditor, { document_name: name }: JsonObject): void {
  const filename = typeof name === "string" ? editor.text("document_name") : '"document"';
  editor.set("type", '"file"');
  editor.set("file", `{"filename":${filename},"file_data":${editor.text("document_url")}}`);
  editor.remove("document_url");
  editor.remove("document_name");
}

function callEdits(
  source: string,
  list: Span,
  { calls, isOpenAi }: { calls: readonly unknown[]; isOpenAi: boolean },
): readonly SourceEdit[] {
  return elements(source, list.start).flatMap((span, index) => {
    const call = calls[index];
    if (!callNeedsEdits(call, isOpenAi)) return [];
    const editor = new MemberEditor(source, span.start);
    if (isOpenAi) {
      editor.remove("index");
      for (const name of FOREIGN_FIELDS) editor.remove(name);
      if (lacksType(call)) editor.set("type", '"function"');
    }
    if (!hasOpenArguments(call)) return editor.edits();
    const named = new MemberEditor(source, editor.get("function")!.start);
    named.set("arguments", JSON.stringify(named.text("arguments")));
    return [...editor.edits(), ...named.edits()];
  });
}

/** Edits that give every tool, and the one chosen, its type, which OpenAI demands and Mistral's clients leave out. */
export function openaiToolEdits(source: string, value: JsonObject): readonly SourceEdit[] {
  const { tools, tool_choice: choice } = value;
  const ofTools = typeEditsOfAll(source, tools);
  if (!isObject(choice) || !lacksType(choice)) return ofTools;
  return [...typeEdits(source, findMember(source, skipBlanks(source, 0), "tool_choice")!), ...ofTools];
}

function typeEdits(source: string, { start }: Span): readonly SourceEdit[] {
  const editor = new MemberEditor(source, start);
  editor.set("type", '"function"');
  return editor.edits();
}

function typeEditsOfAll(source: string, tools: unknown): readonly SourceEdit[] {
  if (!Array.isArray(tools) || !tools.some((tool: unknown) => isObject(tool) && lacksType(tool))) return [];
  return rootElements(source, "tools").flatMap((span, index) => {
    const tool: unknown = tools[index];
    return isObject(tool) && lacksType(tool) ? typeEdits(source, span) : [];
  });
}
