import { contentText } from "../../lib/content-text.ts";
import type { SourceEdit } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, memberOf, type Parsed } from "../../lib/json/json.ts";
import type { Codec, Destination } from "../provider.ts";
import { CHAT_FIELDS, FIM_FIELDS, type MistralFields } from "./fields.ts";
import { messageEdits } from "./messages.ts";
import { editToolChoice, refuseCustomTools, toolEdits } from "./tools.ts";

/** The highest `temperature` Mistral takes; OpenAI goes to 2. */
const MAX_TEMPERATURE = 1.5;

/** What OpenAI may be paid for. Mistral's own are `auto`, which is its default, and `standard_only` (its client 2.7). */
const OPENAI_TIERS: ReadonlySet<unknown> = new Set(["auto", "default", "flex", "scale", "priority", "fast"]);

/** A chat request as Mistral takes it. */
export const encodeChat: Codec["encode"] = (request, to) => {
  const { source, value } = request;
  refuseFunctions(value);
  refuseCustomTools(value);
  const editor = editFields(request, to, CHAT_FIELDS);
  editGeneration(editor, value);
  const isAllowed = editToolChoice(editor, value);
  editEffort(editor, value["reasoning_effort"]);
  if (OPENAI_TIERS.has(value["service_tier"])) editor.remove("service_tier");
  const nested = [
    ...messageEdits(source, editor.get("messages"), value["messages"]),
    ...toolEdits(source, { list: editor.get("tools"), tools: value["tools"], isAllowed }),
    ...formatEdits(source, editor, value["response_format"]),
  ];
  editPrediction(editor, value["prediction"]);
  return [...editor.edits(), ...nested];
};

/** A fill-in-the-middle request as Mistral takes it. */
export const encodeFim: Codec["encode"] = (request, to) => {
  const editor = editFields(request, to, FIM_FIELDS);
  editGeneration(editor, request.value);
  return editor.edits();
};

/** What every endpoint needs: our object out, the target's model in, OpenAI's own fields and senseless nulls out. */
export function editFields({ source, value }: Parsed, to: Destination, fields: MistralFields): MemberEditor {
  const editor = new MemberEditor(source);
  editor.remove("vetted");
  if (value["model"] !== to.model) editor.set("model", JSON.stringify(to.model));
  for (const field in value) {
    const senseless = value[field] === null && fields.accepted[field] === "value" && field !== "model";
    if (senseless || fields.dropped.has(field)) editor.remove(field);
  }
  return editor;
}

/**
 * Fields of text generation that go by other names. Where a caller gives both, `max_completion_tokens` wins over the
 * deprecated `max_tokens`, and Mistral's own `random_seed` over `seed`. A `seed` is copied digit by digit; a negative
 * one loses its sign, because Mistral takes none and only the same seed must have the same effect.
 */
function editGeneration(editor: MemberEditor, value: JsonObject): void {
  const { seed } = value;
  if (isGiven(seed) && !isGiven(value["random_seed"])) {
    editor.remove("random_seed");
    if (typeof seed === "number" && seed < 0) editor.set("seed", editor.text("seed").replace(/^-/, ""));
    editor.rename("seed", "random_seed");
  } else editor.remove("seed");
  if (isGiven(value["max_completion_tokens"])) {
    editor.remove("max_tokens");
    editor.rename("max_completion_tokens", "max_tokens");
  } else editor.remove("max_completion_tokens");
  const temperature = value["temperature"];
  if (typeof temperature === "number" && temperature > MAX_TEMPERATURE)
    editor.set("temperature", String(MAX_TEMPERATURE));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Mistral thinks or does not: `none` and `minimal` are `none`, every other effort is `high`. */
function editEffort(editor: MemberEditor, effort: unknown): void {
  if (typeof effort !== "string") return;
  editor.set("reasoning_effort", effort === "none" || effort === "minimal" ? '"none"' : '"high"');
}

/** Functions of 2023 cannot just be dropped: the model would never call them, or not know what it had called. */
function refuseFunctions({ functions, messages }: JsonObject): void {
  if (Array.isArray(functions) && functions.length > 0) {
    const message = "Mistral takes no `functions` (deprecated by OpenAI): give them as `tools` of type `function`";
    throw new GatewayError("invalid_request", message, { param: "functions", elsewhere: true });
  }
  if (!Array.isArray(messages)) return;
  const at = messages.findIndex(isOfFunctions);
  if (at === -1) return;
  const isResult = isObject(messages[at]) && messages[at]["role"] === "function";
  const [field, form] = isResult ? ["role", "messages of role `tool`"] : ["function_call", "`tool_calls`"];
  const message = `Mistral takes no calls of \`functions\` (deprecated by OpenAI): give them as ${form}`;
  throw new GatewayError("invalid_request", message, { param: `messages[${at}].${field}`, elsewhere: true });
}

function isOfFunctions(message: unknown): boolean {
  return isObject(message) && (message["role"] === "function" || isObject(message["function_call"]));
}

function formatEdits(source: string, editor: MemberEditor, format: unknown): readonly SourceEdit[] {
  const member = editor.get("response_format");
  if (member === undefined || !isObject(format)) return [];
  const schema = format["json_schema"];
  if (!isObject(schema) || (schema["strict"] !== null && schema["schema"] !== undefined)) return [];
  const at = new MemberEditor(source, member.start).get("json_schema")!;
  const schemaEditor = new MemberEditor(source, at.start);
  if (schema["strict"] === null) schemaEditor.remove("strict");
  // OpenAI lets whoever takes any JSON leave it out
  if (schema["schema"] === undefined) schemaEditor.set("schema", "{}");
  return schemaEditor.edits();
}

/** OpenAI's predicted content may be a list of text parts; Mistral's is text. */
function editPrediction(editor: MemberEditor, prediction: unknown): void {
  const content = memberOf(prediction, "content");
  if (!Array.isArray(content)) return;
  editor.set("prediction", JSON.stringify({ type: "content", content: contentText(content) }));
}
