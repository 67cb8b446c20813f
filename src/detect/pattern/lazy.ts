import { type CharSet, complement, union } from "./char-set.ts";
import { matchesEmpty, type PatternTree, repeat, sequence, until } from "./tree.ts";

/**
 * The pattern with its lazy repeats ended at the first of what follows them: `<!--.*?-->` at the first `-->`. That is so
 * where characters follow that the repeat may read itself, and nothing that would have to match behind them; of other lazy
 * repeats the longest counts, as of all.
 */
export function withLazyEnds(tree: PatternTree, isLast = true): PatternTree {
  switch (tree.is) {
    case "choice":
      return { is: "choice", options: tree.options.map((option) => withLazyEnds(option, isLast)) };
    case "sequence": {
      const from = tree.parts.findIndex((_part, at) => isLast && endOf(tree.parts, at) !== null);
      if (from < 0)
        return sequence(...tree.parts.map((part, at) => withLazyEnds(part, isLast && isOver(tree.parts, at))));
      const { body, least } = tree.parts[from] as Lazy;
      const ended = until(body.set, endOf(tree.parts, from)!);
      return sequence(...tree.parts.slice(0, from), ...(least > 0 ? [repeat(body, least, least)] : []), ended);
    }
    default:
      return tree;
  }
}

interface Lazy {
  readonly body: { readonly is: "chars"; readonly set: CharSet };
  readonly least: number;
}

/** Whether nothing has to match behind a part. */
function isOver(parts: readonly PatternTree[], at: number): boolean {
  return parts.slice(at + 1).every((part) => matchesEmpty(part) && !asserts(part));
}

function asserts(tree: PatternTree): boolean {
  if (tree.is === "assertion") return true;
  if (tree.is === "sequence") return tree.parts.some(asserts);
  return tree.is === "choice" ? tree.options.some(asserts) : tree.is === "repeat" && asserts(tree.body);
}

/** The characters that end the lazy repeat at `at` and the pattern with it; null where it is none, or they cannot be told. */
function endOf(parts: readonly PatternTree[], at: number): readonly CharSet[] | null {
  const part = parts[at]!;
  if (part.is !== "repeat" || part.isLazy !== true || part.most !== null || part.body.is !== "chars") return null;
  const { set } = part.body;
  const stop: CharSet[] = [];
  for (const next of parts.slice(at + 1)) {
    // blanks in front of the end are read by the repeat itself
    const blanks = stop.length === 0 && next.is === "repeat" && next.most === null && next.body.is === "chars";
    const signs = blanks ? (next.body as Lazy["body"]).set : next.is === "chars" ? next.set : null;
    if (signs === null || !isWithin(signs, set)) return null;
    if (blanks && next.least === 0) continue;
    if (blanks && next.least > 1) return null;
    if (!stop.every((known) => known.join() === signs.join() || areApart(known, signs))) return null;
    stop.push(signs);
  }
  return stop.length === 0 ? null : stop;
}

const isWithin = (inner: CharSet, outer: CharSet): boolean => union(inner, outer).join() === union(outer).join();
const areApart = (one: CharSet, other: CharSet): boolean => isWithin(one, complement(other));

/**
 * Where one stands in a row of signs that is looked for after another sign was read (Knuth, Morris and Pratt): how many of
 * the row the last ones read are. `stop` holds sets of which any two are equal or have nothing in common.
 */
export function placeAfter(stop: readonly CharSet[], place: number, sign: CharSet): number {
  const read = [...stop.slice(0, place), sign].map((set) => set.join());
  for (let length = read.length; length > 0; length--) {
    if (stop.slice(0, length).every((set, at) => set.join() === read[read.length - length + at])) return length;
  }
  return 0;
}
