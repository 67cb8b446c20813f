/** Replaces `[start, end)` of a text (UTF-16 units) by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits to a text. Edits that overlap become one over both ranges, with the text of the one that begins first:
 * what two finders of the same thing mark is replaced once, and nothing either of them marked stays. Throws a RangeError
 * for an edit that does not lie in the text.
 */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const pieces: string[] = [];
  let at = 0;
  for (const edit of sorted) {
    if (!(edit.start >= 0 && edit.end >= edit.start && edit.end <= text.length)) {
      throw new RangeError(`Edit [${edit.start}, ${edit.end}) does not lie in a text of ${text.length} units`);
    }
    if (edit.start < at) at = Math.max(at, edit.end);
    else {
      pieces.push(text.slice(at, edit.start), edit.text);
      at = edit.end;
    }
  }
  pieces.push(text.slice(at));
  return pieces.join("");
}
