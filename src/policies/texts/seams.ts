import type { Replacer } from "../../detect/filter/replacing.ts";
import type { RuleSet, ScanRule } from "../../detect/scan/rules.ts";
import { Scanner } from "../../detect/scan/scanner.ts";
import { firstPlace } from "../../lib/first-place.ts";
import type { TextKind, TextPlace } from "../../lib/places/text-place.ts";
import { PIECE_UNITS } from "../../lib/slices.ts";

/** How far from a seam is looked for what crosses it: many times the longest match. */
const REACH = 4_096;
/** Members of a message that hold parts. */
const LISTS: ReadonlySet<unknown> = new Set(["content", "thinking"]);
/** What their texts are. */
const KINDS: ReadonlySet<TextKind> = new Set(["content", "reasoning", "tool_result"]);
/** How a model may be shown two parts: one behind the other, or with something blank in between. */
const JOINTS = ["", " "] as const;

/** What stands in place of `[start, end)` of one text. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text of a row: `[from, to)` of a place is read. */
interface Part {
  readonly place: TextPlace;
  readonly from: number;
  readonly to: number;
}

/** Something found, as a range of a row's texts one behind the other. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly rule: ScanRule;
  readonly crosses: boolean;
}

/**
 * What is found across the text parts of one content array, where no part by itself holds it: models read the parts
 * as one text. What replaces it stands in the first part, and the others lose theirs. Yields between pieces.
 */
export function* seamCuts(
  places: readonly TextPlace[],
  set: RuleSet,
  replacer: Replacer,
): Generator<undefined, ReadonlyMap<TextPlace, readonly Cut[]>> {
  const cuts = new Map<TextPlace, Cut[]>();
  for (const parts of rowsOf(places)) {
    yield undefined;
    if (parts === undefined) continue;
    const row = new Row(parts);
    for (const { start, end, rule } of yield* crossing(row, set)) {
      const pieces = row.pieces(start, end);
      const value = pieces.map((piece) => piece.place.text.slice(piece.from, piece.to)).join("");
      const text = replacer.replace(rule, value);
      // who only counts keeps the text
      if (text === value) continue;
      for (const [index, { place, from, to }] of pieces.entries()) {
        const own = cuts.get(place) ?? [];
        own.push({ start: from, end: to, text: index === 0 ? text : "" });
        cuts.set(place, own);
      }
      yield undefined;
    }
  }
  return cuts;
}

/** So many places, or matches, are looked at between two chances to let others run. */
const A_STEP = 1_024;

/** Rows of parts of one kind; undefined: a chance to let others run. */
function* rowsOf(places: readonly TextPlace[]): Iterable<readonly Part[] | undefined> {
  // of short requests nearly all have one text, and one text has no seams
  if (places.length < 2) return;
  // between two parts of one kind may stand an address, say
  for (const [kind, ofKind] of Map.groupBy(places, ({ kind }) => kind)) if (KINDS.has(kind)) yield* rows(ofKind);
}

/** Rows of parts; a long part ends one row and begins the next. */
function* rows(places: readonly TextPlace[]): Iterable<readonly Part[] | undefined> {
  let row: Part[] = [];
  for (const [at, place] of places.entries()) {
    if (at % A_STEP === A_STEP - 1) yield undefined;
    const { length } = place.text;
    const before = row.at(-1);
    const isNext = before !== undefined && follows(before.place, place);
    if (isNext && length <= 2 * REACH) {
      row.push({ place, from: 0, to: length });
      continue;
    }
    if (isNext) row.push({ place, from: 0, to: REACH });
    if (row.length > 1) yield row;
    row = [{ place, from: Math.max(0, length - REACH), to: length }];
  }
  if (row.length > 1) yield row;
}

/** Whether two texts are in one array of parts. What stands between them, an image or an empty text, hides nothing. */
function follows(a: TextPlace, b: TextPlace): boolean {
  // a path is worked out when it is asked for, so everything else comes first
  if (a.role !== b.role) return false;
  const [one, two] = [a.path, b.path];
  const at = two.length - 2;
  if (one.length !== two.length || two.at(-1) !== "text" || !LISTS.has(two[at - 1])) return false;
  return typeof two[at] === "number" && one.every((step, index) => index === at || step === two[index]);
}

/** Parts, one behind the other. */
class Row {
  readonly parts: readonly Part[];
  readonly texts: readonly string[];
  /** Where each begins. */
  readonly #starts: readonly number[];

  constructor(parts: readonly Part[]) {
    this.parts = parts;
    this.texts = parts.map(({ place, from, to }) => place.text.slice(from, to));
    let at = 0;
    this.#starts = this.texts.map((text) => {
      at += text.length;
      return at - text.length;
    });
  }

  /** A match in the texts joined by so many characters each, as one in the texts without. */
  matchOf({ start, end, rule }: Omit<Match, "crosses">, joint: number): Match {
    const [first, last] = [this.#partAt(start, joint), this.#partAt(end - 1, joint)];
    const place = (at: number, part: number): number =>
      this.#starts[part]! + Math.min(at - this.#starts[part]! - part * joint, this.texts[part]!.length);
    return { start: place(start, first), end: place(end, last), rule, crosses: first < last };
  }

  /** Where a part begins. */
  startOf(part: number): number {
    return this.#starts[part]!;
  }

  /** The text of a range. */
  text(start: number, end: number): string {
    return this.pieces(start, end)
      .map(({ place, from, to }) => place.text.slice(from, to))
      .join("");
  }

  /** What of each place lies in a range. */
  pieces(start: number, end: number): readonly Part[] {
    const pieces: Part[] = [];
    for (let part = this.#partAt(start, 0); part < this.parts.length && this.#starts[part]! < end; part++) {
      const { place, from, to } = this.parts[part]!;
      const shift = from - this.#starts[part]!;
      const piece = { place, from: Math.max(from, start + shift), to: Math.min(to, end + shift) };
      if (piece.from < piece.to) pieces.push(piece);
    }
    return pieces;
  }

  /** The last part that begins at a place of the joined texts or before. */
  #partAt(at: number, joint: number): number {
    const next = firstPlace(this.#starts.length, (part) => this.#starts[part]! + part * joint > at);
    return Math.max(0, next - 1);
  }
}

/** The matches that cross a seam, from left to right and apart from one another. */
function* crossing(row: Row, set: RuleSet): Generator<undefined, readonly Match[]> {
  const crossed: Match[] = [];
  for (const joint of JOINTS) {
    for (const [at, found] of (yield* matches(row.texts.join(joint), set)).entries()) {
      if (at % A_STEP === A_STEP - 1) yield undefined;
      const match = row.matchOf(found, joint.length);
      if (match.crosses) crossed.push(match);
    }
  }
  if (crossed.length === 0) return crossed;
  const own: Match[] = [];
  for (const [part, text] of row.texts.entries()) {
    const at = row.startOf(part);
    for (const { start, end, rule } of yield* matches(text, set))
      own.push({ start: at + start, end: at + end, rule, crosses: false });
  }
  const wholes = new Map(own.map((match) => [match.start, match]));
  const longer = crossed.filter((match) => !beginsWith(row, match, wholes.get(match.start)));
  const together = [...longer, ...own].sort((a, b) => a.start - b.start || b.end - a.end);
  yield undefined;
  return apart(together).filter(({ crosses }) => crosses);
}

/** What a finding that lies in one part must contain to be complete, so that nothing of the next part belongs to it. */
const WHOLE: Readonly<Record<string, RegExp>> = {
  EMAIL: /@/,
  PHONE: /\d/,
  URL_CREDENTIALS: /@/,
  // a first name alone goes on with the next part
  PERSON: /\S\s+\S/,
  // and so does a street without its town
  ADDRESS: /\d{4,5}\s+\p{L}{3}/u,
};

/** What goes on with any letters, so that a word behind it would be more of it. */
const OF_LETTERS: ReadonlySet<string> = new Set(["API_KEY", "PASSWORD", "CRYPTO_WALLET"]);
/** A word of a sentence: of a key's letters chosen by lot hardly any four are. */
const WORD = /^[^\p{L}\d]?\p{L}\p{Ll}*$/u;

/**
 * Whether one part holds all of a thing that crosses a seam: `anna@firma.de` and `Please`. What stands in the next part
 * is its own then, and not to be lost.
 */
function beginsWith(row: Row, match: Match, whole: Match | undefined): boolean {
  if (whole === undefined || whole.rule.entity !== match.rule.entity) return false;
  const { entity } = match.rule;
  if (OF_LETTERS.has(entity)) return WORD.test(row.text(whole.end, match.end));
  return WHOLE[entity]?.test(row.text(whole.start, whole.end)) === true;
}

function* matches(text: string, set: RuleSet): Generator<undefined, readonly Omit<Match, "crosses">[]> {
  const scanner = new Scanner(set);
  const found: { start: number; end: number; rule: ScanRule }[] = [];
  let decided = 0;
  const note = (step: ReturnType<Scanner["push"]>): void => {
    for (const { start, end, rule, continued } of step.hits) {
      const before = found.at(-1);
      if (continued && before !== undefined) before.end = decided + end;
      else found.push({ start: decided + start, end: decided + end, rule: set.rules[rule]! });
    }
    decided += step.text.length;
  };
  for (let at = 0; at < text.length; at += PIECE_UNITS) {
    note(scanner.push(text.slice(at, at + PIECE_UNITS)));
    yield undefined;
  }
  note(scanner.flush());
  return found;
}

/** The same, in their order, without overlap: each takes in what overlaps it, since nothing found may be left in halves. */
function apart(all: readonly Match[]): readonly Match[] {
  const result: Match[] = [];
  for (const match of all) {
    const before = result.at(-1);
    if (before === undefined || match.start >= before.end) result.push(match);
    else
      result[result.length - 1] = {
        ...before,
        end: Math.max(before.end, match.end),
        crosses: before.crosses || match.crosses,
      };
  }
  return result;
}
