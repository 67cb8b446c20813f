import { dateOfBirthAhead } from "../../../src/detect/recognisers/date-of-birth-ahead.ts";
import { examples } from "./_examples.ts";

examples(dateOfBirthAhead, {
  found: [
    "ich bin am ⟦04.09.1968⟧ geboren",
    "Ich wurde am ⟦4. März 1982⟧ in Bad Homburg geboren und wohne hier",
    "ik ben op ⟦4 mei 1990⟧ te Zwolle geboren",
    "Meine Tochter ist am ⟦1.2.19⟧ geboren",
  ],
  passed: [
    "Goethe wurde am 28. August 1749 in Frankfurt geboren",
    "ich bin am 3.4.2026 um 5 Uhr da",
    "Der Verein wurde am 1.4.1976 geboren",
  ],
});
