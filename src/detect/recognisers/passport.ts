import { isNamed, labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { isOfOther } from "./_used-label.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."passport,passport number,passport no,passport nr,passport id,reisepass,reisepassnummer,passnummer,pass nr,passeport".split(
    ",",
  ),
  ..."numero de passeport,no de passeport,pasaporte,numero de pasaporte,passaporto,numero di passaporto,passaporte".split(
    ",",
  ),
  ..."numero do passaporte,paspoort,paspoortnummer,paszport,paszportu,numer paszportu,nr paszportu,pas,passi,cestovni pas".split(
    ",",
  ),
  ..."utlevel,pasaport,putovnica,διαβατηριο".split(","),
);

const isLabelled = onceFor((before) => labelled(before, LABELS, 40) && !isOfOther(before, LABELS));

/**
 * Passport numbers (ICAO 9303: up to nine letters and digits; the states' own forms differ and most carry no check): by a
 * label in front, with at least four digits.
 */
export const passport = {
  name: "passport",
  entity: "PASSPORT",
  group: "national-id",
  patterns: [
    "[A-Za-z]{0,3}\\d{5,9}[A-Za-z]?",
    "[A-Z]{1,3} \\d{5,9}",
    "\\d{2}[A-Za-z]{2}\\d{5}",
    "[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\\d]{7,8}\\d?",
    // the Netherlands'
    "[A-NP-Z]{2}[A-NP-Z\\d]{6}\\d",
  ],
  priority: 48,
  needs: isNamed,
  canBegin: isLabelled,
  valid(text, before) {
    if (!isLabelled(before)) return false;
    const digits = text.match(/\d/g)?.length ?? 0;
    return digits >= (/^[A-Z\d]{8,9}$/.test(text) ? 1 : 4);
  },
} as const satisfies Recogniser;
