import type { Boundary, Recogniser } from "../../../src/detect/recognisers/recogniser.ts";

/** What a match is: code units, so that it can be cut out of the text. */
export interface Match {
  readonly entity: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Longer than any example. */
const LONGEST = 200;
/** `\\n` and `%3D` in front are no letters. */
const ESCAPE = /(?:\\(?:[nrt]|u[\da-fA-F]{4})|%[\da-fA-F]{2})$/;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * The recognisers' own meaning, plainly: at each place the longest text that a pattern, the sides and `valid` accept.
 * Quadratic and without streams; a second opinion on the scanner.
 */
export function matches(recognisers: readonly Recogniser[], text: string): readonly Match[] {
  const found: Match[] = [];
  const compiled = recognisers.map((one) => ({
    one,
    expressions: one.patterns.map((pattern) => new RegExp(`^(?:${pattern})$`, `u${one.ignoreCase ? "i" : ""}`)),
  }));
  for (let at = 0; at < text.length; ) {
    const before = text.slice(Math.max(0, at - 60), at);
    let best: { end: number; one: Recogniser } | undefined;
    for (const { one, expressions } of compiled) {
      if (!ESCAPE.test(before) && !open(one.left ?? "letter", text[at - 1])) continue;
      const lengths = new Set<number>();
      for (const expression of expressions) {
        for (let end = Math.min(text.length, at + LONGEST); end > at; end--) {
          if (expression.test(text.slice(at, end))) lengths.add(end);
        }
      }
      for (const end of [...lengths].sort((a, b) => b - a)) {
        if (
          best !== undefined &&
          (end < best.end || (end === best.end && (one.priority ?? 50) >= (best.one.priority ?? 50)))
        )
          break;
        if (one.swallow === undefined && !open(one.right ?? "letter", text[end])) continue;
        const isNext = found.some((hit) => at - hit.end <= 1);
        if (one.valid !== undefined && !one.valid(text.slice(at, end), before, isNext)) continue;
        best = { end: one.ends === undefined ? end : at + one.ends(text.slice(at, end)), one };
        break;
      }
    }
    if (best === undefined) {
      at += 1;
      continue;
    }
    const end = swallowed(best.one, text, best.end);
    if (best.one.harmless !== true) {
      const start = at + (best.one.begins?.(text.slice(at, best.end), before) ?? 0);
      found.push({ entity: best.one.entity, start, end, text: text.slice(start, end) });
    }
    at = end;
  }
  return found;
}

function open(boundary: Boundary, neighbour: string | undefined): boolean {
  if (neighbour === undefined || boundary === "none") return true;
  if (boundary === "word") return !/[\p{L}\p{N}_]/u.test(neighbour);
  return boundary === "digit" ? !/\d/.test(neighbour) : !LETTER.test(neighbour);
}

function swallowed(one: Recogniser, text: string, from: number): number {
  if (one.swallow === undefined) return from;
  const member = new RegExp(one.swallow.while, "u");
  let end = from;
  while (end < text.length && member.test(text[end] as string)) {
    end += 1;
    if (one.swallow.until !== undefined && text.slice(from, end).endsWith(one.swallow.until)) break;
  }
  return end;
}
