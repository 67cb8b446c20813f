import { deKvnr } from "../../../src/detect/recognisers/de-kvnr.ts";
import { examples } from "./_examples.ts";

examples(deKvnr, {
  found: ["Versichertennummer ⟦A123456780⟧", "KVNR: ⟦A 123 456 780⟧"],
  passed: ["A123456780", "KVNR A123456781"],
});
