import type { CountryCode } from "libphonenumber-js/min";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** The EU, the EEA, the United Kingdom and Switzerland. */
const COUNTRIES =
  "DE FR IT ES NL PL BE AT PT SE DK FI IE GR CZ SK HU RO BG HR SI EE LV LT LU MT CY NO IS LI CH GB".split(
    " ",
  ) as readonly CountryCode[];

/** Whether a number with `+` has a country's code that exists and a length that country uses. */
export function internationalNumber(number: string): boolean {
  const parsed = parsePhoneNumberFromString(number);
  return parsed !== undefined && (parsed.isValid() || (parsed.isPossible() && parsed.country !== "US"));
}

/** Whether digits, dialled as within one of the countries, are one of its numbers. */
export function nationalNumber(digits: string, countries: readonly CountryCode[] = COUNTRIES): boolean {
  return countries.some((country) => parsePhoneNumberFromString(digits, country)?.isValid() === true);
}
