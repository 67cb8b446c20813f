import { inOneGo } from "../../lib/in-one-go.ts";
import { EDGE } from "./alphabet.ts";
import { Automaton, DEAD } from "./automaton.ts";
import { partsInSteps } from "./automaton-parts.ts";
import { ANY } from "./char-set.ts";
import { parsePattern } from "./parser.ts";
import { chars, matchesEmpty, type PatternTree, repeat, reversed, sequence } from "./tree.ts";

/** Half-open range of UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A user's regular expression, run in time linear in the text whatever the pattern and the text are. */
export interface UserPattern {
  readonly source: string;
  readonly tree: PatternTree;
  /** True where the empty text matches, so that it "matches" everywhere. */
  readonly matchesEmpty: boolean;
  /** Whether any part of the text matches. */
  test(text: string): boolean;
  /** The matches from left to right, each the longest that begins there, without overlap; empty ones left out. */
  find(text: string): readonly TextSpan[];
}

/** A pattern ready to run, or in words why it cannot be taken ("look-around …"). */
export type CompiledPattern =
  | { readonly ok: true; readonly pattern: UserPattern }
  | { readonly ok: false; readonly problem: string };

/** How far beyond a match that was found a longer one is looked for. */
const OVERSHOOT = 1_000;

const compiled = new Map<string, CompiledPattern>();
const MAX_CACHED = 1_000;

/**
 * Compiles a user's pattern: ECMAScript syntax with the `u` flag's properties, `(?i) (?m) (?s)` and `^ $ \b \B`, where
 * `\b` knows the words of every script; no look-around, no back-references. Compiled once per source.
 */
export function compileUserPattern(source: string, options: { readonly ignoreCase?: boolean } = {}): CompiledPattern {
  const key = `${options.ignoreCase === true ? "i" : "c"}${source}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const parsed = parsePattern(source, options);
  const result: CompiledPattern =
    "problem" in parsed
      ? { ok: false, problem: parsed.problem }
      : { ok: true, pattern: new LinearPattern(source, parsed.tree) };
  if (compiled.size >= MAX_CACHED) compiled.clear();
  compiled.set(key, result);
  return result;
}

const anywhere = (tree: PatternTree): PatternTree => sequence(repeat(chars(ANY), 0, null), tree);

const automatonOf = (tree: PatternTree): Automaton => new Automaton(inOneGo(partsInSteps([{ trees: [tree] }])));

class LinearPattern implements UserPattern {
  readonly source: string;
  readonly tree: PatternTree;
  readonly matchesEmpty: boolean;
  #within: Automaton | null = null;
  #backwards: Automaton | null = null;
  #here: Automaton | null = null;

  constructor(source: string, tree: PatternTree) {
    this.source = source;
    this.tree = tree;
    this.matchesEmpty = matchesEmpty(tree);
  }

  test(text: string): boolean {
    this.#within ??= automatonOf(anywhere(this.tree));
    const automaton = this.#within;
    const { kinds } = automaton.alphabet;
    let state = automaton.start(EDGE);
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at)!;
      const read = classOf(automaton, code);
      if (automaton.acceptedId(state, kinds[read]!) !== 0) return true;
      state = automaton.step(state, read);
      if (state === DEAD) return false;
      at += code > 0xffff ? 2 : 1;
    }
    return automaton.acceptedId(state, EDGE) !== 0;
  }

  find(text: string): readonly TextSpan[] {
    if (!this.test(text)) return [];
    const begins = this.#beginnings(text);
    const found: TextSpan[] = [];
    for (let start = begins.indexOf(1); start >= 0; ) {
      const end = this.#longestAt(text, start);
      if (end > start) found.push({ start, end });
      start = begins.indexOf(1, Math.max(end, start + 1));
    }
    return found;
  }

  /** 1 for each position at which a match begins: one pass over the text from its end, with the pattern turned round. */
  #beginnings(text: string): Uint8Array {
    this.#backwards ??= automatonOf(anywhere(reversed(this.tree)));
    const automaton = this.#backwards;
    const { kinds } = automaton.alphabet;
    const begins = new Uint8Array(text.length + 1);
    let state = automaton.start(EDGE);
    for (let at = text.length; at > 0; ) {
      const code = codeBefore(text, at);
      const read = classOf(automaton, code);
      if (automaton.acceptedId(state, kinds[read]!) !== 0) begins[at] = 1;
      state = automaton.step(state, read);
      at -= code > 0xffff ? 2 : 1;
    }
    if (automaton.acceptedId(state, EDGE) !== 0) begins[0] = 1;
    return begins;
  }

  #longestAt(text: string, start: number): number {
    this.#here ??= automatonOf(this.tree);
    const automaton = this.#here;
    const { kinds } = automaton.alphabet;
    let state = automaton.start(start === 0 ? EDGE : kinds[classOf(automaton, codeBefore(text, start))]!);
    let end = -1;
    for (let at = start; at < text.length && (end < 0 || at - end < OVERSHOOT); ) {
      const code = text.codePointAt(at)!;
      const read = classOf(automaton, code);
      if (automaton.acceptedId(state, kinds[read]!) !== 0) end = at;
      state = automaton.step(state, read);
      if (state === DEAD) return end;
      at += code > 0xffff ? 2 : 1;
      if (at === text.length && automaton.acceptedId(state, EDGE) !== 0) end = at;
    }
    return end;
  }
}

function classOf({ alphabet }: Automaton, code: number): number {
  return code < 0x10000 ? alphabet.ofUnit[code]! : alphabet.ofAstral(code);
}

/** The code point that ends at `at`. */
function codeBefore(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  if (unit < 0xdc00 || unit > 0xdfff || at < 2) return unit;
  const code = text.codePointAt(at - 2)!;
  return code > 0xffff ? code : unit;
}
