import { nlBsn } from "../../../src/detect/recognisers/nl-bsn.ts";
import { examples } from "./_examples.ts";

examples(nlBsn, {
  found: ['BSNNUMBER="⟦111222333⟧"', "BSN ⟦111222333⟧", "burgerservicenummer: ⟦1112.22.333⟧"],
  passed: ["111222333", "BSN 111222334", "BSN 000000000", "BSN bekend, bestelling 111222333"],
});
