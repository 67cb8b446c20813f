import { type Alphabet, EDGE, OTHER } from "../pattern/alphabet.ts";
import { type Automaton, DEAD } from "../pattern/automaton.ts";
import { widthAt } from "../pattern/unicode.ts";
import { TableColumns } from "../tables/columns.ts";
import { isBehindEscape, mayHoldEscape } from "./escape-in-front.ts";
import { BOUND, finderOf, MISS, WAIT } from "./match-finder.ts";
import type { RuleSet } from "./rules.ts";
import { asWritten, openEntity, openEscape, type ShownText, shownText } from "./shown-text.ts";
import { before, classAt, LOOK_BACK, type Window } from "./window.ts";

/** Something found in the text that {@link Scanner.push} or {@link Scanner.flush} decided. */
export interface Hit {
  /** Half-open range of UTF-16 units in {@link Decided.text}. */
  readonly start: number;
  readonly end: number;
  /** Position of its rule in the rule set. */
  readonly rule: number;
  /**
   * True for what goes on with the hit before it: a match cut at the bound runs on to the first character that cannot
   * belong to it.
   */
  readonly continued: boolean;
}

/** Text about which nothing that follows can change anything any more. */
export interface Decided {
  readonly text: string;
  /** From left to right, without overlap. */
  readonly hits: readonly Hit[];
}

/** A match that runs on: its rule, what still belongs to it, and the text it ends with at the latest (or none). */
interface Swallowing {
  readonly rule: number;
  belongs(text: string, at: number): boolean;
  readonly until: string;
  /** The last characters that were swallowed, as many as `until` has. */
  tail: string;
  isOver: boolean;
}

const NOTHING: Decided = { text: "", hits: [] };
const NO_HITS: readonly Hit[] = [];

/**
 * Looks for all rules of a set in a text that comes in pieces. At each position the longest text counts that a rule
 * matches, whose sides allow it and that its validator accepts (of equally long ones the rule that comes first); where
 * there is none, one character is let go. The pieces do not matter: however a text is cut, the same hits come out, and
 * only what may still become a match is held, at most {@link HOLD_LIMIT} characters.
 *
 * A whole text is one `push` and one `flush`.
 */
export class Scanner {
  readonly #set: RuleSet;
  readonly #automaton: Automaton;
  readonly #alphabet: Alphabet;
  #held = "";
  /** The last characters that were let go, as validators are shown them. */
  #behind = "";
  /** Kind of the last character that was let go, and how many that take no place were let go behind it. */
  #kind = EDGE;
  #run = 0;
  #swallowing: Swallowing | null = null;
  #hitEnd = Number.NEGATIVE_INFINITY; // from the beginning of what is held
  readonly #finder: ReturnType<typeof finderOf>;
  readonly #columns = new TableColumns();

  /** `front` is shown to validators as what stands in front of the text; it is no part of it. */
  constructor(set: RuleSet, front = "") {
    this.#set = set;
    this.#automaton = set.automaton;
    this.#alphabet = set.automaton.alphabet;
    this.#finder = finderOf(set);
    this.begin(front);
  }

  /** Begins another text behind `front`; what came before was flushed. */
  begin(front: string): void {
    this.#behind = shownText(front.slice(-LOOK_BACK)).plain;
  }

  /** How many characters are held. */
  get heldUnits(): number {
    return this.#held.length;
  }

  /** Takes the next piece of the text and gives what is decided by now. */
  push(piece: string): Decided {
    if (piece === "") return NOTHING;
    const written = this.#held + piece;
    // half an entity is no character yet
    const { seesAll, keepsEntities, keepsEscapes } = this.#finder;
    const open = seesAll
      ? 0
      : Math.max(keepsEntities ? 0 : openEntity(written), keepsEscapes ? 0 : openEscape(written));
    if (open === 0) return this.#scan(written, false);
    this.#held = "";
    const decided = open === written.length ? NOTHING : this.#scan(written.slice(0, -open), false);
    this.#held += written.slice(-open);
    return decided;
  }

  /**
   * Takes the last piece and gives all that was not decided yet: the text ends here. What is pushed after it begins a new
   * text behind it.
   */
  flush(piece = ""): Decided {
    const rest = this.#held + piece;
    const decided = rest === "" ? NOTHING : this.#scan(rest, true);
    this.#kind = EDGE;
    this.#run = 0;
    this.#swallowing = null;
    this.#hitEnd = Number.NEGATIVE_INFINITY;
    this.#columns.reset();
    return decided;
  }

  #scan(written: string, last: boolean): Decided {
    const { ofUnit, kinds } = this.#alphabet;
    const automaton = this.#automaton;
    // whoever threw in the midst of another text has left something there
    this.#finder.forget();
    const { seesAll, keepsTags, keepsEntities, keepsEscapes } = this.#finder;
    const looking = { run: this.#run, keepsTags, keepsEntities, keepsEscapes };
    const shown = seesAll ? asWritten(written) : shownText(written, looking);
    const { text, plain, from, to, spent, runs } = shown;
    const behind = this.#behind;
    const columns = this.#columns;
    const hitEnd = this.#hitEnd;
    const window: Window = { text, plain, from, to, spent, runs, behind, columns, last, hitEnd };
    const hasEscapes = mayHoldEscape(window);
    let hits: Hit[] | null = null;
    let kind = this.#kind;
    let at = 0;
    while (at < text.length) {
      if (this.#swallowing !== null) {
        const end = this.#swallow(window, at);
        if (end > at) {
          const { rule } = this.#swallowing;
          if (this.#set.rules[rule]!.harmless !== true) {
            hits ??= [];
            hits.push({ start: endOf(shown, at), end: endOf(shown, end), rule, continued: true });
            window.hitEnd = end;
          }
          kind = kinds[this.#classBefore(text, end)]!;
          at = end;
        }
        if (!this.#swallowing.isOver) break;
        this.#swallowing = null;
        continue;
      }
      const unit = text.charCodeAt(at);
      const isHigh = unit >= 0xd800 && unit < 0xdc00;
      if (isHigh && at + 1 === text.length && !last) break;
      const read = isHigh ? classAt(this.#alphabet, text, at) : ofUnit[unit]!;
      if ((runs !== null && runs[at]! > 0) || (hasEscapes && isBehindEscape(window, at))) kind = OTHER;
      const first = automaton.start(kind);
      // most characters begin nothing
      const verdict = automaton.step(first, read) === DEAD ? MISS : this.#finder.look(window, at, kind);
      if (verdict === WAIT) break;
      if (verdict === MISS) {
        at += isHigh ? widthAt(text, at) : 1;
        kind = kinds[read]!;
        continue;
      }
      const found = this.#hit(window, at, verdict);
      at = this.#finder.end;
      if (found !== null) {
        hits ??= [];
        hits.push(found);
        window.hitEnd = at;
      }
      kind = kinds[this.#classBefore(text, at)]!;
    }
    return this.#letGo(written, window, { at, kind, hits });
  }

  /** The hit that was found at `at`, if its rule makes it one; what may follow it is swallowed. */
  #hit(window: Window, at: number, verdict: number): Hit | null {
    const { end, rule: index, members } = this.#finder;
    const rule = this.#set.rules[index]!;
    if (verdict === BOUND) {
      const belongs = (of: string, place: number) => members[classAt(this.#alphabet, of, place)] === 1;
      this.#swallowing = { rule: index, belongs, until: "", tail: "", isOver: false };
    } else if (rule.swallow !== undefined) {
      const { while: one, until } = rule.swallow;
      const belongs = (of: string, place: number) => one.test(of.slice(place, place + widthAt(of, place)));
      this.#swallowing = { rule: index, belongs, until, tail: "", isOver: false };
    }
    if (rule.harmless === true) return null;
    const label = rule.begins?.(window.plain.slice(at, end), before(window, at)) ?? 0;
    const start = window.from === null ? at + label : window.from[at + label]!;
    return { start, end: endOf(window, end), rule: index, continued: false };
  }

  /** How far a match that runs on goes; it is over where the text does not end there. */
  #swallow({ text, last }: Window, from: number): number {
    const swallowing = this.#swallowing!;
    const { until } = swallowing;
    let at = from;
    while (at < text.length) {
      const isHalf = at + 1 === text.length && (text.charCodeAt(at) & 0xfc00) === 0xd800;
      if (isHalf && !last) break;
      if (!swallowing.belongs(text, at)) {
        swallowing.isOver = true;
        break;
      }
      const width = widthAt(text, at);
      if (until !== "") swallowing.tail = (swallowing.tail + text.slice(at, at + width)).slice(-until.length);
      at += width;
      if (until !== "" && swallowing.tail === until) {
        swallowing.isOver = true;
        break;
      }
    }
    return at;
  }

  #letGo(written: string, window: Window, { at, kind, hits }: Progress): Decided {
    this.#finder.forget();
    const { plain, from, runs } = window;
    this.#columns.nextPiece(plain, at);
    // what takes no place belongs to a match that runs on if it goes on behind it, and half a character may be one
    const waits = this.#swallowing !== null && !window.last;
    let cut = from === null ? at : from[at]!;
    if (waits) cut = endOf(window, at);
    if (cut === 0) {
      this.#held = written;
      return NOTHING;
    }
    // what is held is counted anew; too many of a row to be left out have been let go, and count
    this.#run = runs !== null && cut === from?.[at] ? runs[at]! : 0;
    this.#kind = this.#run > 0 ? OTHER : kind;
    this.#hitEnd = window.hitEnd - at;
    const decided = cut === written.length ? written : written.slice(0, cut);
    this.#held = cut === written.length ? "" : written.slice(cut);
    this.#behind = before(window, at);
    return { text: decided, hits: hits ?? NO_HITS };
  }

  #classBefore(text: string, at: number): number {
    const unit = text.charCodeAt(at - 1);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff && at > 1;
    return isLow && text.codePointAt(at - 2)! > 0xffff
      ? classAt(this.#alphabet, text, at - 2)
      : this.#alphabet.ofUnit[unit]!;
  }
}

/** How far a scan has come: the place, the kind of the character in front of it, and what was found. */
interface Progress {
  readonly at: number;
  readonly kind: number;
  readonly hits: readonly Hit[] | null;
}

/** Where the character in front of a place ends in what was written. */
function endOf({ to }: ShownText, at: number): number {
  if (to === null) return at;
  return at === 0 ? 0 : to[at - 1]!;
}
