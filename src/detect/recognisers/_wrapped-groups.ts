import { unescaped } from "./_url-forms.ts";

/** A line's end within a number, with the hyphen in front and the quotation marks and blanks of the next line. */
const LINE_END = "[ \\-]?\\r?\\n(?:[>|*] ?|[ \\t]{1,4})?";

/** What stands between the groups of a number that a line, a table, an address or a name of a file wraps. */
export const WIDE_GAP = `(?:[ \\-.\u00a0\u202f\u2009\u2010\u2011\\t\u00b7_/+]|  |%20|&nbsp;|${LINE_END})`;

const LINE_ENDS = /[ -]?\r?\n(?:[>|*] ?|[ \t]{1,4})?/g;
const SIGN = /[^\dA-Za-z\n]/;

/**
 * The number with one and the same sign in all its gaps, if but for one line's end they were the same; else with those it
 * has. Empty for what goes over three lines: columns of numbers do.
 */
export function unwrapped(text: string): string {
  const plain = unescaped(text).replaceAll("  ", " ");
  let ends = 0;
  const lines = plain.replace(LINE_ENDS, () => {
    ends++;
    return "\n";
  });
  if (ends === 0) return plain;
  return ends > 1 ? "" : lines.replace("\n", SIGN.exec(lines)?.[0] ?? " ");
}
