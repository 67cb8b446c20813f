import { sePnr } from "../../../src/detect/recognisers/se-pnr.ts";
import { examples } from "./_examples.ts";

examples(sePnr, {
  found: [
    "the case of Anna, ⟦811228-9874⟧",
    "pers.nr ⟦196412039866⟧",
    "⟦811228-9874⟧",
    "personnummer ⟦198112289874⟧",
    "⟦811288-9871⟧",
    "⟦111228+9879⟧",
  ],
  passed: ["811228-9873", "8112289874", "811328-9874", "order 811228-9874"],
});
