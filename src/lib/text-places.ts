import type { JsonPath } from "./json.ts";

/** What kind of text stands somewhere. */
export type TextKind = "content" | "name" | "arguments" | "tool_result" | "tool_description" | "refusal" | "reasoning";

/** One place of a request or an answer in which text of a person or a model stands. */
export interface TextPlace {
  /** Where the string value stands in the body. */
  readonly path: JsonPath;
  readonly kind: TextKind;
  /** The decoded text. */
  readonly text: string;
  /** The role of the message it belongs to, where there is one. */
  readonly role: string | null;
}
