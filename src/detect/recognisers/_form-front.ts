// The end of a label's element, and what opens in front of the value: `</th><td class="x">`.
const CELL =
  /\s*:?\s*<\/(?:t[hd]|dt|label|b|strong|span|em|i|u|p|div|h\d)>\s*:?\s*(?:<(?:t[dh]|dd|span|div|p|b|i|em|strong|code|a)(?:\s[^<>]*)?>\s*)*$/i;
// An element named after what it holds: `<firstName>`, `<cust:last-name xml:lang="de">`.
const ELEMENT = /<(?:\w+:)?(?!author\b)([a-z][\w-]*)(?:\s[^<>]*)?>\s*$/i;
// What opens between the label's sign and the value: `Contact: <b>`.
const OPENED = /([:=])\s*(?:<(?:b|strong|i|em|u|span|a|code|p|div|td|font)(?:\s[^<>]*)?>\s*)+$/i;
// <input name="lastName" value="
const INPUT = /<input\b[^<>]*?\bname\s*=\s*["']([\w.-]+)["'][^<>]*\bvalue\s*=\s*["']$/i;
// Markup of Markdown around a label or a value, leaders, blanks that align, and arrows of code.
const EMPHASIS = /[*_`]{1,3}(?=[\s:]|$)|(?<=[\s>]|^)[*_`]{1,3}(?=\p{L}|$)|(?<=:[*_`]{0,3}\s?)[*_`]{1,3}$/gu;
const LEADER = /\s?(?:\.{3,}|…|·{3,})\s?$/u;
const GAP = /([:=])[ \t]+(?=["'\\]*$)/;
const NEXT_LINE = /:[ \t]*\n[ \t]*$/;
const ARROW = /\s*(?:=>|->|:=)\s*(?=["'\\]*$)/;
const QUOTED = /\n(?:[>|] ?)+/g;
// What none of these is without.
const MARKS = /[<>*`…·\t]|[_.]{2}|[:=]\s{2}|:=|:\s*\n\s*$/;

/** The text without the marks of quoted mail at the head of its lines. */
export function unquoted(text: string): string {
  return text.includes(">") || text.includes("|") ? text.replace(QUOTED, "\n") : text;
}

/**
 * What stands in front, with the label of a form as plain text has it: `<th>Name</th><td>`, `**Name:** `, `Name ....... `,
 * `'name' => '` and `<name>` all end as `Name: ` does. Marks of quoted mail are taken away.
 */
export function formFront(before: string): string {
  if (!MARKS.test(before)) return before;
  const plain = unquoted(before);
  const input = INPUT.exec(plain);
  if (input !== null) return `${plain.slice(0, input.index)} ${input[1]}: `;
  const cell = plain.replace(CELL, ": ").replace(OPENED, "$1 ");
  const filled = cell === plain ? plain.replace(ELEMENT, " $1: ") : cell;
  return filled
    .replace(EMPHASIS, "")
    .replace(LEADER, ": ")
    .replace(ARROW, ": ")
    .replace(GAP, "$1 ")
    .replace(NEXT_LINE, ": ");
}
