import { compact, digitAt } from "./_checksums.ts";
import { disclaimed, labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."kvnr,kv nr,kv nummer,krankenversichertennummer,krankenversicherungsnummer,versichertennummer,versicherten nr,versichertennr,vers nr,versnr,versicherungs nr".split(
    ",",
  ),
  ..."krankenkasse,gesundheitskarte,egk,health insurance number,versichertenkarte,versicherungsnummer".split(","),
);

/** German health insurance numbers (§ 290 SGB V): a letter as its place in the alphabet, eight digits, weights 1 and 2. */
export const deKvnr = {
  name: "de-kvnr",
  entity: "DE_KVNR",
  group: "national-id",
  patterns: ["[A-Za-z] ?\\d{3} ?\\d{3} ?\\d{3}"],
  priority: 38,
  valid(text, before) {
    const code = compact(text);
    const digits = String(code.charCodeAt(0) - 64).padStart(2, "0") + code.slice(1);
    let sum = 0;
    for (let at = 0; at < 10; at++) {
      const value = digitAt(digits, at) * (at % 2 === 0 ? 1 : 2);
      sum += Math.floor(value / 10) + (value % 10);
    }
    return sum % 10 === digitAt(digits, 10) && labelled(before, LABELS) && !disclaimed(before, LABELS);
  },
} as const satisfies Recogniser;
