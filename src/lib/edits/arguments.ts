import { firstPlace } from "../first-place.ts";
import type { JsonPath } from "../json/json.ts";
import { leafSpans, locateLeaves } from "../json/leaves.ts";
import type { Span } from "../json/scan.ts";
import { applyTextEdits, type TextEdit } from "./texts.ts";

/** Edits of one decoded string or number inside JSON text. */
export interface InnerEdits {
  readonly path: JsonPath;
  readonly edits: readonly TextEdit[];
}

/**
 * Edits a text that is JSON itself (tool call arguments) so that it stays JSON. `inner` refer to decoded strings inside
 * it, `outer` to the JSON text. An outer edit within one string or number becomes an edit of that value: its
 * replacement is escaped, a replaced number becomes a string, and what inner and outer edits have both found is
 * replaced once. Any other outer edit is made literally.
 */
export function editJson(text: string, outer: readonly TextEdit[], inner: readonly InnerEdits[]): string {
  const leaves = leafSpans(text);
  const byLeaf = new Map<Span, TextEdit[]>();
  const add = (leaf: Span, edits: readonly TextEdit[]) => {
    const known = byLeaf.get(leaf);
    if (known === undefined) byLeaf.set(leaf, [...edits]);
    else known.push(...edits);
  };
  const spans = locateLeaves(
    text,
    inner.map((edit) => edit.path),
  );
  for (const [index, { edits }] of inner.entries()) {
    const span = spans[index];
    const leaf = span == null ? undefined : leafAround(leaves, span.start);
    if (leaf === undefined) throw new RangeError("An edit's place is not in these arguments");
    add(leaf, edits);
  }
  const literal: TextEdit[] = [];
  for (const edit of outer) {
    const leaf = leafAround(leaves, edit.start);
    const mapped = leaf === undefined ? null : insideLeaf(text, leaf, edit);
    if (leaf === undefined || mapped === null) literal.push(edit);
    else add(leaf, [mapped]);
  }
  for (const [leaf, edits] of byLeaf) {
    const value = applyTextEdits(leafText(text, leaf), edits);
    literal.push({ ...leaf, text: JSON.stringify(value) });
  }
  return applyTextEdits(text, literal);
}

/** The leaf that `offset` lies in. */
function leafAround(leaves: readonly Span[], offset: number): Span | undefined {
  const leaf = leaves[firstPlace(leaves.length, (at) => leaves[at]!.end > offset)];
  return leaf !== undefined && leaf.start <= offset ? leaf : undefined;
}

function leafText(text: string, leaf: Span): string {
  return String(JSON.parse(text.slice(leaf.start, leaf.end)));
}

/** The edit in units of the leaf's decoded text; null where it is not wholly inside one string or number. */
function insideLeaf(text: string, leaf: Span, edit: TextEdit): TextEdit | null {
  if (text[leaf.start] === '"') {
    if (edit.start <= leaf.start || edit.end >= leaf.end) return null;
    const [start, end] = decodedRange(text, leaf.start + 1, edit);
    return { start, end, text: edit.text };
  }
  if (edit.end > leaf.end) return null;
  const value = leafText(text, leaf);
  // `1e5` decodes to other digits: then there is no part of it to point at
  if (value !== text.slice(leaf.start, leaf.end)) return { start: 0, end: value.length, text: edit.text };
  return { start: edit.start - leaf.start, end: edit.end - leaf.start, text: edit.text };
}

/** The range in decoded units; an edit that begins or ends inside an escape takes the whole escape. */
function decodedRange(text: string, from: number, edit: TextEdit): readonly [number, number] {
  let decoded = 0;
  let start = -1;
  let at = from;
  while (at < edit.end) {
    const width = text[at] !== "\\" ? 1 : text[at + 1] === "u" ? 6 : 2;
    if (start < 0 && at + width > edit.start) start = decoded;
    decoded++;
    at += width;
  }
  return [start < 0 ? decoded : start, decoded];
}
