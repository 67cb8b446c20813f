import { locatingSought } from "../json/leaves.ts";
import { fileText } from "../places/file-text.ts";
import { containerIn } from "../places/list.ts";
import type { TextPlace } from "../places/text-place.ts";
import { editJson, type InnerEdits } from "./arguments.ts";
import type { SourceEdit } from "./edits.ts";
import { applyTextEdits, type TextEdit } from "./texts.ts";

/** So many edits are worked out between two chances to let others run. */
const EDITS_A_STEP = 512;

/** Replaces `[start, end)` of one place's text by `text`. */
export interface PlaceEdit extends TextEdit {
  readonly place: TextPlace;
}

/**
 * Edits of places as edits over the source they were extracted from: only the string literals they change are written
 * anew, everything else stays as it came. Edits inside decoded arguments are written back through both layers, and
 * arguments that were JSON stay JSON. Gives way now and then. Throws a RangeError for an edit outside its text and for a
 * place of another body.
 */
export function* editsInSteps(
  source: string,
  edits: readonly PlaceEdit[],
): Generator<undefined, readonly SourceEdit[]> {
  const byPlace = Map.groupBy(edits, ({ place }) => place);
  const places = [...byPlace.keys()];
  const spans = yield* locatingSought(source, places);
  const literals = new Map<number, Literal>();
  for (const [index, place] of places.entries()) {
    const span = spans[index];
    if (span == null) throw new RangeError("An edit's place is not in this body: it was extracted from another one");
    const isFile = place.isFile === true;
    const literal = literals.get(span.start) ?? { end: span.end, isFile, outer: [], inner: [] };
    literals.set(span.start, literal);
    const own = byPlace.get(place)!;
    const { inner } = place;
    if (inner === null) literal.outer.push(...own);
    else literal.inner.push({ path: inner, edits: own });
    if (index % EDITS_A_STEP === 0) yield undefined;
  }
  const all: SourceEdit[] = [];
  for (const [start, literal] of literals) {
    const edit = rewritten(source, start, literal);
    if (edit !== null) all.push(edit);
    if (all.length % EDITS_A_STEP === 0) yield undefined;
  }
  return all;
}

interface Literal {
  readonly end: number;
  /** The edits are of the text of a file. */
  readonly isFile: boolean;
  readonly outer: TextEdit[];
  readonly inner: InnerEdits[];
}

function rewritten(source: string, start: number, { end, isFile, outer, inner }: Literal): SourceEdit | null {
  const value: unknown = JSON.parse(source.slice(start, end));
  const text = String(value);
  const file = isFile ? fileText(text) : null;
  const changed =
    file === null
      ? (wholly(text, outer, inner) ?? partly(value, outer, inner))
      : file.wrap(applyTextEdits(file.text, outer));
  return changed === text ? null : { start, end, text: JSON.stringify(changed) };
}

/** What one edit puts in the place of the whole text, arguments or not: nothing of it has to be found again. */
function wholly(text: string, outer: readonly TextEdit[], inner: readonly InnerEdits[]): string | null {
  const [first] = outer;
  const isAll = first !== undefined && outer.length === 1 && first.start === 0 && first.end === text.length;
  return isAll && inner.length === 0 ? first.text : null;
}

function partly(value: unknown, outer: readonly TextEdit[], inner: readonly InnerEdits[]): string {
  const text = String(value);
  const isJson = inner.length > 0 || (typeof value === "string" && containerIn(text) !== null);
  return isJson ? editJson(text, outer, inner) : applyTextEdits(text, outer);
}
