import { expect, test } from "bun:test";
import { isRole } from "../../../src/detect/recognisers/_person-roles.ts";

test("what forms call people at hand is a role, in eight languages and as keys are written", () => {
  for (const label of [
    "Driver A: ",
    "Emergency contact (wife): ",
    "Geschädigte: ",
    "Versicherungsnehmer = ",
    "Plaignante : ",
    "Médico de cabecera: Dr. ",
    '"contattoDiEmergenza": "',
    "Encarregado de educação: ",
    "Aangeefster: ",
    "Zawiadamiająca: ",
    "osoba_do_kontaktu: ",
  ])
    expect({ label, isRole: isRole(label) }).toEqual({ label, isRole: true });
});

test("what the famous, works and things are called is none", () => {
  for (const label of ["Director: ", "Title: ", "Brand: ", "Singer: ", "Driver version: ", "the patient ", "Winner: "])
    expect({ label, isRole: isRole(label) }).toEqual({ label, isRole: false });
});
