import { esDni } from "../../../src/detect/recognisers/es-dni.ts";
import { examples } from "./_examples.ts";

examples(esDni, {
  found: ["factura para Ana Ruiz, ⟦54362315K⟧", "⟦54362315K⟧", "DNI: ⟦54362315-k⟧", "mi DNI es ⟦54.362.315-K⟧"],
  passed: ["54362315Z", "pedido 54362315K", "54362315k", "1-54362315K"],
});
