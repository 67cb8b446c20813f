import { beNn } from "../../../src/detect/recognisers/be-nn.ts";
import { examples } from "./_examples.ts";

examples(beNn, {
  found: [
    "la commande de Marie, ⟦85.07.30-033.28⟧",
    "n° national ⟦85073003328⟧",
    "⟦85.07.30-033.28⟧",
    "rijksregisternummer ⟦85073003328⟧",
    "NISS : ⟦17 07 30 033 84⟧",
  ],
  passed: ["85073003328", "85.07.30-033.29", "85.17.30-033.28", "bestelling 85.07.30-033.28"],
});
