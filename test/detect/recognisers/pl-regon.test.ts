import { plRegon } from "../../../src/detect/recognisers/pl-regon.ts";
import { examples } from "./_examples.ts";

examples(plRegon, {
  found: ["REGON ⟦192598184⟧", "REGON: ⟦12345678512347⟧"],
  passed: ["192598184", "REGON 192598183"],
});
