import type { SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import { elements, type Span } from "../../lib/json/scan.ts";
import { FOREIGN_FIELDS } from "../_foreign-fields.ts";
import { MESSAGE_DROPPED } from "./fields.ts";
import { partEdits, partsNeedEdits } from "./parts.ts";
import { mistralToolIds } from "./tool-ids.ts";

type Names = ReadonlyMap<string, string> | null;

/**
 * Edits that bring a conversation into Mistral's form: `developer` becomes `system`, fields it refuses go, an assistant
 * turn has content or calls, tool-call ids are nine letters or digits. None where the conversation already fits.
 */
export function messageEdits(source: string, list: Span | undefined, messages: unknown): readonly SourceEdit[] {
  if (list === undefined || !Array.isArray(messages)) return [];
  const names = mistralToolIds(messages);
  if (!messages.some((message) => needsEdits(message, names))) return [];
  return elements(source, list.start).flatMap((span, index) => {
    const message: unknown = messages[index];
    return needsEdits(message, names) ? editsOf(source, span, { message, names }) : [];
  });
}

function needsEdits(message: unknown, names: Names): message is JsonObject {
  if (!isObject(message)) return false;
  if (message["role"] === "developer" || hasDropped(message)) return true;
  if (lacksContent(message)) return true;
  if (partsNeedEdits(message["content"])) return true;
  const calls = message["tool_calls"];
  if (Array.isArray(calls) && (calls.length === 0 || calls.some((call) => callNeedsEdits(call, names)))) return true;
  return nameOf(message["tool_call_id"], names) !== undefined;
}

function nameOf(id: unknown, names: Names): string | undefined {
  return typeof id === "string" ? names?.get(id) : undefined;
}

const NONE: ReadonlySet<string> = new Set();

function droppedFields(message: JsonObject): ReadonlySet<string> {
  const { role } = message;
  return (typeof role === "string" && Object.hasOwn(MESSAGE_DROPPED, role) ? MESSAGE_DROPPED[role] : undefined) ?? NONE;
}

function hasDropped(message: JsonObject): boolean {
  const dropped = droppedFields(message);
  for (const field in message) if (dropped.has(field)) return true;
  return false;
}

/** A turn that Mistral refuses for want of content: an assistant's without calls, a system prompt that is null. */
function lacksContent(message: JsonObject): boolean {
  if (message["content"] !== undefined && message["content"] !== null) return false;
  const { role } = message;
  if (role === "system" || role === "developer") return message["content"] === null;
  const calls = message["tool_calls"];
  return role === "assistant" && (!Array.isArray(calls) || calls.length === 0);
}

function callNeedsEdits(call: unknown, names: Names): boolean {
  if (!isObject(call)) return false;
  if (call["id"] === null || nameOf(call["id"], names) !== undefined) return true;
  if (FOREIGN_FIELDS.some((field) => call[field] !== undefined)) return true;
  return isObject(call["function"]) && call["function"]["parsed_arguments"] !== undefined;
}

function editsOf(source: string, span: Span, about: { message: JsonObject; names: Names }): readonly SourceEdit[] {
  const { message, names } = about;
  const editor = new MemberEditor(source, span.start);
  if (message["role"] === "developer") editor.set("role", '"system"');
  for (const field of droppedFields(message)) editor.remove(field);
  if (lacksContent(message)) editor.set("content", '""');
  const name = nameOf(message["tool_call_id"], names);
  if (name !== undefined) editor.set("tool_call_id", JSON.stringify(name));
  const calls = message["tool_calls"];
  const nested = [...partEdits(source, editor.get("content"), message["content"])];
  if (Array.isArray(calls)) {
    if (calls.length === 0) editor.remove("tool_calls");
    else nested.push(...callEdits(source, editor.get("tool_calls")!, { calls, names }));
  }
  return [...editor.edits(), ...nested];
}

function callEdits(
  source: string,
  list: Span,
  about: { calls: readonly unknown[]; names: Names },
): readonly SourceEdit[] {
  return elements(source, list.start).flatMap((span, index) => {
    const call = about.calls[index];
    if (!isObject(call) || !callNeedsEdits(call, about.names)) return [];
    const editor = new MemberEditor(source, span.start);
    const name = nameOf(call["id"], about.names);
    for (const field of FOREIGN_FIELDS) editor.remove(field);
    if (call["id"] === null) editor.remove("id");
    else if (name !== undefined) editor.set("id", JSON.stringify(name));
    const fn = editor.get("function");
    if (fn === undefined || !isObject(call["function"])) return editor.edits();
    const functionEditor = new MemberEditor(source, fn.start);
    functionEditor.remove("parsed_arguments");
    return [...editor.edits(), ...functionEditor.edits()];
  });
}
