import { plIdCard } from "../../../src/detect/recognisers/pl-id-card.ts";
import { examples } from "./_examples.ts";

examples(plIdCard, {
  found: ["legitymującym się dowodem osobistym ⟦CWQ944768⟧", "dowód osobisty ⟦ABA300000⟧", "nr dowodu: ⟦ABA 300000⟧"],
  passed: ["ABA300000", "dowód osobisty ABA300001"],
});
