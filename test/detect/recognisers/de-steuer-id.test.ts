import { deSteuerId } from "../../../src/detect/recognisers/de-steuer-id.ts";
import { examples } from "./_examples.ts";

examples(deSteuerId, {
  found: [
    "Steuer-ID ⟦36574261809⟧",
    "Meine Steueridentifikationsnummer lautet ⟦36 574 261 809⟧",
    "IdNr.: ⟦36574261809⟧",
    "steuer_id=⟦36574261809⟧",
  ],
  passed: ["36574261809", "Steuer-ID 36574261808", "Steuer-ID 06574261809", "Steuer-ID folgt, Bestellung 36574261809"],
});
