import { atSvnr } from "../../../src/detect/recognisers/at-svnr.ts";
import { examples } from "./_examples.ts";

examples(atSvnr, {
  found: ["SV-Nummer ⟦1237 010180⟧", "Sozialversicherungsnummer: ⟦1237010180⟧"],
  passed: ["1237 010180", "SV-Nummer 1238 010180", "SV-Nummer 1237 311480"],
});
