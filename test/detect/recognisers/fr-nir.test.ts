import { frNir } from "../../../src/detect/recognisers/fr-nir.ts";
import { examples } from "./_examples.ts";

examples(frNir, {
  found: [
    "le dossier de Marie ⟦2 95 10 99 126 111 93⟧",
    "⟦2 95 10 99 126 111 93⟧",
    "⟦295109912611193⟧",
    "NIR ⟦253072A07300443⟧",
    "⟦2 53 07 2B 073 004 70⟧",
    "numéro de sécurité sociale : ⟦2 95 10 99 126 111⟧",
  ],
  passed: [
    "295109912611194",
    "2 95 10 99 126 111",
    "3000000000000",
    "295139912611193",
    "mpf(368983957219251)",
    "commande 295109912611193",
  ],
});
