import { ukNino } from "../../../src/detect/recognisers/uk-nino.ts";
import { examples } from "./_examples.ts";

examples(ukNino, {
  found: [
    "the claim was made by ⟦AB123456C⟧",
    "⟦AB 12 34 56 C⟧",
    "NI number: ⟦ab123456c⟧",
    "NI number ⟦QQ 12 34 56 C⟧",
    "⟦AB123456C⟧",
  ],
  passed: ["BG123456C", "QQ123456C", "AB123456E", "ab123456c", "part AB123456C", "DA123456C"],
});
