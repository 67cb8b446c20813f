import type { SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { GatewayError } from "../../lib/errors.ts";
import { asList, asText, isObject, type JsonObject } from "../../lib/json/json.ts";
import { elements, type Span } from "../../lib/json/scan.ts";

/** What OpenAI means by leaving `parameters` out; Mistral requires them. */
const NO_PARAMETERS = '{"type":"object","properties":{}}';

/** Decides which tools may be offered. */
type IsAllowed = (tool: unknown) => boolean;

/**
 * `tool_choice` as Mistral knows it. It has no `allowed_tools`: only those tools are offered then, and the choice among
 * them is `auto` or `any`. Returns which tools stay; null: all.
 */
export function editToolChoice(editor: MemberEditor, { tool_choice: choice, tools }: JsonObject): IsAllowed | null {
  if (choice === "required") editor.set("tool_choice", '"any"');
  if (!isObject(choice) || choice["type"] !== "allowed_tools") return null;
  // nested in chat completions, flat in responses
  const { mode, tools: listed } = isObject(choice["allowed_tools"]) ? choice["allowed_tools"] : choice;
  const names = new Set(asList(listed).map(nameOf));
  const isAllowed = (tool: unknown): boolean => names.has(nameOf(tool));
  const anyLeft = Array.isArray(tools) && tools.some(isAllowed);
  if (anyLeft) editor.set("tool_choice", mode === "required" ? '"any"' : '"auto"');
  else if (mode === "required") {
    const message = "Cannot have a tool called: `tool_choice` requires one, and none of those it allows is in `tools`";
    throw new GatewayError("invalid_request", message, { param: "tool_choice" });
  } else {
    editor.remove("tools");
    editor.remove("tool_choice");
  }
  return isAllowed;
}

/** A custom tool takes any text, which Mistral has no words for; its own kinds of tools pass. */
export function refuseCustomTools({ tools, tool_choice: choice, messages }: JsonObject): void {
  const tool = firstCustom(tools);
  if (tool !== -1) throw customRefused(`tools[${tool}].type`);
  if (isCustom(choice)) throw customRefused("tool_choice.type");
  if (!Array.isArray(messages)) return;
  for (const [at, message] of messages.entries()) {
    const call = isObject(message) ? firstCustom(message["tool_calls"]) : -1;
    if (call !== -1) throw customRefused(`messages[${at}].tool_calls[${call}].type`);
  }
}

function firstCustom(list: unknown): number {
  return Array.isArray(list) ? list.findIndex(isCustom) : -1;
}

function isCustom(described: unknown): boolean {
  return isObject(described) && described["type"] === "custom";
}

function customRefused(param: string): GatewayError {
  const message = "Mistral takes no tools of type `custom`: give them as tools of type `function`";
  return new GatewayError("invalid_request", message, { param, elsewhere: true });
}

/** What tells tools apart: `function get_weather`, say. */
function nameOf(tool: unknown): string {
  if (!isObject(tool)) return "";
  const { type = "function" } = tool;
  const described = tool[asText(type)];
  return `${asText(type)} ${asText((isObject(described) ? described : tool)["name"])}`;
}

/**
 * Edits to the tool definitions: `parameters` where they are missing, nulls that Mistral refuses taken out, and tools
 * that are not allowed.
 */
export function toolEdits(
  source: string,
  { list, tools, isAllowed }: { list: Span | undefined; tools: unknown; isAllowed: IsAllowed | null },
): readonly SourceEdit[] {
  if (list === undefined || !Array.isArray(tools)) return [];
  const goes = (tool: unknown): boolean => isAllowed !== null && !isAllowed(tool);
  if (!tools.some((tool) => goes(tool) || needsEdits(tool))) return [];
  const spans = elements(source, list.start);
  let isFirst = true;
  return spans.flatMap((span, index) => {
    const tool: unknown = tools[index];
    // a tool that goes takes the comma before it along; leading ones, which have none, the comma behind
    if (goes(tool))
      return isFirst
        ? { start: span.start, end: spans[index + 1]?.start ?? span.end, text: "" }
        : { start: spans[index - 1]!.end, end: span.end, text: "" };
    isFirst = false;
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
