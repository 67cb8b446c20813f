import { phoneSetApart } from "../../../src/detect/recognisers/phone-set-apart.ts";
import { examples } from "./_examples.ts";
import { NO_PHONES } from "./_no-phones.ts";

examples(phoneSetApart, {
  found: [
    "Zimmer 12 ⟦+49 30 901820⟧",
    "12 rue de la Paix 75002 ⟦+33 1 42 60 30 30⟧",
    "Hauptstr. 5 ⟦+49 (0)30 901820⟧",
    "room 4 ⟦+4915112345678⟧",
    "Springfield, IL 62701 ⟦(217) 555-0143⟧",
    "New York, NY 10001-1234 ⟦212-555-0143⟧",
    "Suite 200 ⟦(212) 555-0143⟧",
  ],
  passed: [
    ...NO_PHONES,
    "12 +49 30",
    "3 +986675691",
    "x = 12 +4930901820123456",
    "1.5 +49 30 901820",
    "200 212-555-0143",
    "columns 212-555-0143 212-555-0144",
    "row 7 (999) 555-0143",
    "Springfield, IL 62701 999-555-0143",
  ],
});
