import type { Endpoint } from "./context.ts";
import { isFilled, isObject, type JsonObject } from "./json/json.ts";

/** What a request may need that not every model or server has; `endpoint`: the very endpoint it is sent to. */
export type Capability = "tools" | "vision" | "audio" | "endpoint";

/** Whether a request needs a capability, so that a refusal which names it can be believed. */
export function needs(capability: Capability, endpoint: Endpoint, value: JsonObject): boolean {
  switch (capability) {
    case "tools":
      return isFilled(value["tools"]) || isFilled(value["functions"]);
    case "vision":
      return hasPart(value, /image/);
    case "audio":
      return hasPart(value, /audio/) || isObject(value["audio"]);
    case "endpoint":
      // every service has chat completions: a 404 there is about the address
      return endpoint !== "chat";
  }
}

/** Whether a message has a content part whose type says so (`image_url`, `input_image`, `input_audio`). */
function hasPart({ messages }: JsonObject, type: RegExp): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some((message: unknown) => {
    const content = isObject(message) ? message["content"] : null;
    if (!Array.isArray(content)) return false;
    return content.some(
      (part: unknown) => isObject(part) && typeof part["type"] === "string" && type.test(part["type"]),
    );
  });
}
