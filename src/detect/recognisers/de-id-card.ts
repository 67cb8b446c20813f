import { compact } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { machineReadableCheck } from "./_machine-readable.ts";

/** German identity cards since 2010 (PAuswG; ICAO 9303 weights 7 3 1): nine characters without vowels, a check digit. */
export const deIdCard = labelledNumber({
  name: "de-id-card",
  entity: "DE_ID_CARD",
  group: "national-id",
  patterns: ["[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\\d]{8}\\d?D?", "[T]\\d{8}\\d?"],
  ignoreCase: true,
  country: "german",
  labels: labels(
    ..."personalausweis,personalausweisnummer,ausweisnummer,ausweis nr,ausweis,perso,german id card,id card,identity card,ausweisnr".split(
      ",",
    ),
  ),
  check(text) {
    const code = compact(text).replace(/D$/, "");
    return /\d/.test(code) && (code.length === 9 || machineReadableCheck(code.slice(0, 9)) === Number(code[9]));
  },
});
