import { siEmso } from "../../../src/detect/recognisers/si-emso.ts";
import { examples } from "./_examples.ts";

examples(siEmso, {
  found: ["EMŠO ⟦1105978503900⟧", "EMŠO ⟦0101006500006⟧"],
  passed: ["0101006500006", "EMŠO 0101006500007"],
});
