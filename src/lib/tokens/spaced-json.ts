import { nestsTooDeep } from "../json/depth.ts";
import { elements, members, type Span, stringEnd } from "../json/scan.ts";

/** What stands behind a comma and behind a colon. */
export type JsonSpacing = "compact" | "python";

/**
 * The JSON text of `source[start, end)` with blanks only behind commas and colons, as Python's `json.dumps` writes it
 * (`ensure_ascii=False`: characters as they are), or with none. Works on the text, so that depth costs no stack and
 * numbers stay as they were sent. `source` is JSON that has been parsed before.
 */
export function spacedJson(source: string, { start, end }: Span, spacing: JsonSpacing): string {
  const gap = spacing === "python" ? " " : "";
  let text = "";
  let from = start;
  let at = start;
  while (at < end) {
    const code = source.charCodeAt(at);
    if (code === 0x22) {
      const close = stringEnd(source, at);
      const literal = source.slice(at, close);
      text += source.slice(from, at) + (literal.includes("\\") ? JSON.stringify(JSON.parse(literal)) : literal);
      from = at = close;
    } else if (code === 0x2c || code === 0x3a) {
      text += source.slice(from, at + 1) + gap;
      from = ++at;
    } else if (code <= 0x20) {
      text += source.slice(from, at);
      from = ++at;
    } else at++;
  }
  return text + source.slice(from, end);
}

/**
 * `text` with other spacing where it is JSON; unchanged where it is not, or is nested so deeply that parsing would take
 * long.
 */
export function respaced(text: string, spacing: JsonSpacing): string {
  if (nestsTooDeep(text)) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return spacedJson(text, { start: 0, end: text.length }, spacing);
}

/** The value of the member `key` of every object in the array at `array`; the object itself where it has none. */
export function memberOfEach(source: string, array: Span, key: string): readonly Span[] {
  if (source[array.start] !== "[") return [array];
  return elements(source, array.start).map((element) => {
    if (source[element.start] !== "{") return element;
    return members(source, element.start).find((member) => member.key === key) ?? element;
  });
}
