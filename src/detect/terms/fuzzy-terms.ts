import { unmaskHomoglyphs } from "../decode/homoglyphs.ts";
import { LEET_SIGNS } from "../decode/leet-signs.ts";
import { parsePattern } from "../pattern/parser.ts";
import type { PatternTree } from "../pattern/tree.ts";
import { HOLD_LIMIT } from "../scan/match-finder.ts";
import { foldedTerm } from "./fold-sets.ts";

/** Texts whose answer is remembered. */
const MAX_REMEMBERED = 4_096;
/** What words are made of, however they are disguised: letters, digits and what is written in their place. */
const EDGE_SIGN = "[\\p{L}\\p{M}\\p{N}_@$€]";
const INNER_SIGN = "[\\p{L}\\p{M}\\p{N}_@$€!|+*'’.\\-]";

interface Term {
  readonly letters: string;
  readonly limit: number;
  /** The text it was last held against, by counting. */
  tried: number;
}

/** Terms that also count where they are written with mistakes. */
export interface FuzzyTerms {
  /** Runs of words that may be a term. */
  readonly pattern: PatternTree;
  /** Whether a run is one: within the distance of some term. */
  valid(text: string): boolean;
}

/**
 * Terms found within `maxDistance` edits (insertions, deletions, replacements; Levenshtein), never more than leave most
 * letters of a term standing: for one of five letters two. Null where no term allows for any.
 */
export function fuzzyTerms(terms: readonly string[], maxDistance: number): FuzzyTerms | null {
  const all = [...new Set(terms.map(foldedTerm))].flatMap((letters): Term[] => {
    const limit = Math.min(maxDistance, Math.floor((letters.length - 1) / 2));
    return limit > 0 ? [{ letters, limit, tried: 0 }] : [];
  });
  if (all.length === 0) return null;
  // blanks may be missing: a term of several words may come as one
  const word = Math.max(...all.map(({ letters, limit }) => letters.length + limit));
  const words = Math.max(...all.map(({ letters }) => letters.split(" ").length));
  const perWord = Math.min(word, HOLD_LIMIT - 8);
  const most = Math.max(1, Math.min(words, Math.floor((HOLD_LIMIT - 8) / (perWord + 3))));
  const one = `${EDGE_SIGN}(?:${INNER_SIGN}{0,${Math.max(0, perWord - 2)}}${EDGE_SIGN})?`;
  const run = most === 1 ? one : `${one}(?:\\s{1,3}${one}){0,${most - 1}}`;
  const parsed = parsePattern(run);
  if ("problem" in parsed) throw new TypeError(`The runs of words cannot be looked for: ${parsed.problem}`);
  const index = new PieceIndex(all);
  return { pattern: parsed.tree, valid: (text) => index.isNear(text) };
}

/**
 * Terms by their pieces: a text within d edits of a term holds at least one of any d + 1 pieces of it as it is, no more
 * than d places from where it belongs.
 */
class PieceIndex {
  readonly #pieces = new Map<string, { readonly term: Term; readonly at: number }[]>();
  readonly #lengths = new Set<number>();
  readonly #remembered = new Map<string, boolean>();
  readonly #distances = new Distances();
  #texts = 0;
  #shortest = Infinity;
  #longest = 0;

  constructor(terms: readonly Term[]) {
    for (const term of terms) {
      this.#shortest = Math.min(this.#shortest, term.letters.length - term.limit);
      this.#longest = Math.max(this.#longest, term.letters.length + term.limit);
      this.#add(term);
    }
  }

  #add(term: Term): void {
    const { letters, limit } = term;
    const length = Math.floor(letters.length / (limit + 1));
    this.#lengths.add(length);
    for (let piece = 0; piece <= limit; piece++) {
      const text = letters.slice(piece * length, (piece + 1) * length);
      const known = this.#pieces.get(text);
      if (known === undefined) this.#pieces.set(text, [{ term, at: piece * length }]);
      else known.push({ term, at: piece * length });
    }
  }

  isNear(text: string): boolean {
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const folded = unmaskHomoglyphs(foldedTerm(text)).text;
    const plain = folded.replace(/[013457@$!]/g, (sign) => LEET_SIGNS[sign]!);
    const near = this.#hasNear(folded) || (plain !== folded && this.#hasNear(plain));
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, near);
    return near;
  }

  #hasNear(text: string): boolean {
    if (text.length < this.#shortest || text.length > this.#longest) return false;
    const turn = ++this.#texts;
    this.#distances.from(text);
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= text.length; at++) {
        for (const { term, at: home } of this.#pieces.get(text.slice(at, at + length)) ?? []) {
          const { letters, limit } = term;
          if (term.tried === turn || Math.abs(home - at) > limit) continue;
          term.tried = turn;
          if (Math.abs(letters.length - text.length) <= limit && this.#distances.isWithin(letters, limit)) return true;
        }
      }
    }
    return false;
  }
}

/** A text of so many letters is compared in one word of bits. */
const MOST_BITS = 31;

/** How far one text is from many: all its letters at once, a bit each (Myers 1999, with Hyyrö's correction). */
export class Distances {
  #text = "";
  /** By letter the places it stands at, a bit each. */
  readonly #places = new Map<number, number>();

  /** The text that the others are held against. */
  from(text: string): void {
    this.#text = text;
    this.#places.clear();
    if (text.length > MOST_BITS) return;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      this.#places.set(code, (this.#places.get(code) ?? 0) | (1 << at));
    }
  }

  /** Whether the other is at most `limit` insertions, deletions and replacements away. */
  isWithin(other: string, limit: number): boolean {
    const size = this.#text.length;
    if (size === 0 || size > MOST_BITS) return isWithin(this.#text, other, limit);
    const last = 1 << (size - 1);
    let more = -1;
    let less = 0;
    let distance = size;
    for (let at = 0; at < other.length; at++) {
      const same = this.#places.get(other.charCodeAt(at)) ?? 0;
      const down = same | less;
      const across = (((same & more) + more) ^ more) | same;
      let up = less | ~(across | more);
      let back = more & across;
      if ((up & last) !== 0) distance++;
      else if ((back & last) !== 0) distance--;
      // the rest can bring it nearer by one for each letter
      if (distance - (other.length - 1 - at) > limit) return false;
      up = (up << 1) | 1;
      back <<= 1;
      more = back | ~(down | up);
      less = up & down;
    }
    return distance <= limit;
  }
}

/** Whether two texts are at most `limit` insertions, deletions and replacements apart. */
export function isWithin(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false;
  let previous = Uint16Array.from({ length: b.length + 1 }, (_, at) => at);
  let row = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
      row[j] = Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1);
      least = Math.min(least, row[j]!);
    }
    if (least > limit) return false;
    [previous, row] = [row, previous];
  }
  return previous[b.length]! <= limit;
}
