import { esNie } from "../../../src/detect/recognisers/es-nie.ts";
import { examples } from "./_examples.ts";

examples(esNie, {
  found: ["⟦X2482300W⟧", "NIE ⟦x-2482300-w⟧", "⟦X-2482300-W⟧"],
  passed: ["X2482300A", "A2482300W", "pedido X2482300W"],
});
