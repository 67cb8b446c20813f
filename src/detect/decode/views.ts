import { MOST_BYTES } from "./bytes.ts";
import { undoCiphers } from "./ciphers.ts";
import { decodeEncodings, type Uncovered } from "./encoded.ts";
import { fold } from "./fold.ts";
import { hiddenTexts } from "./hidden.ts";
import { unmaskHomoglyphs } from "./homoglyphs.ts";
import { partsAround } from "./rewriting.ts";

/** A text as a model may read it, and how it came about. */
export interface View {
  /** What was undone, in order: `base64`, `rot13`, … Empty for the text as it stands. */
  readonly how: readonly string[];
  /** Folded. */
  readonly text: string;
  /** How many times as long as this the text is that it was cut from; 1: it is whole. */
  readonly times: number;
}

/** Which disguises are looked for. */
export interface Decoding {
  readonly decodeBase64: boolean;
  readonly normalizeUnicode: boolean;
  readonly detectHomoglyphs: boolean;
}

/** Disguises within disguises that are undone. */
const DEPTH = 2;
/** Views of one text at most. */
const MOST_VIEWS = 8;
/** A shorter decoded text says nothing. */
const SHORTEST = 6;

/** The text folded, and every text that it hides, at most eight of 64 KiB together. A text that is all disguise is left out
 * for its reading. With `reach`, of a reading that keeps everything around what it changes only the parts that lie so many
 * characters around that: the rest says nothing that the text does not. */
export function viewsOf(source: string, decoding: Decoding, reach?: number): readonly View[] {
  const plain: View = { ...normalised(source, decoding), times: 1 };
  const views: View[] = [plain];
  let room = MOST_BYTES;
  const add = (view: View): boolean => {
    if (views.length > MOST_VIEWS || room <= 0 || view.text.length < SHORTEST) return false;
    if (views.some(({ text }) => text === view.text)) return false;
    views.push({ ...view, text: view.text.slice(0, room) });
    room -= view.text.length;
    return true;
  };
  if (decoding.normalizeUnicode) {
    for (const { how, text } of hiddenTexts(source)) add({ how: [how], text, times: 1 });
  }
  if (!decoding.decodeBase64) return views;
  const superseded = new Set<number>();
  for (let at = 0; at < views.length; at++) {
    const { how, text, times } = views[at]!;
    const depth = how.filter((step) => !UNICODE.has(step)).length;
    if (depth >= DEPTH) continue;
    // what gives the whole text again must leave room for what a few words of it hide
    const readings = uncovered(text, depth).map((found) => partOf(found, reach));
    for (const found of readings.toSorted((a, b) => a.text.length - b.text.length)) {
      const inner = normalised(found.text, decoding);
      const added = add({
        how: [...how, found.how, ...inner.how],
        text: inner.text,
        times: times * found.times,
      });
      const isWhole = found.times === 1;
      if (added && isWhole && IN_PLACE.has(found.how) && inner.text.length < REWRITTEN * text.length)
        superseded.add(at);
    }
  }
  return views.filter((_, at) => !superseded.has(at));
}

/** What of a reading is new, if that is known and wanted: all of it, or what stands around it. */
function partOf(
  { how, text, changed }: Uncovered,
  reach: number | undefined,
): { how: string; text: string; times: number } {
  const part = reach === undefined || changed === undefined ? null : partsAround(text, changed(), reach);
  return part === null ? { how, text, times: 1 } : { how, text: part, times: text.length / Math.max(1, part.length) };
}

/** Readings that keep everything around what they rewrite. */
const IN_PLACE: ReadonlySet<string> = new Set(["percent", "entities", "escapes", "quoted-printable", "spaced"]);
/** A text that shrinks below this share was mostly written in disguise: it says nothing that its reading does not. */
const REWRITTEN = 0.75;

const UNICODE: ReadonlySet<string> = new Set(["invisible", "homoglyphs", "tags", "variation-selectors"]);

function uncovered(text: string, depth: number): readonly Uncovered[] {
  const encoded = decodeEncodings(text);
  return depth === 0 || encoded.length === 0 ? [...encoded, ...undoCiphers(text)] : encoded;
}

/** The text folded and unmasked, as far as that is asked for. */
function normalised(source: string, decoding: Decoding): Pick<View, "how" | "text"> {
  const how: string[] = [];
  let text = source;
  if (decoding.normalizeUnicode) {
    const folded = fold(source);
    if (folded.invisible > 2) how.push("invisible");
    text = folded.text;
  }
  if (decoding.detectHomoglyphs) {
    const unmasked = unmaskHomoglyphs(text);
    if (unmasked.words > 0) how.push("homoglyphs");
    text = unmasked.text;
  }
  return { how, text };
}
