import { mtId } from "../../../src/detect/recognisers/mt-id.ts";
import { examples } from "./_examples.ts";

examples(mtId, {
  found: ["Maltese ID card ⟦123456M⟧"],
  passed: ["123456M", "Maltese ID card 123456C"],
});
