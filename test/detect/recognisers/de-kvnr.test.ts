import { deKvnr } from "../../../src/detect/recognisers/de-kvnr.ts";
import { examples } from "./_examples.ts";

examples(deKvnr, {
  found: ["KV-Nr.: ⟦A000500015⟧", "Vers.-Nr. ⟦A123456780⟧", "Versichertennummer ⟦A123456780⟧", "KVNR: ⟦A 123 456 780⟧"],
  passed: ["A123456780", "KVNR A123456781"],
});
