import { contentText } from "../../lib/content-text.ts";
import { isObject, type JsonObject, parsedJson } from "../../lib/json/json.ts";
import { messagesOf } from "../tools/tool-uses.ts";

/** How many tool results failed in a row, counted back from the end of a conversation. */
export function failedInARow(body: JsonObject): number {
  let failed = 0;
  for (const message of [...messagesOf(body)].reverse()) {
    if (message["role"] !== "tool" && message["role"] !== "function") continue;
    if (!saysFailure(message)) break;
    failed++;
  }
  return failed;
}

/** `{"error": …}`, MCP's `isError`, `success: false`, `status: "error"`, or a text that begins by saying so. */
function saysFailure(message: JsonObject): boolean {
  if (message["is_error"] === true || message["isError"] === true) return true;
  const text = contentText(message["content"], "\n");
  const value = /^\s{0,20}\{/.test(text) ? parsedJson(text) : undefined;
  if (!isObject(value)) return /^\s{0,20}(?:error|exception|traceback|failed|failure|fatal)\b/i.test(text);
  const { error, success, ok, status } = value;
  if (value["is_error"] === true || value["isError"] === true || success === false || ok === false) return true;
  if (typeof status === "string" && /^(?:error|failed|failure)$/i.test(status)) return true;
  return error !== undefined && error !== null && error !== false && error !== "";
}
