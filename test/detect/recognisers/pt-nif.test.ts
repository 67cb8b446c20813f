import { ptNif } from "../../../src/detect/recognisers/pt-nif.ts";
import { examples } from "./_examples.ts";

examples(ptNif, {
  found: ["NIF ⟦501964843⟧", "contribuinte n.º ⟦501 964 843⟧"],
  passed: ["501964843", "NIF 501964842", "NIF enviado, encomenda 501964843"],
});
