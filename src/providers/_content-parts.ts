import { isObject, type JsonObject } from "../lib/json/json.ts";

/** Content of an answer that came as typed parts (Mistral), sorted for a client that reads OpenAI's form. */
export interface SplitContent {
  /** The `text` parts, joined. */
  readonly text: string;
  /** The text of the `thinking` parts, joined; empty where there is none. */
  readonly reasoning: string;
  /** Every other part (references, images, documents) as it came. */
  readonly others: readonly JsonObject[];
}

/** Takes an array content apart. What is neither part nor text is left out. */
export function splitContent(content: readonly unknown[]): SplitContent {
  let text = "";
  let reasoning = "";
  const others: JsonObject[] = [];
  for (const part of content) {
    if (typeof part === "string") text += part;
    else if (!isObject(part)) continue;
    else if (part["type"] === "thinking") reasoning += thinkingText(part["thinking"]);
    else if (typeof part["text"] === "string" && (part["type"] === "text" || part["type"] === undefined))
      text += part["text"];
    else others.push(part);
  }
  return { text, reasoning, others };
}

function thinkingText(thinking: unknown): string {
  if (typeof thinking === "string") return thinking;
  if (!Array.isArray(thinking)) return "";
  let joined = "";
  for (const part of thinking) if (isObject(part) && typeof part["text"] === "string") joined += part["text"];
  return joined;
}
