/** Characters that are looked for in a row. */
export interface Sort {
  /** Of ASCII those that have any number but 0 here; as `asciiTable` makes it. */
  readonly ascii: Uint8Array;
  /** Whether all others are of it. */
  readonly others: boolean;
}

const isOf = ({ ascii, others }: Sort, code: number): boolean => (code < 0x80 ? ascii[code] !== 0 : others);

/**
 * Where the next `least` characters of a sort in a row begin, at `from` or behind it; -1: nowhere. Looks at one character
 * in `least` where few are of the sort.
 */
export function nextRun(text: string, from: number, { sort, least }: { sort: Sort; least: number }): number {
  let start = from;
  for (let at = from + least - 1; at < text.length; at = start + least - 1) {
    let back = at;
    while (back >= start && isOf(sort, text.charCodeAt(back))) back--;
    if (back < start) return start;
    start = back + 1;
  }
  return -1;
}

/** Where the characters of a sort that stand at `from` end. */
export function runEnd(text: string, from: number, sort: Sort): number {
  let at = from;
  while (at < text.length && isOf(sort, text.charCodeAt(at))) at++;
  return at;
}
