import { personSaluted } from "../../../src/detect/recognisers/person-saluted.ts";
import { examples } from "./_examples.ts";

examples(personSaluted, {
  found: [
    "réf. 64846\n\nMadame ⟦Renard⟧,\n\nTitulaire",
    "Señora ⟦García Lozano⟧,\nle escribo",
    "> Mevrouw ⟦Bakker⟧,\n> dank",
  ],
  passed: ["Madame Bovary est un roman,\nparu", "Chez Madame Renard,\nrue", "Madame, Monsieur,\n"],
});
