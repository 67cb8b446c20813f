import { personAhead } from "../../../src/detect/recognisers/person-ahead.ts";
import { examples } from "./_examples.ts";

examples(personAhead, {
  found: [
    "Fahrer B: ⟦Emre Dietrich⟧ (geb. 01.04.1987), Handy",
    "RE: ⟦Benjamin Whitfield⟧, DOB 12/11/1993",
    "⟦Dorota Jabłońska⟧, ur. 8 lipca 1985 w Lublinie",
    "⟦Aurélie d'Aubigny⟧, née le 22 août 1995 à Lille",
    "⟦Harry Hargreaves⟧, born August 11, 1989, of",
    "zwischen ⟦Lena Vogel⟧, wohnhaft Lindenweg 4",
    "entre ⟦Camille Girard⟧, demeurant 12 rue des Lilas",
    "⟦Lucía García Navarro⟧, con DNI 12345678Z",
    "⟦Marco De Luca⟧, C.F. RSSMRC80A01H501U",
    "Name ⟦Anna Schmidt⟧, Telefon 0171 2345678",
    "⟦Joost van den Berg⟧ (tel. 020-6123456)",
  ],
  passed: [
    "Wolfgang Amadeus Mozart, born 27 January 1756, was",
    "Albert Einstein (14 March 1879)",
    "Deutsche Telekom, Telefon 0800 3301000",
    "Freddie Mercury, born Farrokh Bulsara",
    "Martin Luther King Memorial, resident artists",
    "Anna Schmidt, Teller und Tassen",
    "Chris Evans, phone repair shop",
  ],
});
