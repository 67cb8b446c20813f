import { cvv } from "../../../src/detect/recognisers/cvv.ts";
import { examples } from "./_examples.ts";

examples(cvv, {
  found: [
    "4111 1111 1111 1111, validade 07/27, código ⟦390⟧",
    "CVV: ⟦123⟧",
    "the security code is ⟦4567⟧.",
    "Prüfnummer ⟦321⟧ oder CVC=⟦321⟧",
    "4111 1111 1111 1111, 12/27, ⟦123⟧",
    "code de sécurité : ⟦987⟧",
    "cryptogramme visuel ⟦987⟧",
    '"codigoDeSeguridad": "⟦123⟧"',
    "pruefnummer=⟦321⟧",
    "<cvv>⟦123⟧</cvv>",
    "- **CVV:** ⟦123⟧",
    "CVV ........ ⟦123⟧",
    "<tr><th>Codice di sicurezza</th><td>⟦856⟧</td></tr>",
    '{"name": "cvc", "value": "⟦123⟧"}',
  ],
  passed: ["validade 07/27, código 390", "in 2024", "room 123", "cvv 12345", "card 4111 1111 1111 1111"],
});
