import { onceFor } from "./_once.ts";

// What keys and markup put between words and around them, and what leads the eye to the value.
const TAG = /<\/?[a-z][^<>]{0,60}>/gi;
// The tag that the value stands in, and what of it says nothing.
const OPEN = /<[a-z]+(\s[^<>]*)$/i;
const LOOKS = /\s(?:type|class|style)=["'][^"']*["']/gi;
const VALUE = /\svalue\s*=/i;
const LAYOUT = /^<\/|\s|^<(?:t[dhr]|dd|dt|li|p|div|span|b|i|em|strong|label|input|code|br)\b/i;
// {"name": "birth date", "value": "…"}
const VALUE_OF =
  /["']\s*,\s*(?:\\?["']type\\?["']\s*:\s*\\?["']\w*\\?["']\s*,\s*)?\\?["'](?:value|val|answer|text|content)\\?["']\s*:/gi;
const LEADER = /[.…·_]{3,}|\s[-–—]+(?=\s)/g;
// ["birth date", "…"], and what was asked on the line before
const PAIR = /\[\s*["']([^"'\]]{2,40})["']\s*,\s*["']?$/;
const ASKED = /\?\s*\n\s*(?:\p{L}[\p{L} ]{0,14}:\s*)?$/u;
// INSERT INTO customers (id, birth_date) VALUES (7, '
const INSERT = /\(([^()]+)\)\s*values\s*\(([^()]*)$/i;
const MARKUP = /[\s_*`|<>"'\\[\]{}]+/g;
const HUMP = /(\p{Ll})(\p{Lu})/gu;

/**
 * What stands in front as one would say it: `"birthDate": "`, `<birth_date>`, `**Birth date:** ` and `<b>Birth date</b><i>`
 * alike. Lines stay lines.
 */
export const saidOf = onceFor((before) =>
  before
    .replace(TAG, (tag) => (LAYOUT.test(tag) ? " " : tag))
    .replace(OPEN, (_tag, attributes: string) => attributes.replace(LOOKS, "").replace(VALUE, ":"))
    .replace(VALUE_OF, ":")
    .replace(
      INSERT,
      (_all, names: string, values: string) => ` ${names.split(",")[values.split(",").length - 1] ?? ""}: `,
    )
    .replace(PAIR, " $1: ")
    .replace(ASKED, ": ")
    .replace(HUMP, "$1 $2")
    .replace(LEADER, " ")
    .replace(MARKUP, (gap) => (gap.includes("\n") ? "\n" : " ")),
);
