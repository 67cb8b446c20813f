import { plNip } from "../../../src/detect/recognisers/pl-nip.ts";
import { examples } from "./_examples.ts";

examples(plNip, {
  found: ["NIP: ⟦856-734-62-15⟧", "NIP ⟦8567346215⟧"],
  passed: ["8567346215", "NIP 8567346216"],
});
