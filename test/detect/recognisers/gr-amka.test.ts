import { grAmka } from "../../../src/detect/recognisers/gr-amka.ts";
import { examples } from "./_examples.ts";

examples(grAmka, {
  found: ["ΑΜΚΑ: ⟦01013099997⟧", "AMKA ⟦01013099997⟧"],
  passed: ["01013099997", "AMKA 01013099998"],
});
