import { huTaj } from "../../../src/detect/recognisers/hu-taj.ts";
import { examples } from "./_examples.ts";

examples(huTaj, {
  found: ["TAJ szám: ⟦123 456 788⟧", "TAJ ⟦123456788⟧"],
  passed: ["123456788", "TAJ 123456789"],
});
