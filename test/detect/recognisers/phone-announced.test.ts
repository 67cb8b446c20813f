import { phoneAnnounced } from "../../../src/detect/recognisers/phone-announced.ts";
import { examples } from "./_examples.ts";
import { NO_PHONES } from "./_no-phones.ts";

examples(phoneAnnounced, {
  found: [
    "tel ⟦030 901820 5500⟧",
    "Tel. ⟦030/901820⟧",
    "tel. ⟦685 43 15 23⟧",
    "Potete chiamarmi al ⟦06 9513 4677⟧",
    "zadzwoń pod ⟦635-977-877⟧",
    "call me at ⟦449 4898⟧",
    "Fax: ⟦463-612-6138x036⟧",
    "Telefoon: ⟦0612345678⟧",
    "Tlf. ⟦22 12 34 56⟧",
    "mobilnummer ⟦070-123 45 67⟧",
    "reach me on ⟦07747 883597⟧",
    "Rufen Sie mich an: ⟦0176/12345678⟧",
    "Meine Nummer ist ⟦017612345678⟧",
    "mon numéro est le ⟦0612345678⟧",
    "mi número es ⟦612345678⟧",
    "il mio numero è ⟦3331234567⟧",
    "mój numer to ⟦601234567⟧",
    "tel:⟦+49-30-901820⟧",
    "appelez le ⟦01 02 03 04 05⟧",
    "Tel. ⟦0664.1234567⟧",
    '"telefonoMovil": "⟦646 961 776⟧"',
    '"nrTelefonu": "⟦695-180-496⟧"',
    "Per urgenze chiamate il ⟦333 591 8513⟧",
    "Tlm.: ⟦939 228 169⟧",
    "llamen al ⟦646 961 776⟧",
  ],
  passed: [...NO_PHONES, "+49 30 901820", "201-555-0123"],
});
