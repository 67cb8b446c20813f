import { lvPk } from "../../../src/detect/recognisers/lv-pk.ts";
import { examples } from "./_examples.ts";

examples(lvPk, {
  found: [
    "personas kods ⟦161296-15020⟧",
    "⟦161175-19997⟧",
    "personas kods: ⟦16117519997⟧",
    "personas kods ⟦320010-10002⟧",
  ],
  passed: ["161175-19998", "16117519997", "320010-10002"],
});
