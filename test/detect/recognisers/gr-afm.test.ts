import { grAfm } from "../../../src/detect/recognisers/gr-afm.ts";
import { examples } from "./_examples.ts";

examples(grAfm, {
  found: ["ΑΦΜ ⟦094259216⟧"],
  passed: ["094259216", "ΑΦΜ 094259217", "ΑΦΜ 000000000"],
});
