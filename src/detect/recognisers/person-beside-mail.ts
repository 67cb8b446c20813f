import { isGivenName } from "./_given-names.ts";
import { foldedName } from "./_name-letters.ts";
import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:d['’])?\\p{Lu}[\\p{L}'’]{1,20}(?:-\\p{Lu}\\p{L}{1,19})?";

/** Names with their address behind them in angle brackets (RFC 5322, name-addr), as mail quotes: `Anna Berger <a@x.org>`. */
export const personBesideMail = {
  name: "person-beside-mail",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${NAME}(?: (?:\\p{Lu}\\.|van|von|de|den|der|del|di|da|dos|la)){0,2}(?: ${NAME}){1,3}"? \\(?<[\\p{L}\\d._+\\-]{1,64}@`,
  ],
  right: "none",
  priority: 65,
  ends: (text) => text.replace(/"? \(?<[^<]*$/, "").length,
  valid: (text) => isGivenName(foldedName(/^\p{L}+/u.exec(text)?.[0] ?? "")),
} as const satisfies Recogniser;
