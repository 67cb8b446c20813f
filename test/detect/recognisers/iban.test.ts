import { iban } from "../../../src/detect/recognisers/iban.ts";
import { examples } from "./_examples.ts";

examples(iban, {
  found: [
    "⟦DE89 3704 0044 0532 0130 00⟧ and",
    "⟦GB29NWBK60161331926819⟧.",
    "⟦FR14-2004-1010-0505-0001-3M02-606⟧",
    "⟦gb29nwbk60161331926819⟧",
    "⟦NO9386011117947⟧",
    "⟦MT84MALT011000012345MTLCAST001S⟧",
    "⟦NL91\u00a0ABNA\u00a00417\u00a01643\u00a000⟧",
  ],
  passed: [
    "DE89 3704 0044 0532 0130 01",
    "DE8937040044053201300",
    "XX89370400440532013000",
    "DE 89 370400440532013000",
    "GB29NWBK601613319268199",
  ],
});
