import { addressLabelled } from "../../../src/detect/recognisers/address-labelled.ts";
import { examples } from "./_examples.ts";

examples(addressLabelled, {
  found: [
    "wonende te ⟦Grote Markt 7 bus 2, 2000 Antwerpen⟧, gsm",
    "Mailing address: ⟦PO Box 1187, Santa Monica, CA 90406⟧",
    "Straße und Hausnummer: ⟦Schillerring 22⟧",
    "I moved to ⟦12 Harbour View⟧ last",
    "Mieszkam teraz przy ⟦Marszałkowska 9/11⟧",
    '"strasse":"⟦Unter den Eichen 9⟧","plz"',
    '{"homeAddress":{"line1":"⟦Flat 3, 18 Harbour View⟧","city"',
    "Street: ⟦Schillerring 22⟧",
    "| Adres | x |\nAdres: ⟦Marszałkowska 9/11, 02-145 Lublin⟧",
    "adres zamieszkania: ⟦Nieuwezijds Voorburgwal 27⟧",
    "zam. ⟦Marszałkowska 9/11⟧, tel.",
    "wonende te Den Haag, ⟦Spui 70⟧, verhuurder",
    "I live at ⟦12 Harbour View⟧ and",
    "ich wohne am ⟦Markt 5⟧",
    "**Dirección:** ⟦Mayor 12, 3.º B⟧",
  ],
  passed: [
    "IP address: Node 12",
    "Adresse: Siehe Anlage 2",
    "line 1: Hello World 7",
    "street: Level 3",
    "We address 3 Key Areas",
    "base address: Bank 7",
    "the street was Number 12",
    "ich wohne in Berlin 12 Jahre",
    "E-mail address: Sales 24",
  ],
});
