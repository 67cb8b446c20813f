import { frSiret } from "../../../src/detect/recognisers/fr-siret.ts";
import { examples } from "./_examples.ts";

examples(frSiret, {
  found: ["SIRET ⟦732 829 320 00074⟧", "SIREN : ⟦552008443⟧"],
  passed: ["552008443", "SIREN 552008444"],
});
