import type { ScanRule } from "../scan/rules.ts";

/** What becomes of the things that are found. */
export interface Replacer {
  /** What stands in place of `text`. May throw to end it all. */
  replace(rule: ScanRule, text: string): string;
  /** What stands in place of what a match cut at the bound goes on with. */
  rest(rule: ScanRule, text: string): string;
}

/** Changes a text that comes in pieces. What comes out does not depend on how it was cut. */
export interface TextFilter {
  /** Takes the next piece and gives what may leave by now. */
  push(piece: string): string;
  /** Gives what was held: the text ends here. */
  flush(): string;
  /** Whether anything is held. */
  readonly holds: boolean;
}
