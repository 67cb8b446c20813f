import { fiBusinessId } from "../../../src/detect/recognisers/fi-business-id.ts";
import { examples } from "./_examples.ts";

examples(fiBusinessId, {
  found: ["Y-tunnus ⟦2077474-0⟧"],
  passed: ["2077474-0", "Y-tunnus 2077474-1"],
});
