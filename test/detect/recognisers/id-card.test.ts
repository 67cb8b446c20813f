import { idCard } from "../../../src/detect/recognisers/id-card.ts";
import { examples } from "./_examples.ts";

examples(idCard, {
  found: [
    "carte d'identité n° ⟦880692310285⟧",
    "carta d'identità: ⟦CA12345AA⟧",
    "identiteitskaart ⟦591-1234567-89⟧",
    "identity card number ⟦AB123456⟧",
  ],
  passed: ["CA12345AA", "identity card is lost", "id card for order 123456"],
});
