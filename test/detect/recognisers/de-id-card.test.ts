import { deIdCard } from "../../../src/detect/recognisers/de-id-card.ts";
import { examples } from "./_examples.ts";

examples(deIdCard, {
  found: ["Personalausweis ⟦L01X00T471⟧", "Ausweisnummer: ⟦L01X00T47⟧"],
  passed: ["L01X00T471", "Personalausweis L01X00T472", "Personalausweis VORHANDEN"],
});
