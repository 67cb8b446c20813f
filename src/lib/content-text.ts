import { isObject } from "./json/json.ts";

/**
 * The text of a message's content: the content itself where it is text, of a list of parts the texts in it, with
 * `between` between two of them; empty for all else.
 */
export function contentText(content: unknown, between = ""): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts = content.flatMap((part) => (isObject(part) && typeof part["text"] === "string" ? [part["text"]] : []));
  return texts.join(between);
}
