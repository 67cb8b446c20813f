import { phoneBesideMail } from "../../../src/detect/recognisers/phone-beside-mail.ts";
import { examples } from "./_examples.ts";

examples(phoneBesideMail, {
  found: [
    "Despacho Ruiz, info@example.es, ⟦676 516 918⟧",
    "('info@example.es', '⟦93 257 30 50⟧')",
    "<info@example.it> · ⟦333 591 8513⟧",
    "info@example.pl | ⟦501-234-567⟧",
  ],
  passed: [
    "676 516 918",
    "info@example.es and 676 516 918",
    "info@example.es, 123456789",
    "info@example.es, 12 34 56",
    "info@example.es, 2024-01-02",
    "info@example, 676 516 918",
  ],
});
