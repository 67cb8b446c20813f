/** Replaces `source[start, end)` by `text`. An insertion has `start === end`. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies all edits at once. They refer to the unedited text and must not overlap; their order does not matter, save
 * that insertions at one place stay in the order given and come before what replaces the text there. Returns `source`
 * itself when there are none.
 */
export function applyEdits(source: string, edits: readonly SourceEdit[]): string {
  if (edits.length === 0) return source;
  if (edits.length === 1) {
    const only = edits[0]!;
    return source.slice(0, only.start) + only.text + source.slice(only.end);
  }
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) throw new RangeError(`Edit at ${edit.start} overlaps the one before it, which ends at ${at}`);
    result += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + source.slice(at);
}
