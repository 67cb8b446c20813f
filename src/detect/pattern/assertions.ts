import { DIGIT, EDGE, LETTER, LINE_END, UNDERSCORE } from "./alphabet.ts";
import type { Assertion } from "./tree.ts";

/** The kinds of character beside a position; `after` null: not known. */
export interface Sides {
  readonly before: number;
  readonly after: number | null;
}

const isLetter = (kind: number): boolean => kind === DIGIT || kind === LETTER;
const isWord = (kind: number): boolean => isLetter(kind) || kind === UNDERSCORE;

/** Whether a condition holds between two kinds of character; null: that depends on the next one, which is not known. */
export function decide(assertion: Assertion, before: number, after: number | null): boolean | null {
  switch (assertion) {
    case "text-start":
      return before === EDGE;
    case "line-start":
      return before === EDGE || before === LINE_END;
    case "no-word-before":
      return !isWord(before);
    case "no-letter-before":
      return !isLetter(before);
    case "no-digit-before":
      return before !== DIGIT;
    case "text-end":
      return after === null ? null : after === EDGE;
    case "line-end":
      return after === null ? null : after === EDGE || after === LINE_END;
    case "no-word-after":
      return after === null ? null : !isWord(after);
    case "no-letter-after":
      return after === null ? null : !isLetter(after);
    case "no-digit-after":
      return after === null ? null : after !== DIGIT;
    case "word-edge":
      return after === null ? null : isWord(before) !== isWord(after);
    case "no-word-edge":
      return after === null ? null : isWord(before) === isWord(after);
  }
}
