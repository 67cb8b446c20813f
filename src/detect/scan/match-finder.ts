import { type Alphabet, DIGIT, EDGE, OTHER } from "../pattern/alphabet.ts";
import { type Automaton, DEAD } from "../pattern/automaton.ts";
import { widthAt } from "../pattern/unicode.ts";
import { HeadRun } from "./head-run.ts";
import { ASKED, ASKED_AND_HEADED, FREE, HEADED, type RuleSet, type ScanRule } from "./rules.ts";
import { namesUnseen } from "./unseen-rules.ts";
import { classAt, frontOf, type Window } from "./window.ts";
import { isOfWord, WordsInFront } from "./words-in-front.ts";

/** More than so many characters are never held: at this bound what may still become a match is treated as one. */
export const HOLD_LIMIT = 128;
/** Words of fewer letters are mostly read to their end. */
const SHORT_WORD = 8;

/** What {@link MatchFinder.look} comes to: nothing begins there. */
export const MISS = 0;
/** What follows decides. */
export const WAIT = 1;
/** Something was found. */
const FOUND = 2;
/** Something is still being read at the bound and counts as found. */
export const BOUND = 3;

const finders = new WeakMap<RuleSet, MatchFinder>();

/** The finder of a rule set: it keeps nothing from one place to the next, so all scanners share it. */
export function finderOf(set: RuleSet): MatchFinder {
  let finder = finders.get(set);
  if (finder === undefined) {
    finder = new MatchFinder(set);
    finders.set(set, finder);
  }
  return finder;
}

/** Finds what begins at one place: the longest match that is valid. */
class MatchFinder {
  /** Where it ends, and the position of its rule in the set. */
  end = 0;
  rule = 0;
  /** Whether a rule names a character that takes no place: then none is left out. */
  readonly seesAll: boolean;
  /** Whether one reads letters that are written in tags. */
  readonly keepsTags: boolean;
  /** Whether one looks for entities of HTML: then none is read as the character that it is. */
  readonly keepsEntities: boolean;
  /** Whether one looks for backslashes: then no escape is read as the character that it is. */
  readonly keepsEscapes: boolean;
  /** Per class whether a character of it goes on with what was cut at the bound. */
  members: Uint8Array = new Uint8Array(0);
  readonly #set: RuleSet;
  readonly #automaton: Automaton;
  readonly #alphabet: Alphabet;
  /** How many ends something matches at, where they are, and what matches, as the automaton numbers it. */
  #matches = 0;
  readonly #ends = new Int32Array(HOLD_LIMIT + 4);
  readonly #matched = new Int32Array(HOLD_LIMIT + 4);
  /** The place being looked at, by counting; the one at which each rule was last asked whether it can begin there. */
  #place = 0;
  readonly #asked: Float64Array;
  readonly #answers: Uint8Array;
  /** What stands in front of a place, and of which. */
  #shown = "";
  #frontOf = 0;
  /** What many rules need in front; whether it is there, and at which place that was asked. */
  readonly #needs: ScanRule["needs"];
  readonly #words: WordsInFront | null;
  #neededAt = 0;
  #isThere = false;
  /** Where it was last missing: it still is as long as no letter follows. */
  #missingIn: Window | null = null;
  #missingAt = 0;
  /** What some rules begin with. */
  readonly #head: HeadRun | null;
  /** By number of the automaton's: its rules that do not need that. */
  readonly #others: (readonly number[])[] = [];

  constructor(set: RuleSet) {
    this.#set = set;
    this.#automaton = set.automaton;
    this.#alphabet = set.automaton.alphabet;
    this.#asked = new Float64Array(set.rules.length);
    this.#answers = new Uint8Array(set.rules.length);
    this.#needs = set.rules.find(({ needs }) => needs !== undefined)?.needs;
    const unlessNeeded = set.rules.find((rule) => rule.unlessNeeded !== undefined)?.unlessNeeded;
    this.#words = unlessNeeded === undefined ? null : new WordsInFront(unlessNeeded);
    const head = set.rules.find((rule) => rule.head !== undefined)?.head;
    this.#head = head === undefined ? null : new HeadRun(head);
    this.seesAll = namesUnseen(set.rules);
    this.keepsTags = set.rules.some(({ passesUnseen }) => passesUnseen === true);
    this.keepsEntities = set.rules.some(({ namesEntities }) => namesEntities === true);
    this.keepsEscapes = set.rules.some(({ namesEscapes }) => namesEscapes === true);
  }

  /** Reads on from `start`, behind a character of `kind`, as far as anything may match. */
  look(window: Window, start: number, kind: number): number {
    const { text, last, spent, runs } = window;
    const { ofUnit, kinds } = this.#alphabet;
    const automaton = this.#automaton;
    this.#matches = 0;
    this.#place++;
    const isFigure = kinds[classAt(this.#alphabet, text, start)] === DIGIT;
    let state = automaton.start(kind, isFigure && this.#isStillMissing(window, start));
    let at = start;
    for (;;) {
      // to where it is asked next whether that is worth it, in one go as far as nothing is to be done
      const to = Math.min(text.length, at + ((3 - at + start) & 7) + 1);
      if (spent === null && to > at && to - start <= HOLD_LIMIT) {
        const was = at;
        automaton.reached = state;
        at = automaton.run(text, at, to);
        state = automaton.reached;
        if (state === DEAD) break;
        if (at > was && ((at - start) & 7) === 4 && !this.#isWorthIt(state, window, { start, at })) break;
        if (at === to) continue;
      }
      if ((spent === null ? at - start : spent[at]! - spent[start]!) >= HOLD_LIMIT) {
        const cut = this.#cut(state, window, { start, at });
        if (cut === BOUND) return BOUND;
        if (cut === MISS) break;
      }
      if (at >= text.length) {
        if (!last && !automaton.isSettled(state)) {
          if (this.#mayGoOn(state, window, start)) return WAIT;
          break;
        }
        this.#note(at, automaton.acceptedId(state, EDGE));
        break;
      }
      const unit = text.charCodeAt(at);
      const isHigh = unit >= 0xd800 && unit < 0xdc00;
      if (isHigh && at + 1 === text.length && !last) return WAIT;
      const read = isHigh ? classAt(this.#alphabet, text, at) : ofUnit[unit]!;
      if (at > start) {
        // what takes no place may stand for a blank: it is a boundary, and none
        this.#note(at, automaton.acceptedId(state, runs !== null && runs[at]! > 0 ? OTHER : kinds[read]!));
      }
      state = automaton.step(state, read);
      if (state === DEAD) break;
      at += isHigh ? widthAt(text, at) : 1;
      // what stands in front mostly rules out what is read longest: rows of figures behind no label
      if (((at - start) & 7) === 4 && !this.#isWorthIt(state, window, { start, at })) break;
    }
    return this.#matches > 0 && this.#choose(window, start) ? FOUND : MISS;
  }

  /** Keeps nothing of what was looked at. */
  forget(): void {
    this.#missingIn = null;
    this.#words?.forget();
    this.#head?.forget();
    this.#shown = "";
  }

  #note(at: number, matched: number): void {
    if (matched === 0) return;
    this.#ends[this.#matches] = at;
    this.#matched[this.#matches++] = matched;
  }

  /** Whether to read on: of short words it costs less than to ask what stands in front. */
  #isWorthIt(state: number, window: Window, { start, at }: { start: number; at: number }): boolean {
    const marks = this.#automaton.marksIn(state);
    if ((marks & FREE) !== 0) return true;
    const isRefused = (marks & HEADED) !== 0;
    if (isRefused && this.#head!.mayEnd(window.plain, start)) return true;
    return (isRefused && (marks & ASKED) !== 0 && at - start < SHORT_WORD) || this.#isAsked(state, window, start);
  }

  /** Whether it is worth waiting: not where none of the rules in question can begin behind what stands in front. */
  #mayGoOn(state: number, window: Window, start: number): boolean {
    const marks = this.#automaton.marksIn(state);
    if ((marks & FREE) !== 0 || ((marks & HEADED) !== 0 && this.#head!.mayEnd(window.plain, start))) return true;
    return this.#isAsked(state, window, start);
  }

  /** Whether one of the rules in question that are asked says that it can begin there. */
  #isAsked(state: number, window: Window, start: number): boolean {
    if ((this.#automaton.marksIn(state) & (ASKED | ASKED_AND_HEADED)) === 0) return false;
    const rules = this.#automaton.rulesIn(state);
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      const { canBegin, head } = this.#set.rules[rule]!;
      if (canBegin !== undefined && (head === undefined || this.#head!.mayEnd(window.plain, start))) {
        if (this.#mayBegin(rule, window, start)) return true;
      }
    }
    return false;
  }

  /** What stands in front of the place: one and the same string, so that validators can remember what they read in it. */
  #front(window: Window, start: number): string {
    if (this.#frontOf !== this.#place) {
      this.#frontOf = this.#place;
      this.#shown = frontOf(window, start);
    }
    return this.#shown;
  }

  /**
   * What is still being read at the bound is taken for a match (`BOUND`), if it could be one behind what stands in front
   * (else `MISS`); `WAIT` where nothing is read any more.
   */
  #cut(state: number, window: Window, { start, at }: { start: number; at: number }): number {
    const { rules, members } = this.#automaton.alive(state);
    if (rules.length === 0) return WAIT;
    const front = this.#front(window, start);
    const head = window.plain.slice(start, at);
    const rule = rules.find((index) => {
      const { harmless, canBecome } = this.#set.rules[index]!;
      return harmless !== true && this.#mayBegin(index, window, start) && canBecome?.(head, front) !== false;
    });
    if (rule === undefined) return MISS;
    this.end = at;
    this.rule = rule;
    this.members = members;
    return BOUND;
  }

  /** The longest match that is valid. */
  #choose(window: Window, start: number): boolean {
    const isNext = start - window.hitEnd <= 1;
    let impossible = 0; // what ends at many places, as rows of figures do, and cannot begin here
    for (let index = this.#matches - 1; index >= 0; index--) {
      const end = this.#ends[index]!;
      const id = this.#matched[index]!;
      if (id === impossible) continue;
      impossible = id;
      let matched: string | null = null;
      for (const rule of this.#inQuestion(id, window, start)) {
        const { valid, ends } = this.#set.rules[rule]!;
        if (valid !== undefined) {
          if (!this.#mayBegin(rule, window, start)) continue;
          impossible = 0;
          matched ??= window.plain.slice(start, end);
          if (!valid(matched, this.#front(window, start), isNext)) continue;
        }
        this.end = ends === undefined ? end : start + ends(window.plain.slice(start, end));
        this.rule = rule;
        return true;
      }
    }
    return false;
  }

  /** The rules of a number of the automaton's that may begin at the place: without what most of them need, the others. */
  #inQuestion(matched: number, window: Window, start: number): readonly number[] {
    const rules = this.#automaton.acceptedBy(matched);
    if (this.#needs === undefined) return rules;
    this.#others[matched] ??= rules.filter((rule) => this.#set.rules[rule]!.needs !== this.#needs);
    const others = this.#others[matched];
    // to ask costs more than all else: only where it decides anything
    return others.length === rules.length || this.#hasNeeds(window, start) ? rules : others;
  }

  /** What a rule says about the place being looked at, asked once. */
  #mayBegin(rule: number, window: Window, start: number): boolean {
    const { needs, canBegin } = this.#set.rules[rule]!;
    if (canBegin === undefined) return true;
    if (this.#asked[rule] === this.#place) return this.#answers[rule] === 1;
    if (needs !== undefined && needs === this.#needs && !this.#hasNeeds(window, start)) return false;
    this.#asked[rule] = this.#place;
    this.#answers[rule] = canBegin(this.#front(window, start), start - window.hitEnd <= 1) ? 1 : 0;
    return this.#answers[rule] === 1;
  }

  /** Whether what most rules need stands in front of the place, asked once. */
  #hasNeeds(window: Window, start: number): boolean {
    if (this.#neededAt !== this.#place) {
      this.#neededAt = this.#place;
      this.#isThere = this.#mayBeThere(window, start) && this.#needs!(this.#front(window, start));
      this.#missingIn = this.#isThere ? null : window;
      this.#missingAt = start;
    }
    return this.#isThere;
  }

  /** Whether it is worth a look: not where it is still missing, nor where no word in front is part of it. */
  #mayBeThere(window: Window, start: number): boolean {
    if (this.#isStillMissing(window, start)) return false;
    if (this.#words === null) return true;
    window.columns.readTo(window.plain, start);
    return window.columns.isInTable || this.#words.mayHold(window, start);
  }

  /** Whether nothing but figures and signs stands between the place at which it was missing and this one. */
  #isStillMissing(window: Window, start: number): boolean {
    if (this.#missingIn !== window) return false;
    for (let at = this.#missingAt; at < start; at++) {
      if (!isOfWord(window.plain.charCodeAt(at))) continue;
      this.#missingIn = null;
      return false;
    }
    this.#missingAt = start;
    window.columns.readTo(window.plain, start);
    // the next column has another name
    return !window.columns.isInTable;
  }
}
