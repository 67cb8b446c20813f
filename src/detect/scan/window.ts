import type { Alphabet } from "../pattern/alphabet.ts";
import type { TableColumns } from "../tables/columns.ts";
import type { ShownText } from "./shown-text.ts";

/** How many characters in front of a match its validator is shown. */
export const LOOK_BACK = 60;

/** What is looked at: a piece of the text as one sees it, and what stands in front of it. */
export interface Window extends ShownText {
  /** The last {@link LOOK_BACK} characters in front of it, as validators are shown them. */
  readonly behind: string;
  /** The table it goes on with, if it does. */
  readonly columns: TableColumns;
  /** Whether the text ends with the piece. */
  readonly last: boolean;
  /** Where the last hit ends, from the beginning of the piece. */
  hitEnd: number;
}

/** The last characters in front of a place. */
export function before({ plain, behind }: Window, at: number): string {
  if (at >= LOOK_BACK) return plain.slice(at - LOOK_BACK, at);
  return (behind + plain.slice(0, at)).slice(-LOOK_BACK);
}

/** What validators are shown in front of a place: in a row of a table the name of its column and what its cell has. */
export function frontOf(window: Window, at: number): string {
  const { columns, plain } = window;
  columns.readTo(plain, at);
  const named = columns.front(plain);
  return named === null ? before(window, at) : named.slice(-LOOK_BACK);
}

/** The class of the character at a place. */
export function classAt(alphabet: Alphabet, text: string, at: number): number {
  const code = text.codePointAt(at)!;
  return code > 0xffff ? alphabet.ofAstral(code) : alphabet.ofUnit[code]!;
}
