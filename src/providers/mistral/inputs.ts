import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import { GatewayError } from "../../lib/errors.ts";
import { asText, isObject, type JsonObject } from "../../lib/json/json.ts";
import { rootElements } from "../../lib/json/scan.ts";
import { decodeText } from "../_text-answer.ts";
import type { Codec } from "../provider.ts";
import { EMBEDDINGS_FIELDS, MODERATIONS_FIELDS } from "./fields.ts";
import { editFields } from "./request.ts";

/** An embeddings request as Mistral takes it: `dimensions` is `output_dimension`, and inputs are text. */
export const encodeEmbeddings: Codec["encode"] = (request, to) => {
  const { value } = request;
  refuseTokens(value["input"]);
  const editor = editFields(request, to, EMBEDDINGS_FIELDS);
  if ((value["dimensions"] ?? null) !== null && (value["output_dimension"] ?? null) === null) {
    editor.remove("output_dimension");
    editor.rename("dimensions", "output_dimension");
  } else editor.remove("dimensions");
  return editor.edits();
};

function refuseTokens(input: unknown): void {
  const first: unknown = Array.isArray(input) ? input[0] : undefined;
  if (typeof first !== "number" && !Array.isArray(first)) return;
  const message =
    "Mistral embeds text and takes no token numbers as input: send strings (LangChain: check_embedding_ctx_length=False)";
  throw new GatewayError("invalid_request", message, { param: "input", elsewhere: true });
}

/** A moderation request as Mistral takes it. OpenAI's list of parts is one input, so its texts become one string. */
export const encodeModerations: Codec["encode"] = (request, to) => {
  const editor = editFields(request, to, MODERATIONS_FIELDS);
  const { input } = request.value;
  if (Array.isArray(input) && input.some(isObject))
    editor.set("input", JSON.stringify(input.map(textOfPart).join("\n")));
  return editor.edits();
};

function textOfPart(part: unknown, index: number): string {
  if (isObject(part) && typeof part["text"] === "string") return part["text"];
  const type = isObject(part) ? asText(part["type"]) : typeof part;
  const message = `Mistral moderates text only: input[${index}] is a part of type "${type}"`;
  throw new GatewayError("invalid_request", message, { param: `input[${index}]`, elsewhere: true });
}

/** Moderation results with OpenAI's `flagged`: true where any category is. Mistral leaves it out. */
export const decodeModerations: Codec["decode"] = (answer, request) => {
  decodeText(answer, request);
  const { results } = answer.value;
  if (!Array.isArray(results) || !results.some(lacksFlag)) return answer.source;
  const { source } = answer;
  const edits = rootElements(source, "results").flatMap((span, index) => {
    const result: unknown = results[index];
    if (!lacksFlag(result)) return [];
    const editor = new MemberEditor(source, span.start);
    editor.set("flagged", String(Object.values(result.categories).includes(true)));
    return editor.edits();
  });
  return applyEdits(source, edits);
};

function lacksFlag(result: unknown): result is { readonly categories: JsonObject } {
  return isObject(result) && result["flagged"] === undefined && isObject(result["categories"]);
}
