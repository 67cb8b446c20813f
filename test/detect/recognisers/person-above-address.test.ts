import { personAboveAddress } from "../../../src/detect/recognisers/person-above-address.ts";
import { examples } from "./_examples.ts";

examples(personAboveAddress, {
  found: [
    "⟦Heike Hoffmann⟧\nAlte Landstraße 17 b\n80930 Leipzig",
    "Bill to:\n⟦Ethan O'Connor⟧\n450 Pine Ridge Drive, Bristol, BS8 1TH\n",
    "⟦Margaux Perrin⟧\n9 cours Mirabeau\n18004 Lyon",
    "⟦Noor Scholten⟧\nBurgemeester de Vlugtlaan 14 hs\n1490 SE Den Haag",
    "⟦Barbara Krawczyk⟧\nos. Piastowskie 27/14\n06-355 Lublin",
    "⟦Beatriz Tavares Moreira⟧\nLargo do Rossio, 3\n6369-120 Faro",
    "⟦Pablo Prieto⟧\nRonda de Toledo 14, 4º izda.\n15674 Barcelona",
  ],
  passed: [
    "Getting Started\nThis section explains 12 things\n12345 Things",
    "Anna Schmidt\nLindenweg 4\nund so weiter",
    "Anna Schmidt\n12 Punkte im ersten Spiel\nund 14 im zweiten",
    "See Anna Schmidt\nLindenweg 4\n80930 Leipzig",
    "Madison Square\n15 Main Avenue\n53703 Madison",
    "Madison Square Garden\n4 Penn Plaza\nNew York",
  ],
});
