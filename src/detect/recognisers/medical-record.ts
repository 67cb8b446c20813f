import { isNamed, labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { isOfOther } from "./_used-label.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."mrn,medical record,medical record number,medical record no,patient id,patient number,patient no,chart number,health record".split(
    ",",
  ),
  ..."health record number,hospital number,health plan,health plan number,member id,policy number,insurance id,beneficiary".split(
    ",",
  ),
  ..."encounter,encounter id,accession number,specimen id,health insurance number,medical id".split(","),
  ..."patientennummer,patienten id,patientennr,fallnummer,krankenaktennummer,versichertennummer,krankenversicherungsnummer".split(
    ",",
  ),
  ..."numero de dossier medical,dossier medical,numero de patient,numero patient,ipp,numero de mutuelle,numero d adherent".split(
    ",",
  ),
  ..."historia clinica,numero de historia clinica,nhc,numero de paciente,tarjeta sanitaria,cip,cartella clinica".split(
    ",",
  ),
  ..."numero cartella clinica,tessera sanitaria,numero di paziente,processo clinico,numero de utente,utente,sns".split(
    ",",
  ),
  ..."patientnummer,patientnr,zorgnummer,zorgpas,numer pacjenta,numer kartoteki,nr pacjenta,numer ubezpieczenia".split(
    ",",
  ),
);

const isLabelled = onceFor((before) => labelled(before, LABELS, 40) && !isOfOther(before, LABELS));

/** Numbers of patients, their files and their insurance: forms differ by house, so a label in front decides. */
export const medicalRecord = {
  name: "medical-record",
  entity: "MEDICAL_RECORD",
  group: "health",
  patterns: [
    "[A-Za-z]{0,5}[\\-/]?\\d{4,12}[A-Za-z]{0,2}",
    "[A-Za-z]{1,4}[\\-/]\\d{2,6}[\\-/]\\d{2,8}",
    "\\d{2,4}[\\-/ ]\\d{2,4}[\\-/ ]\\d{2,6}",
  ],
  priority: 49,
  needs: isNamed,
  canBegin: isLabelled,
  valid: (text, before) => isLabelled(before) && !/^[-/]/.test(text),
} as const satisfies Recogniser;
