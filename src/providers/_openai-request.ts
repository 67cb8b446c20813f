import type { SourceEdit } from "../lib/edits.ts";
import { isObject, type Parsed } from "../lib/json.ts";
import { findMember, skipBlanks } from "../lib/json-scan.ts";
import { MemberEditor } from "../lib/member-edits.ts";
import type { Destination } from "./provider.ts";

/**
 * The edits that turn a caller's request into the upstream's where both speak OpenAI: the target's model, our `vetted`
 * object taken out, usage of a stream asked for. A stream whose target cannot give usage is sent without
 * `stream_options`, which such upstreams refuse.
 */
export function openaiEdits(request: Parsed, to: Destination): readonly SourceEdit[] {
  const { value } = request;
  const options = value["stream_options"];
  const wanted = to.stream && to.askUsage;
  const optionsStay = wanted ? asksUsage(options) : !to.stream || options === undefined;
  if (value["vetted"] === undefined && optionsStay) return modelEdit(request, to.model);
  const editor = new MemberEditor(request.source);
  editor.remove("vetted");
  if (value["model"] !== to.model) editor.set("model", JSON.stringify(to.model));
  if (optionsStay) return editor.edits();
  if (!wanted) editor.remove("stream_options");
  else if (isObject(options))
    return [...editor.edits(), ...usageEdit(request.source, editor.get("stream_options")!.start)];
  else editor.set("stream_options", '{"include_usage":true}');
  return editor.edits();
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
