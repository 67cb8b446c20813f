import { grIdCard } from "../../../src/detect/recognisers/gr-id-card.ts";
import { examples } from "./_examples.ts";

examples(grIdCard, {
  found: ["ΑΔΤ: ⟦ΑΒ 123456⟧", "Greek identity card ⟦AB123456⟧"],
  passed: ["AB123456"],
});
