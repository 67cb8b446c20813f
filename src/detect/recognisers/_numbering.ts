import {
  type CountryCode,
  type MetadataJson,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/core";
import { once } from "../../lib/once.ts";

/** The EU, the EEA, the United Kingdom and Switzerland. */
const COUNTRIES =
  "DE FR IT ES NL PL BE AT PT SE DK FI IE GR CZ SK HU RO BG HR SI EE LV LT LU MT CY NO IS LI CH GB".split(
    " ",
  ) as readonly CountryCode[];

/** The numbering plans are taken in at the first call: imported above they would cost every start ten milliseconds. */
const plans = once(() => require("libphonenumber-js/min/metadata") as MetadataJson);

function parse(number: string, country?: CountryCode): PhoneNumber | undefined {
  return country === undefined
    ? parsePhoneNumberFromString(number, plans())
    : parsePhoneNumberFromString(number, country, plans());
}

const MOST_REMEMBERED = 1_024;

/** A question about a number, answered once for numbers that come again and again. */
function remembering(ask: (number: string) => boolean): (number: string) => boolean {
  const known = new Map<string, boolean>();
  return (number) => {
    let answer = known.get(number);
    if (answer === undefined) {
      answer = ask(number);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(number, answer);
    }
    return answer;
  };
}

/** Whether a number with `+` has a country's code that exists and a length that country uses. */
export const internationalNumber: (number: string) => boolean = remembering((number) => {
  const parsed = parse(number);
  return parsed !== undefined && (parsed.isValid() || (parsed.isPossible() && parsed.country !== "US"));
});

/** Whether a number with `+` is in a range that its country has given out. */
export const assignedNumber: (number: string) => boolean = remembering((number) => parse(number)?.isValid() === true);

/** Whether digits, dialled as within one of the countries, are one of its numbers. */
export function nationalNumber(digits: string, countries: readonly CountryCode[] = COUNTRIES): boolean {
  if (countries === COUNTRIES && isGerman(digits)) return true;
  return countries.some((country) => parse(digits, country)?.isValid() === true);
}

// a country's entry begins with its code, what is dialled to leave it, and the pattern of its numbers
const german = once(() => new RegExp(`^0(?:${(plans().countries.DE as readonly unknown[])[2]})$`));

/** Whether it is a German number, as `parse` would say: nearly every other one is too, and it is thirty times as fast. */
function isGerman(digits: string): boolean {
  return digits[0] === "0" && digits[1] !== "0" && german().test(digits);
}
