/** Controls but for the usual blanks, and what turns the text behind it around: a name could pass for another one. */
const TURNS_TEXT = /(?![\t\n\r])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text of anybody as it may stand on a page: what could turn it around is shown as `\u{…}`. */
export function plainText(text: string): string {
  return text.replace(TURNS_TEXT, (unit) => `\\u{${unit.codePointAt(0)?.toString(16) ?? ""}}`);
}
