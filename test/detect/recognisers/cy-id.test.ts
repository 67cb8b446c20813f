import { cyId } from "../../../src/detect/recognisers/cy-id.ts";
import { examples } from "./_examples.ts";

examples(cyId, {
  found: ["Cyprus ID: ⟦1234567⟧"],
  passed: ["1234567"],
});
