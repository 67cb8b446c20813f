import { type CharSet, charsOf } from "./char-set.ts";
import { anyDigits, anyWord, LINE_ENDS } from "./unicode.ts";

/** Kind of what stands beside the first and the last character: nothing. */
export const EDGE = 0;
/** Kind of a line end. */
export const LINE_END = 1;
/** Kind of everything that is no other. */
export const OTHER = 2;
/** Kind of the digits of all scripts. */
export const DIGIT = 3;
/** Kind of what else words are made of: letters, marks, other numbers. */
export const LETTER = 4;
/** Kind of the underscore: it makes up words, and stands between them. */
export const UNDERSCORE = 5;
/** How many kinds there are: they are all that conditions ask about. */
export const KINDS = 6;

/**
 * Code points by what the sets of an automaton can tell apart: two code points of one class are in the same sets and of
 * the same kind. Class 0 is that of nothing in particular.
 */
export interface Alphabet {
  readonly classes: number;
  /** Class of each UTF-16 unit. */
  readonly ofUnit: Uint16Array;
  /** Class of a code point above U+FFFF. */
  ofAstral(code: number): number;
  /** Kind of each class. */
  readonly kinds: Uint8Array;
  /** Per set: 1 for each class in it. */
  readonly members: readonly Uint8Array[];
}

/** The alphabet for some sets. Gives way now and then. */
export function* alphabetInSteps(sets: readonly CharSet[]): Generator<undefined, Alphabet> {
  const digits = anyDigits();
  yield undefined;
  const all = [...sets, LINE_ENDS, digits, charsOf("_"), anyWord()];
  yield undefined;
  const { starts, classOf, classes } = yield* partition(all);
  yield undefined;
  const ofUnit = new Uint16Array(0x10000);
  for (let run = 0; run < starts.length && starts[run]! < 0x10000; run++) {
    ofUnit.fill(classOf[run]!, starts[run], Math.min(starts[run + 1] ?? 0x10000, 0x10000));
  }
  const members = sets.map((_, index) => Uint8Array.from(classes, (inside) => (inside.has(index) ? 1 : 0)));
  const kinds = Uint8Array.from(classes, (inside) => {
    if (inside.has(sets.length)) return LINE_END;
    if (inside.has(sets.length + 1)) return DIGIT;
    if (inside.has(sets.length + 2)) return UNDERSCORE;
    return inside.has(sets.length + 3) ? LETTER : OTHER;
  });
  return {
    classes: classes.length,
    ofUnit,
    kinds,
    members,
    ofAstral(code) {
      let low = 0;
      let high = starts.length;
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if (starts[middle]! <= code) low = middle;
        else high = middle;
      }
      return classOf[low]!;
    },
  };
}

interface Partition {
  /** Where runs of one class begin, ascending from 0. */
  readonly starts: readonly number[];
  readonly classOf: readonly number[];
  /** Per class: the sets it is in. */
  readonly classes: readonly ReadonlySet<number>[];
}

/** So many places at which some set begins or ends are looked at between two chances to let others run. */
const CHANGES_A_STEP = 256;

function* partition(sets: readonly CharSet[]): Generator<undefined, Partition> {
  const changes = changesOf(sets);
  yield undefined;
  const starts = [0];
  const classOf = [0];
  const classes: Set<number>[] = [new Set()];
  const known = new Map<string, number>([["", 0]]);
  const inside = new Set<number>();
  for (const [at, code] of [...changes.keys()].sort((a, b) => a - b).entries()) {
    if (at % CHANGES_A_STEP === 0) yield undefined;
    for (const set of changes.get(code)!) if (!inside.delete(set)) inside.add(set);
    const key = [...inside].sort((a, b) => a - b).join();
    let found = known.get(key);
    if (found === undefined) {
      found = classes.length;
      known.set(key, found);
      classes.push(new Set(inside));
    }
    if (code === 0) classOf[0] = found;
    else {
      starts.push(code);
      classOf.push(found);
    }
  }
  return { starts, classOf, classes };
}

/** By code point the sets that begin or end there. */
function changesOf(sets: readonly CharSet[]): ReadonlyMap<number, readonly number[]> {
  const changes = new Map<number, number[]>();
  const change = (code: number, set: number) => {
    const known = changes.get(code);
    if (known === undefined) changes.set(code, [set]);
    else known.push(set);
  };
  for (const [index, set] of sets.entries()) {
    for (let at = 0; at < set.length; at += 2) {
      change(set[at]!, index);
      change(set[at + 1]! + 1, index);
    }
  }
  return changes;
}
