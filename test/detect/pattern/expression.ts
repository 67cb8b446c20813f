/** What is matched against. */
export interface Given {
  readonly text: string;
  /** Of the runtime's expressions: `m`, `s`. */
  readonly flags: string;
}

/**
 * An expression that matches by sets of places. The runtime's own goes back and forth, and for some of a few hundred
 * characters on eight letters it does not come to an end.
 */
export interface Expression {
  readonly source: string;
  /** Where matches that begin at one of these places may end. */
  ends(from: ReadonlySet<number>, given: Given): Set<number>;
}

export const ATOMS: readonly string[] = [
  "a b 1 _ . [ab] [^a] [^\\n1] \\w \\W \\d \\s \\n \\b \\B ^ $ ()".split(" "),
  " ",
].flat();

export const COUNTS = ["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}"] as const;
export type Count = (typeof COUNTS)[number];
const BOUNDS: Readonly<Record<Count, readonly [number, number]>> = {
  "": [1, 1],
  "?": [0, 1],
  "*": [0, Number.POSITIVE_INFINITY],
  "+": [1, Number.POSITIVE_INFINITY],
  "{2}": [2, 2],
  "{0,2}": [0, 2],
  "{1,}": [1, Number.POSITIVE_INFINITY],
};

/** One letter, class or condition, as the runtime reads it. */
export function atom(source: string): Expression {
  return {
    source,
    ends(from, { text, flags }) {
      const runtime = new RegExp(source, `uy${flags}`);
      const found = new Set<number>();
      for (const at of from) {
        runtime.lastIndex = at;
        const match = runtime.exec(text);
        if (match !== null) found.add(at + match[0].length);
      }
      return found;
    },
  };
}

/** So many times; conditions once. */
export function counted(inner: Expression, count: Count): Expression {
  if (/^(?:\\[bB]|[$^])$/.test(inner.source)) return inner;
  const [least, most] = BOUNDS[count];
  return {
    source: inner.source + count,
    ends(from, given) {
      let reached: ReadonlySet<number> = from;
      for (let time = 0; time < least; time++) reached = inner.ends(reached, given);
      const all = new Set(reached);
      for (let time = least; time < most && reached.size > 0; time++) {
        reached = inner.ends(reached, given).difference(all);
        for (const at of reached) all.add(at);
      }
      return all;
    },
  };
}

export const group = (inner: Expression): Expression => ({ ...inner, source: `(?:${inner.source})` });

/** One after the other. */
export const inTurn = (all: readonly Expression[]): Expression => ({
  source: all.map(({ source }) => source).join(""),
  ends: (from, given) => all.reduce((reached, one) => one.ends(reached, given), new Set(from)),
});

/** Any of them. */
export const anyOf = (all: readonly Expression[]): Expression => ({
  source: all.map(({ source }) => source).join("|"),
  ends: (from, given) => new Set(all.flatMap((one) => [...one.ends(from, given)])),
});
