import { ukUtr } from "../../../src/detect/recognisers/uk-utr.ts";
import { examples } from "./_examples.ts";

examples(ukUtr, {
  found: ["UTR ⟦1955839661⟧", "UTR: ⟦19558 39661⟧"],
  passed: ["1955839661", "UTR 2955839661"],
});
