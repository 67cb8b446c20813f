import type { TextKind } from "../../schema/place-rule.ts";
import type { JsonPath } from "../json/json.ts";

export type { TextKind } from "../../schema/place-rule.ts";

/** One place of a request or an answer in which text of a person or a model stands. */
export interface TextPlace {
  /** Where the string value stands in the body. */
  readonly path: JsonPath;
  readonly kind: TextKind;
  /** The decoded text. Lone surrogates in it are the body's own and survive an edit beside them. */
  readonly text: string;
  /** The role of the message it belongs to, where there is one. */
  readonly role: string | null;
  /**
   * Tool call arguments are JSON inside a string. They come as one place with the whole text (`inner` null) and again as
   * one place for each string and long number in them, decoded: `inner` then leads from the root of that JSON to it.
   */
  readonly inner: JsonPath | null;
  /** Whether it is one of those, without the path, which is worked out each time it is asked for. Default false. */
  readonly isInner?: boolean;
  /** The text is the name of the member at `path`, which the body's author chose, as in `metadata`. */
  readonly isKey?: boolean;
  /** The text is that of a file in base64, which is the string at `path`. */
  readonly isFile?: boolean;
}

/** A place of a streamed chunk. Texts of one lane, chunk after chunk, are one text. */
export interface ChunkPlace extends TextPlace {
  /** The choice's own `index`. */
  readonly choice: number;
  /** The tool call's own `index`, or null outside tool calls. */
  readonly tool: number | null;
  /** Names the text this is a piece of: choice, member, tool call and kind. */
  readonly lane: string;
}
