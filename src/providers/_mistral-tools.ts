import type { SourceEdit } from "../lib/edits.ts";
import { isObject, type JsonObject } from "../lib/json.ts";
import { elements, type Span } from "../lib/json-scan.ts";
import { MemberEditor } from "../lib/member-edits.ts";

/** What OpenAI means by leaving `parameters` out; Mistral requires them. */
const NO_PARAMETERS = '{"type":"object","properties":{}}';

/** Edits to the tool definitions: `parameters` where they are missing, nulls that Mistral refuses taken out. */
export function toolEdits(source: string, list: Span | undefined, tools: unknown): readonly SourceEdit[] {
  if (list === undefined || !Array.isArray(tools) || !tools.some(needsEdits)) return [];
  return elements(source, list.start).flatMap((span, index) => {
    const tool: unknown = tools[index];
    return needsEdits(tool) ? functionEdits(source, span, tool["function"]) : [];
  });
}

function needsEdits(tool: unknown): tool is { readonly function: JsonObject } {
  if (!isObject(tool) || !isObject(tool["function"])) return false;
  const fn = tool["function"];
  return (fn["parameters"] ?? null) === null || fn["strict"] === null || fn["description"] === null;
}

function functionEdits(source: string, tool: Span, fn: JsonObject): readonly SourceEdit[] {
  const member = new MemberEditor(source, tool.start).get("function")!;
  const editor = new MemberEditor(source, member.start);
  if ((fn["parameters"] ?? null) === null) editor.set("parameters", NO_PARAMETERS);
  for (const key of ["strict", "description"]) if (fn[key] === null) editor.remove(key);
  return editor.edits();
}
