import { itPiva } from "../../../src/detect/recognisers/it-piva.ts";
import { examples } from "./_examples.ts";

examples(itPiva, {
  found: ["partita IVA ⟦00743110157⟧", "P.IVA: ⟦00743110157⟧"],
  passed: ["00743110157", "partita IVA 00743110158", "partita IVA 00000000000"],
});
