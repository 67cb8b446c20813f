/** An age with its unit, as eight languages write it once folded: "13 years", "13yo", "13 ans", "13-jahrige". */
const WITH_UNIT =
  /^(\d{1,2})[ -]?(?:years?|yrs?|yo|jahre?n?|jahrig\w*|j|ans|anos|aninhos|anni|jaar|jarig\w*|lat|letni\w*|latk\w*|latek)(?![a-z])/i;
/** What such a number of years is before: a time, not an age. */
const TIME_BEFORE =
  /(?:^|[^a-z])(?:for|last|past|next|within|vor|seit|il y a|dans|depuis|hace|fa|da|od|przez|przed|za|sinds|al|in)\s$/i;
/** "Há 13 anos" is a time, "ha 13 anni" an age. */
const TIME_IN_PORTUGUESE = /(?:^|[^a-z])ha\s$/i;
/** What stands after a number of years that is a time. */
const TIME_AFTER = /^(?:ago|later|geleden|lang|later|temu|fa|atras|plus tard|despues|in prison|haft|de prison)/i;
/** Whom a bare number behind these words is the age of. */
const OF_WHOM =
  /(?:girls?|boys?|daughter|son|niece|nephew|kid|she's|she is|he's|he is|fille|garcon|ado|chica|chico|nina|nino|hija|hijo|ragazz[aeio]|figli[ao]|menin[ao]|garot[ao]|rapariga|rapaz|filh[ao]|meisje|jongen|dochter|zoon|madchen|jungen?|tochter|sohn|dziewczyn\w*|chlop\w*|cork\w*|aged)(?: (?:of|de|van|von|di|w wieku))? $/i;
const BARE =
  /^(\d{1,2})(?![\d.,:%€$£]?[\d%€$£]|\s?(?:km|cm|kg|uhr|h\b|min|euro|dollar|percent|prozent|minut|stunden|hours|days|tage|weeks|months))/i;
const LONGEST = 24;

/** The age in years that a text tells of at a number, as folded text has it; -1: the number is none. */
export function ageAt(text: string, start: number): number {
  const here = text.slice(start, start + LONGEST);
  const before = text.slice(Math.max(0, start - LONGEST), start);
  const years = WITH_UNIT.exec(here);
  if (years === null) {
    const bare = OF_WHOM.test(before) ? BARE.exec(here) : null;
    return bare === null ? -1 : Number(bare[1]);
  }
  const isTime =
    TIME_BEFORE.test(before) ||
    (TIME_IN_PORTUGUESE.test(before) && /anos/i.test(years[0])) ||
    TIME_AFTER.test(here.slice(years[0].length).trimStart());
  return isTime ? -1 : Number(years[1]);
}
