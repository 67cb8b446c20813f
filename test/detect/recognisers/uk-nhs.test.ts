import { ukNhs } from "../../../src/detect/recognisers/uk-nhs.ts";
import { examples } from "./_examples.ts";

examples(ukNhs, {
  found: ["NHS number ⟦943 476 5870⟧", "NHS no. ⟦9434765870⟧"],
  passed: ["943 476 5870", "NHS number 943 476 5871"],
});
