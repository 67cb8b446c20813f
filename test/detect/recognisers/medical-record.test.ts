import { medicalRecord } from "../../../src/detect/recognisers/medical-record.ts";
import { examples } from "./_examples.ts";

examples(medicalRecord, {
  found: [
    "MRN: ⟦00123456⟧",
    "Patientennummer ⟦PAT-2024-00123⟧",
    "numéro de dossier médical : ⟦AB123456⟧",
    "historia clínica ⟦1234567⟧",
    "medical record number is ⟦MR-004512⟧",
  ],
  passed: ["Your case number is 97368180.", "00123456", "MRN pending, order 00123456"],
});
