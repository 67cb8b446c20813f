import { plIdCard } from "../../../src/detect/recognisers/pl-id-card.ts";
import { examples } from "./_examples.ts";

examples(plIdCard, {
  found: ["dowód osobisty ⟦ABA300000⟧", "nr dowodu: ⟦ABA 300000⟧"],
  passed: ["ABA300000", "dowód osobisty ABA300001"],
});
