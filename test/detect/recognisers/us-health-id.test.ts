import { usHealthId } from "../../../src/detect/recognisers/us-health-id.ts";
import { examples } from "./_examples.ts";

examples(usHealthId, {
  found: ["MBI ⟦1EG4-TE5-MK73⟧", "NPI: ⟦1245319599⟧", "DEA number ⟦AB1234563⟧"],
  passed: ["1EG4-TE5-MK73", "NPI 1245319598", "DEA AB1234564"],
});
