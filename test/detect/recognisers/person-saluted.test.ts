import { personSaluted } from "../../../src/detect/recognisers/person-saluted.ts";
import { examples } from "./_examples.ts";

examples(personSaluted, {
  found: [
    "Hi ⟦Anna Schmidt⟧,\nthanks",
    "Hola ⟦Sergio Campos⟧!\n\nte paso",
    "> Bom dia ⟦Cristina Matos⟧,\n> o IBAN",
    '"family":"⟦Okafor⟧","given":["Chidi"]',
    "Nom : ⟦Lefebvre⟧\nPrénom : Antoine",
    '{"nom":"⟦MOREAU⟧","prenom":"Yanis"}',
    "réf. 64846\n\nMadame ⟦Renard⟧,\n\nTitulaire",
    "Señora ⟦García Lozano⟧,\n\nle escribo",
    "> Mevrouw ⟦Bakker⟧,\n>\n> dank",
  ],
  passed: [
    "Hi Sergio,\n\nthanks",
    "Dear Julia Community,\nthe release is out",
    "Dear Grant Committee,\n\nWe",
    "Hello Big World,\nthis",
    "Say: Hi Anna Schmidt, how",
    "Family: Rosaceae, Genus: Rosa",
    "Nom : Lefebvre\nVille : Lyon",
    "Madame Bovary est un roman,\nparu",
    "Chez Madame Renard,\nrue",
    "Madame, Monsieur,\n\n",
    "Madame Butterfly,\nopera",
  ],
});
