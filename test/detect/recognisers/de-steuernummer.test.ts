import { deSteuernummer } from "../../../src/detect/recognisers/de-steuernummer.ts";
import { examples } from "./_examples.ts";

examples(deSteuernummer, {
  found: ["Steuernummer: ⟦93/815/08152⟧", "St.-Nr. ⟦181/815/08155⟧"],
  passed: ["93/815/08152", "Steuernummer 12"],
});
