/** A blank, a plus and what may stand in addresses, as query strings and HTML write them. */
const FORMS: Readonly<Record<string, string>> = {
  "%20": " ",
  "%28": "(",
  "%29": ")",
  "%2b": "+",
  "%2d": "-",
  "%2e": ".",
  "%2f": "/",
  "%40": "@",
  "%5f": "_",
  "&#32;": " ",
  "&#43;": "+",
  "&#46;": ".",
  "&#64;": "@",
  "&#x40;": "@",
  "&#x2e;": ".",
  "&commat;": "@",
  "&nbsp;": " ",
  "&period;": ".",
};
const FORM = /%[\da-fA-F]{2}|&#?[\da-zA-Z]{2,7};/g;

/** The text with its signs as they are: `max%40example.com` as `max@example.com`. What is no sign of ours stays. */
export function unescaped(text: string): string {
  if (!text.includes("%") && !text.includes("&")) return text;
  return text.replace(FORM, (form) => FORMS[form.toLowerCase()] ?? form);
}

/** How many characters of an escape that began in front of a match are at its head: `\n`, `\u00a0`, `%3D`. */
export function escapeTail(text: string, before: string): number {
  const tail = before.endsWith("%") ? /^[\da-fA-F]{2}/ : before.endsWith("\\") ? /^(?:u[\da-fA-F]{4}|[nrt])/ : null;
  return tail?.exec(text)?.[0].length ?? 0;
}
