import { hasLetterNear } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { MONTHS } from "./_months.ts";
import { onceFor } from "./_once.ts";
import { saidOf } from "./_said.ts";
import type { Recogniser } from "./recogniser.ts";

const LABEL =
  /(?<!\p{L})(?:d\.?o\.?b\.?|ddn|b(?:irth)? ?(?:date|day)|date of birth|born|geburts(?:datum|tag)|geb\.(?:-?dat(?:um|\.)?| am)?|geb(?=["'\s]{0,2}[:=])|geb\.? ?dat(?:um|\.)?|geboren(?: (?:in|te|zu) \p{Lu}[\p{L} -]{1,20})?(?: am| op)?|(?:date (?:de )?)?naiss(?:ance|\.)|né(?:e|\(e\))?(?: (?:à|a) \p{Lu}[\p{L} -]{1,20})?(?: le)?|ne(?:e|\(e\))? le|(?:fecha (?:de )?)?nacimiento|nac\.|fecha (?:de )?nac\.?|nac(?:id[oa]|í|ió)(?: en \p{Lu}[\p{L} -]{1,20})?(?: el)?|f\.? ?nac\.?|(?:d|dt|data)\.? ?(?:d[ei] )?nasc\.?|(?:data (?:di )?)?nascita|nat[oa](?: a \p{Lu}[\p{L} ’'-]{1,20})?(?: il)?|(?:data (?:de )?)?nascimento|nasci(?:d[oa])?(?: em \p{Lu}[\p{L} -]{1,20})?(?: em| a)?|geboortedatum|geboorte ?dat\.?|data ur(?:odzenia|\.)?|ur\.|urodz(?:ony|ona|iłem się|iłam się)(?: we? \p{Lu}[\p{L} -]{1,20})?|födelsedatum|fødselsdato|född|født|syntymäaika|datum narození|născut[ă]?(?: la)?)(?: ?\([^()]{1,12}\))?\s{0,2}(?:[:=]|is|was|ist|ist der|lautet|war|on|am|est|es|è|é|to|op|the|w dniu|dnia)?[\s:(]{0,4}(?:le|el|il|am|on|em)?\s?$/iu;
// Asked for with other things, and answered by somebody on the next line.
const ANSWERED =
  /(?:date of birth|birth ?da(?:te|y)|\bdob|geburts(?:datum|tag)|naissance|nacimiento|nascita|nascimento|geboortedatum|dat[aęy] urodzenia)(?: \p{L}[^\d\n:]{0,34})?(?: ?[.?!]?\s?\n(?:\d\d:\d\d )?[^\d\n:]{1,16}:|:)\s?(?:[^\d\n:]{0,24}[\s,])?$/iu;
const LAST_YEAR = 2012;
// Of public persons one reads when they were born ("was born", in brackets); a person says it of oneself, a form asks, and
// of somebody at hand it stands behind a comma.
const SPOKEN = /\b(?:born|geboren|née?|nac(?:id[oa]|í|ió)|nat[oa]|nascid[oa]|urodzony|urodzona)\b[^=]*$/i;
// "Born:" heads the facts of an encyclopaedia, "geboren op:" a form's field.
const FIELD = / (?:op|am|a|em|il|el|le|dnia)\s?:\s*$/i;
const OWN =
  /\b(?:I|I'm|sono|soy|sou|nací|nasci|ich|je|yo|io|eu|ik|jestem|pati[eë]nte?|paziente|paciente|pacjent(?:ka)?|klant|cliente|sottoscritt[oa]|soussigné|kund(?:e|in)|client|customer|employee|herr|frau|m\.|mme|sig\.?|sr\.?|sra\.?|mr|mrs|ms)\b/i;
const APART =
  /(?:^|[,.\n]\s?|\b(?:patient|client|customer)e?n? )(?:born|geb(?:oren|\.)|née?|nacid[oa]|nat[oa]|nascid[oa]|urodzon[ya])\b[^,;:(]*$/i;
const YEARS = /(?<!\d)(?:19|20)\d\d(?!\d)/;

/** Whether its year is written out and long ago: what was asked for last may also be when something was bought. */
const isOfGrownUp = (text: string): boolean => Number(YEARS.exec(text)?.[0] ?? LAST_YEAR + 1) <= LAST_YEAR;

const SEPARATED = /^(\d{1,4})\D(\d{1,2})\D(\d{1,4})$/;

// Some part of any label, so that nearly nothing has to be read closely.
const PART = /b\.|bday|ddn|b[io]r|dob|dat|geb|naiss|nac\.|n[éea][eact( _*]|nas[ck]|ur[.o]|f[öø]d|synt|născ/i;
const mayBe = onceFor((before) => hasLetterNear(before, 24) && PART.test(before));
// Ahrens, *23.09.1944
const STAR = /\p{Ll}, \*$/u;
const isLabelled = onceFor(
  (before) => STAR.test(before.slice(-4)) || (mayBe(before) && LABEL.test(saidOf(before).slice(-40))),
);
const isAnswer = onceFor((before) => mayBe(before) && ANSWERED.test(saidOf(before)));
const isExpected = (before: string): boolean => isLabelled(before) || isAnswer(before);

type Day = [number, number, number];

/** Dates of birth: a day between 1900 and 2030, in figures or with its month spelled, behind a label of nine languages. */
export const dateOfBirth = {
  name: "date-of-birth",
  entity: "DATE_OF_BIRTH",
  group: "person",
  patterns: [
    "\\d{1,2}[./\\-]\\d{1,2}[./\\-](?:19|20)?\\d{2}",
    "\\d{1,2}\\. \\d{1,2}\\. (?:19|20)\\d{2}",
    "(?:19|20)\\d{2}[./\\-]\\d{1,2}[./\\-]\\d{1,2}",
    "(?:19|20)\\d{6}",
    `\\d{1,2}(?:st|nd|rd|th|er|\\.|º)?[ \\-/](?:of |de |d'|di )?(?:${MONTHS}),?[ \\-/](?:de |of )?(?:19|20)\\d{2}`,
    `(?:${MONTHS}) \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}`,
  ],
  ignoreCase: true,
  priority: 46,
  canBegin: isExpected,
  valid(text, before) {
    if (!isExpected(before)) return false;
    if (!isLabelled(before) && !isOfGrownUp(text)) return false;
    if (/^\d{8}$/.test(text))
      return dayExists(...([text.slice(0, 4), text.slice(4, 6), text.slice(6)].map(Number) as Day));
    const parts = SEPARATED.exec(text);
    // Biographies spell the month, forms do not.
    if (parts === null) {
      const said = saidOf(before);
      return !SPOKEN.test(said) || FIELD.test(said) || OWN.test(said) || APART.test(said);
    }
    const [first, second, third] = parts.slice(1).map(Number) as Day;
    if (first > 99) return dayExists(first, second, third);
    return dayExists(third, second, first) || dayExists(third, first, second);
  },
} as const satisfies Recogniser;
