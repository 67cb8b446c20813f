import { frTaxId } from "../../../src/detect/recognisers/fr-tax-id.ts";
import { examples } from "./_examples.ts";

examples(frTaxId, {
  found: [
    "Mon numéro fiscal de référence est ⟦2170626761450⟧",
    "N° fiscal : ⟦2170626761450⟧",
    "numéro fiscal : ⟦30 23 217 600 053⟧",
    "SPI ⟦3023217600053⟧",
  ],
  passed: ["3023217600053", "numéro fiscal 3023217600054"],
});
