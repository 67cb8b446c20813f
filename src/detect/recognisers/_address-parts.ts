/** A word of a street's name or a town's. */
export const WORD = "\\p{Lu}[\\p{L}'’.\\-]{0,17}";
/** What joins such words. */
export const LINK =
  "(?:de|du|des|de la|la|le|les|del|della|dei|di|da|do|dos|das|y|e|el|los|las|van|den|der|het|im|am|an|zur|of|the|and|sur|sous|et|lès|św\\.|gen\\.|ks\\.|płk\\.?|marsz\\.|bp\\.|kard\\.|por\\.|mjr\\.?|inż\\.|dr\\.?|prof\\.|hr\\.) ";
/** The name of a street, of one to four words. */
export const WORDS = `(?:${LINK}|(?:[dl]|dell|all|sull)['’]){0,2}${WORD}(?: (?:${LINK}){0,2}${WORD}){0,3}`;
/** The number of a house: `12`, `4a`, `17 b`, `12/5`, `12/2/17`, `27/B`, `45-III`, `14 hs`. */
export const NUMBER =
  "\\d{1,4}(?: ?[a-zA-Z]|(?:/\\d{1,3}){1,3}|/[A-Z])?(?: ?[\\-–] ?\\d{1,4}|-[IVX]{1,4}(?: hoog)?| (?:hs|huis|bis|ter|boven|beneden))?";
/** The part of a house: `3º B`, `Piso 2 Puerta 4`, `int. 5`, `m. 12`, `bus 3`. */
export const UNIT =
  "(?:,? (?:- )?(?:\\d{1,2}[.ºª°]{1,2}(?: ?(?:[A-Za-z]|[Ii]zq|[Ii]zda|[Dd]cha|[Ee]sq|[Dd]to|[Dd]rt|[Ff]te)\\.?)?|(?:[Pp]iso|[Pp]uerta|[Pp]ta\\.|[Aa]pt\\.|[Aa]pto\\.|[Pp]iano|[Aa]ppartamento|[Ii]nt\\.|[Ss]cala|[Bb]ât\\.|[Aa]ppt\\.|m\\.|lok\\.|bus|Top|Stiege) ?[\\dA-Za-z]{1,4})){0,2} ?";
/** What parts a street from its town: a comma, or a line. */
export const BREAK = "(?:,? ?\\n? ?|, )";
/** Postal codes: four or five digits, `75 001`, `00-950`, `1000-205`, `1016 GV`, with a country's letters perhaps. */
export const POST = "(?:[A-Z]{1,2}-)?(?:\\d{4,5}|\\d{3} \\d{2}|\\d{2}-\\d{3}|\\d{4}-\\d{3}|\\d{4} ?[A-Z]{2})";
/** A town. */
export const CITY = `(?:St\\. |[AO] )?\\p{Lu}[\\p{L}'’\\-]{1,19}(?: (?:${LINK})?\\p{Lu}[\\p{L}'’\\-]{1,14}){0,2}`;
// København N, Aarhus C
const DISTRICT = "(?: (?:[NSVCKØ]|NV|SV|NØ))?";
const REGION = "(?: \\([A-Z]{2}\\))?";
/** The town with its code. */
export const POSTED = `${BREAK}${POST},?[ \\n]${CITY}${REGION}${DISTRICT}`;
// Santa Monica, CA 90406; São Paulo - SP, 01304-001
const STATE = "(?:,? (?:[A-Z]{2} )?\\d{5}(?:-\\d{4})?| ?[\\-–/] ?[A-Z]{2}(?:,? (?:CEP:? )?\\d{5}-?\\d{3})?)";
/** The town, with its code or behind a comma, where it follows. */
export const TOWN = `(?:${POSTED}|, ${CITY}${STATE}?)?`;
/** Codes of the United Kingdom. */
export const UK = "[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}";
/** A state of the United States and its code. */
export const US = "[A-Z]{2} \\d{5}(?:-\\d{4})?";
/** Codes of Ireland. */
export const EIRCODE = "[AC-FHKNPRTV-Y]\\d[\\dW] ?[AC-FHKNPRTV-Y\\d]{4}";
/** The part of a house in English. */
export const FLAT = "(?:Flat|Unit|Apt\\.?|Apartment|Suite|Studio|Room) ?#?[\\dA-Za-z]{1,5}";
/** A street's name that begins with a day: `5 de Outubro`, `3 Maja`, `4 Novembre`. */
export const DAY = "\\d{1,2} (?:de |di )?\\p{Lu}\\p{L}{2,11}";
