import { itCf } from "../../../src/detect/recognisers/it-cf.ts";
import { examples } from "./_examples.ts";

examples(itCf, {
  found: ["⟦RCCMNL83S18D969H⟧", "⟦rccmnl83s18d969h⟧", "⟦RCC MNL 83S18 D969H⟧"],
  passed: ["RCCMNL83S18D969A", "RCCMNL83S72D969H", "ABCDEFGHIJKLMNOP"],
});
