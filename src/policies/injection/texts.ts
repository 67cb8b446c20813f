import type { TextPlace } from "../../lib/places/text-place.ts";

/** Who a text is by, as far as that matters for how it is judged. */
export type Speaker =
  /** A person, or a text to embed or complete. */
  | "user"
  | "tool_result"
  /** All that people say, one after the other. */
  | "conversation"
  /** What the application or the model says: it gives orders by trade. */
  | "assistant"
  | "system"
  | "tool_definition"
  | "other";

/** A text to judge. */
export interface InjectionText {
  readonly speaker: Speaker;
  readonly text: string;
}

/** Of a longer message the ends are what could belong to the next one. */
const END = 300;
/** How much of a conversation is read as one text. */
const LONGEST_CONVERSATION = 32_000;
/** Messages that may be cut in the middle of a word are short. */
const LONGEST_GLUED = 2_000;

/**
 * The texts of a request: each message of a user and each tool result by itself, what users say as a whole, and unless
 * only `user` is asked for the rest, by speaker.
 */
export function injectionTexts(places: readonly TextPlace[], scan: "user" | "all"): readonly InjectionText[] {
  const texts: InjectionText[] = [];
  const said: string[] = [];
  const rest = new Map<Speaker, string[]>();
  for (const [at, place] of places.entries()) {
    const speaker = speakerOf(place);
    if (speaker === "user") said.push(place.text);
    if (speaker === "user" || speaker === "tool_result") texts.push({ speaker, text: place.text });
    else if (scan === "all" && !isRepeated(place, places[at + 1])) {
      const list = rest.get(speaker);
      if (list === undefined) rest.set(speaker, [place.text]);
      else list.push(place.text);
    }
  }
  for (const [speaker, parts] of rest) texts.push({ speaker, text: parts.join("\n") });
  if (said.length > 1) {
    const ends = said.map((text) => (text.length <= 2 * END ? text : `${text.slice(0, END)}\n${text.slice(-END)}`));
    const joined = ends.join("\n").slice(-LONGEST_CONVERSATION);
    texts.push({ speaker: "conversation", text: joined });
    if (joined.length <= LONGEST_GLUED) texts.push({ speaker: "conversation", text: said.join("") });
  }
  return texts;
}

/** Arguments that are JSON come twice, whole and then value by value. The values are enough. */
function isRepeated({ kind, isInner }: TextPlace, next: TextPlace | undefined): boolean {
  return kind === "arguments" && isInner !== true && next?.isInner === true;
}

function speakerOf({ kind, role }: TextPlace): Speaker {
  if (kind === "tool_result") return "tool_result";
  if (kind === "tool_description" || kind === "schema") return "tool_definition";
  if (role === "assistant") return "assistant";
  if (role === "system" || role === "developer") return "system";
  return kind === "content" ? "user" : "other";
}
