import { hrOib } from "../../../src/detect/recognisers/hr-oib.ts";
import { examples } from "./_examples.ts";

examples(hrOib, {
  found: ["OIB ⟦33392005961⟧"],
  passed: ["33392005961", "OIB 33392005962"],
});
