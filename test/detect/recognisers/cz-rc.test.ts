import { czRc } from "../../../src/detect/recognisers/cz-rc.ts";
import { examples } from "./_examples.ts";

examples(czRc, {
  found: ["⟦710319/2745⟧", "rodné číslo ⟦7103192745⟧", "rodné číslo: ⟦530101/123⟧"],
  passed: ["710319/2746", "7103192745", "711319/2745", "530101/123"],
});
