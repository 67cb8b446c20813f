import { type Alphabet, EDGE } from "./alphabet.ts";
import { type Automaton, DEAD } from "./automaton.ts";
import type { RuleSet } from "./scan-rules.ts";
import { widthAt } from "./unicode.ts";
import { plainForm } from "./written-forms.ts";

/** More than so many characters are never held: at this bound what may still become a match is treated as one. */
export const HOLD_LIMIT = 128;
/** How many characters in front of a match its validator is shown. */
export const LOOK_BACK = 60;

/** Something found in the text that {@link Scanner.push} or {@link Scanner.flush} decided. */
export interface Hit {
  /** Half-open range of UTF-16 units in {@link Decided.text}. */
  readonly start: number;
  readonly end: number;
  /** Position of its rule in the rule set. */
  readonly rule: number;
  /** True for what goes on with the hit before it: a match cut at the bound runs on to the first character that cannot belong to it. */
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
}

const NOTHING: Decided = { text: "", hits: [] };
const NO_HITS: readonly Hit[] = [];

const MISS = 0;
const WAIT = 1;
const FOUND = 2;
const BOUND = 3;

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
  /** What is scanned, and the last characters that were let go, as validators are shown them. */
  #plain = "";
  #behind: string;
  /** Kind of the last character that was let go. */
  #kind = EDGE;
  #swallowing: Swallowing | null = null;
  #hitEnd = Number.NEGATIVE_INFINITY; // from the beginning of what is held
  /** What {@link #look} found: where it ends, and its rule. */
  #end = 0;
  #rule = 0;
  readonly #ends: number[] = [];
  readonly #matched: (readonly number[])[] = [];

  /** `before` is shown to validators as what stands in front of the text; it is no part of it. */
  constructor(set: RuleSet, before = "") {
    this.#set = set;
    this.#automaton = set.automaton;
    this.#alphabet = set.automaton.alphabet;
    this.#behind = plainForm(before.slice(-LOOK_BACK));
  }

  /** How many characters are held. */
  get heldUnits(): number {
    return this.#held.length;
  }

  /** Takes the next piece of the text and gives what is decided by now. */
  push(piece: string): Decided {
    return piece === "" ? NOTHING : this.#scan(this.#held + piece, false);
  }

  /** Gives what was held: the text ends here. What is pushed after it begins a new text behind it. */
  flush(): Decided {
    const decided = this.#held === "" ? NOTHING : this.#scan(this.#held, true);
    this.#kind = EDGE;
    this.#swallowing = null;
    this.#hitEnd = Number.NEGATIVE_INFINITY;
    return decided;
  }

  #scan(text: string, last: boolean): Decided {
    const { ofUnit, kinds } = this.#alphabet;
    const automaton = this.#automaton;
    this.#plain = plainForm(text);
    let hits: Hit[] | null = null;
    let kind = this.#kind;
    let at = 0;
    while (at < text.length) {
      if (this.#swallowing !== null) {
        const end = this.#swallow(text, at, last);
        if (end > at) {
          if (this.#set.rules[this.#rule]!.harmless !== true) {
            hits ??= [];
            hits.push({ start: at, end, rule: this.#rule, continued: true });
            this.#hitEnd = end;
          }
          kind = kinds[this.#classBefore(text, end)]!;
          at = end;
        }
        if (this.#swallowing !== null) break;
        continue;
      }
      const unit = text.charCodeAt(at);
      const isHigh = unit >= 0xd800 && unit < 0xdc00;
      if (isHigh && at + 1 === text.length && !last) break;
      const read = isHigh ? this.#classAt(text, at) : ofUnit[unit]!;
      const first = automaton.start(kind);
      // most characters begin nothing
      const verdict = automaton.step(first, read) === DEAD ? MISS : this.#look(text, at, { kind, last });
      if (verdict === WAIT) break;
      if (verdict === MISS) {
        at += isHigh ? widthAt(text, at) : 1;
        kind = kinds[read]!;
        continue;
      }
      const found = this.#hit(at, verdict);
      if (found !== null) {
        hits ??= [];
        hits.push(found);
        this.#hitEnd = this.#end;
      }
      at = this.#end;
      kind = kinds[this.#classBefore(text, at)]!;
    }
    return this.#letGo(text, at, { kind, hits });
  }

  /** The hit that was found at `at`, if its rule makes it one; what may follow it is swallowed. */
  #hit(at: number, verdict: number): Hit | null {
    const rule = this.#set.rules[this.#rule]!;
    if (verdict === FOUND && rule.swallow !== undefined) {
      const { while: one, until } = rule.swallow;
      const belongs = (of: string, place: number) => one.test(of.slice(place, place + widthAt(of, place)));
      this.#swallowing = { rule: this.#rule, belongs, until, tail: "" };
    }
    if (rule.harmless === true) return null;
    const label = rule.begins?.(this.#plain.slice(at, this.#end)) ?? 0;
    return { start: at + label, end: this.#end, rule: this.#rule, continued: false };
  }

  /** How far a match that runs on goes; it is over where the text does not end there. */
  #swallow(text: string, from: number, last: boolean): number {
    const swallowing = this.#swallowing!;
    const { until } = swallowing;
    this.#rule = swallowing.rule;
    let at = from;
    while (at < text.length) {
      const isHalf = at + 1 === text.length && (text.charCodeAt(at) & 0xfc00) === 0xd800;
      if (isHalf && !last) break;
      if (!swallowing.belongs(text, at)) {
        this.#swallowing = null;
        break;
      }
      const width = widthAt(text, at);
      if (until !== "") swallowing.tail = (swallowing.tail + text.slice(at, at + width)).slice(-until.length);
      at += width;
      if (until !== "" && swallowing.tail === until) {
        this.#swallowing = null;
        break;
      }
    }
    return at;
  }

  #letGo(text: string, at: number, { kind, hits }: { kind: number; hits: readonly Hit[] | null }): Decided {
    if (at === 0) {
      this.#held = text;
      return NOTHING;
    }
    this.#kind = kind;
    this.#hitEnd -= at;
    const decided = at === text.length ? text : text.slice(0, at);
    this.#held = at === text.length ? "" : text.slice(at);
    this.#behind = this.#before(at);
    return { text: decided, hits: hits ?? NO_HITS };
  }

  /** Reads on from `start` as far as anything may match. */
  #look(text: string, start: number, { kind, last }: { kind: number; last: boolean }): number {
    const { ofUnit, kinds } = this.#alphabet;
    const automaton = this.#automaton;
    const ends = this.#ends;
    ends.length = 0;
    this.#matched.length = 0;
    let state = automaton.start(kind);
    let at = start;
    for (;;) {
      if (at - start >= HOLD_LIMIT) {
        const cut = this.#cut(state, at, () => this.#before(start));
        if (cut === BOUND) return BOUND;
        if (cut === MISS) break;
      }
      if (at >= text.length) {
        if (!last && !automaton.isSettled(state)) {
          if (this.#mayGoOn(state, start)) return WAIT;
          break;
        }
        this.#note(at, automaton.accepted(state, EDGE));
        break;
      }
      const unit = text.charCodeAt(at);
      const isHigh = unit >= 0xd800 && unit < 0xdc00;
      if (isHigh && at + 1 === text.length && !last) return WAIT;
      const read = isHigh ? this.#classAt(text, at) : ofUnit[unit]!;
      if (at > start) this.#note(at, automaton.accepted(state, kinds[read]!));
      state = automaton.step(state, read);
      if (state === DEAD) break;
      at += isHigh ? widthAt(text, at) : 1;
    }
    return ends.length > 0 && this.#choose(start) ? FOUND : MISS;
  }

  /** Whether it is worth waiting: not where none of the rules in question can begin behind what stands in front. */
  #mayGoOn(state: number, start: number): boolean {
    const before = this.#before(start);
    return this.#automaton.rulesIn(state).some((rule) => this.#set.rules[rule]!.canBegin?.(before) !== false);
  }

  #note(at: number, rules: readonly number[]): void {
    if (rules.length === 0) return;
    this.#ends.push(at);
    this.#matched.push(rules);
  }

  /**
   * What is still being read at the bound is taken for a match (`BOUND`), if it could be one behind what stands in front
   * (else `MISS`); `WAIT` where nothing is read any more.
   */
  #cut(state: number, at: number, before: () => string): number {
    const { rules, members } = this.#automaton.alive(state);
    if (rules.length === 0) return WAIT;
    const rule = rules.find((index) => {
      const { harmless, canBegin } = this.#set.rules[index]!;
      return harmless !== true && canBegin?.(before()) !== false;
    });
    if (rule === undefined) return MISS;
    this.#end = at;
    this.#rule = rule;
    const belongs = (text: string, place: number) => members[this.#classAt(text, place)] === 1;
    this.#swallowing = { rule, belongs, until: "", tail: "" };
    return BOUND;
  }

  /** The longest match that is valid. */
  #choose(start: number): boolean {
    const ends = this.#ends;
    // one and the same string for all of them, so that validators can remember what they read in it
    let before: string | null = null;
    for (let index = ends.length - 1; index >= 0; index--) {
      const end = ends[index]!;
      for (const rule of this.#matched[index]!) {
        const { valid, canBegin } = this.#set.rules[rule]!;
        if (valid !== undefined) {
          before ??= this.#before(start);
          if (canBegin?.(before) === false) continue;
          if (!valid(this.#plain.slice(start, end), before, start - this.#hitEnd <= 1)) continue;
        }
        this.#end = end;
        this.#rule = rule;
        return true;
      }
    }
    return false;
  }

  #before(start: number): string {
    if (start >= LOOK_BACK) return this.#plain.slice(start - LOOK_BACK, start);
    return (this.#behind + this.#plain.slice(0, start)).slice(-LOOK_BACK);
  }

  #classAt(text: string, at: number): number {
    const code = text.codePointAt(at)!;
    return code > 0xffff ? this.#alphabet.ofAstral(code) : this.#alphabet.ofUnit[code]!;
  }

  #classBefore(text: string, at: number): number {
    const unit = text.charCodeAt(at - 1);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff && at > 1;
    return isLow && text.codePointAt(at - 2)! > 0xffff ? this.#classAt(text, at - 2) : this.#alphabet.ofUnit[unit]!;
  }
}
