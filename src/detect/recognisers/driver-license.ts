import { isNamed, labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { isOfOther } from "./_used-label.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."driver s license,driver s licence,drivers license,drivers licence,driver license,driver licence,driving licence".split(
    ",",
  ),
  ..."driving license,license number,licence number,dl number,dl no,dln,driver s license number,dvla,license no,licence no".split(
    ",",
  ),
  ..."fuhrerschein,fuhrerscheinnummer,fuhrerschein nr,fahrerlaubnis,permis de conduire,numero de permis,permis".split(
    ",",
  ),
  ..."permiso de conducir,carnet de conducir,licencia de conducir,patente,patente di guida,numero patente,carta de conducao".split(
    ",",
  ),
  ..."rijbewijs,rijbewijsnummer,prawo jazdy,prawa jazdy,korkort,korekort,forerkort,ajokortti,ridicsky prukaz".split(
    ",",
  ),
);

// Of what somebody did since: `Permis B. 2014-2018 : chauffeur`.
const YEAR = /^(?:19|20)\d\d$/;

const isLabelled = onceFor((before) => labelled(before, LABELS, 40) && !isOfOther(before, LABELS));

/** Driving licences: forms differ by state, so a label in front decides, and at least four digits. */
export const driverLicense = {
  name: "driver-license",
  entity: "DRIVER_LICENSE",
  group: "national-id",
  patterns: [
    "[A-Za-z]{0,3}-?\\d{4,14}[A-Za-z]{0,2}",
    "[A-Za-z]?\\d{2,4}(?:[ \\-]\\d{2,5}){2,3}",
    "[A-Za-z]{1,2}\\d[A-Za-z\\d]{5,9}",
    "[A-Za-z9]{5}\\d{6}[A-Za-z9]{2}\\d[A-Za-z]{2}",
    "\\d{5}/\\d{2}/\\d{4}",
    // France's, Portugal's
    "\\d{2}[A-Z]{2}\\d{5}",
    "[A-Z]{1,2}-\\d{6} \\d",
  ],
  priority: 48,
  needs: isNamed,
  canBegin: isLabelled,
  valid: (text, before) =>
    isLabelled(before) && (text.match(/\d/g)?.length ?? 0) >= 4 && !text.startsWith("-") && !YEAR.test(text),
} as const satisfies Recogniser;
