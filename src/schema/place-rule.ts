/** What kind of text stands somewhere. `other` is what a caller or an upstream may say beside the conversation. */
export type TextKind =
  | "content"
  | "name"
  | "arguments"
  | "tool_result"
  | "tool_description"
  | "schema"
  | "refusal"
  | "reasoning"
  | "other";

/** What a string at one place is. */
export type PlaceRule =
  /** Text: always read. */
  | { readonly is: "text"; readonly kind: TextKind }
  /** An address: read, unless it is a `data:` URL, which is a file: of a request its text is read where it is one. */
  | { readonly is: "url" }
  /** One word with a meaning of its own, as `why` says: no text, but read as `other` where it is more than a word. */
  | { readonly is: "word"; readonly why: string }
  /** A file in base64: of a request its text is read where it is one; with a blank, which base64 has not, it is `other`. */
  | { readonly is: "bytes"; readonly why: string }
  /** No text whatever it holds, as `why` says: never read. */
  | { readonly is: "data"; readonly why: string };

/** Place → rule. `a.b` is a member, `[]` every element, `*` every member, a trailing `.**` everything below. */
export type PlaceTable = Readonly<Record<string, PlaceRule>>;

/** Text of a kind. */
export const text = (kind: TextKind): PlaceRule => ({ is: "text", kind });
/** One word, and what it means. */
export const word = (why: string): PlaceRule => ({ is: "word", why });
/** No text, and why. */
export const data = (why: string): PlaceRule => ({ is: "data", why });
/** An address. */
export const url: PlaceRule = { is: "url" };
/** A file. */
export const bytes: PlaceRule = { is: "bytes", why: "a file in base64" };
/** An identifier. */
export const id = word("an identifier that must come back as it is");
/** A member of an enumeration. */
export const choice = word("one of a closed list of words");
/** The name of a model. */
export const model = word("a model's name");

/** The same places below another one. */
export function below(prefix: string, table: PlaceTable): PlaceTable {
  return Object.fromEntries(Object.entries(table).map(([place, rule]) => [prefix + place, rule]));
}
