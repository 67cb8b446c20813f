import type { SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import { findMember, skipBlanks } from "../../lib/json/scan.ts";
import type { Destination } from "../provider.ts";
import { isIdle, openaiMessageEdits, openaiToolEdits } from "./messages.ts";

/**
 * The edits that turn a caller's request into the upstream's where both speak OpenAI: the target's model, our `vetted`
 * object taken out, usage of a stream asked for. A stream whose target cannot give usage is sent without
 * `stream_options`, which such upstreams refuse. Mistral's words are translated for OpenAI itself (`isOpenAi`); another
 * service that speaks its format may know them.
 */
export function openaiEdits(request: Parsed, to: Destination, isOpenAi: boolean): readonly SourceEdit[] {
  const edits = memberEdits(request, to, isOpenAi);
  const { source, value } = request;
  const nested = openaiMessageEdits(source, value, isOpenAi);
  const inTools = isOpenAi ? openaiToolEdits(source, value) : [];
  return nested.length + inTools.length === 0 ? edits : [...edits, ...nested, ...inTools];
}

function memberEdits(request: Parsed, to: Destination, isOpenAi: boolean): readonly SourceEdit[] {
  const { value } = request;
  const options = value["stream_options"];
  const wanted = to.stream && to.askUsage;
  const optionsStay = wanted ? asksUsage(options) : !to.stream || options === undefined;
  const foreign = isOpenAi && saysMistral(value);
  if (value["vetted"] === undefined && optionsStay && !foreign) return modelEdit(request, to.model);
  const editor = new MemberEditor(request.source);
  editor.remove("vetted");
  if (foreign) translate(editor, value);
  if (value["model"] !== to.model) editor.set("model", JSON.stringify(to.model));
  if (optionsStay) return editor.edits();
  if (!wanted) editor.remove("stream_options");
  else if (isObject(options))
    return [...editor.edits(), ...usageEdit(request.source, editor.get("stream_options")!.start)];
  else editor.set("stream_options", '{"include_usage":true}');
  return editor.edits();
}

/** Mistral's alone, which say nothing where they are false, null or empty: LangChain sends one with every request. */
const IDLE = ["safe_prompt", "prompt_mode", "guardrails"] as const;

/** Mistral's words that OpenAI has another for. */
const RENAMED = { random_seed: "seed", output_dimension: "dimensions" } as const;

/** Whether a request uses words of Mistral's that OpenAI has others for, or no need of. */
function saysMistral(value: JsonObject): boolean {
  if (value["tool_choice"] === "any" || value["output_dtype"] === "float" || value["tools"] === null) return true;
  if (value["service_tier"] === "standard_only") return true;
  for (const key in RENAMED) if (value[key] !== undefined) return true;
  return IDLE.some((key) => isIdle(value[key]));
}

/**
 * OpenAI refuses words it does not know, and a caller with Mistral's client has not chosen who answers. A wish of weight
 * (`safe_prompt: true`, a guardrail, a prefix) stays: that it cannot be granted must be said.
 */
function translate(editor: MemberEditor, value: JsonObject): void {
  for (const key of IDLE) if (isIdle(value[key])) editor.remove(key);
  if (value["tools"] === null) editor.remove("tools");
  if (value["tool_choice"] === "any") editor.set("tool_choice", '"required"');
  if (value["service_tier"] === "standard_only") editor.set("service_tier", '"default"');
  if (value["output_dtype"] === "float") editor.remove("output_dtype");
  for (const [said, meant] of Object.entries(RENAMED)) {
    if (value[meant] === undefined && value[said] !== null) editor.rename(said, meant);
    else editor.remove(said);
  }
}

function asksUsage(options: unknown): boolean {
  return isObject(options) && options["include_usage"] === true;
}

/** The commonest request by far needs this and no more: no list of members is made for it. */
function modelEdit(request: Parsed, model: string): readonly SourceEdit[] {
  if (request.value["model"] === model) return [];
  const open = skipBlanks(request.source, 0);
  const member = findMember(request.source, open, "model");
  if (member !== null) return [{ start: member.start, end: member.end, text: JSON.stringify(model) }];
  const editor = new MemberEditor(request.source, open);
  editor.set("model", JSON.stringify(model));
  return editor.edits();
}

function usageEdit(source: string, open: number): readonly SourceEdit[] {
  const editor = new MemberEditor(source, open);
  editor.set("include_usage", "true");
  return editor.edits();
}
