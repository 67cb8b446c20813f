import { isGivenName, isWordAndName } from "./_given-names.ts";
import { foldedName } from "./_name-letters.ts";
import { NO_NAMES } from "./_person-context.ts";

const WORD = "(?:[\\p{Lu}d]['’])?\\p{Lu}\\p{L}{1,21}(?:-\\p{Lu}\\p{L}{1,19})?";
const PARTICLE = "(?:(?:van|von|de|del|della|di|da|dos|das|do|du|la|le|den|der|ten|ter|zu|y|e|el|al|bin) ){0,2}";

/** A given name with one to three more: pattern of what {@link isWholeName} may be asked about. */
export const WHOLE_NAME = `${WORD}(?: (?:\\p{Lu}\\. ){0,2}${PARTICLE}${WORD}){1,3}`;

// What is named after people.
const PLACES: ReadonlySet<string> = new Set(
  "station square airport street road hotel hospital school university museum centre center county island beach valley group team conference award".split(
    " ",
  ),
);

/** Whether the first of some capitalised words is a given name, and none a word that names do not have. */
export function isWholeName(text: string): boolean {
  const words = text.split(/[ -]/).map(foldedName);
  const first = words[0] ?? "";
  return (isGivenName(first) || isWordAndName(first)) && !words.some((word) => NO_NAMES.has(word) || PLACES.has(word));
}
