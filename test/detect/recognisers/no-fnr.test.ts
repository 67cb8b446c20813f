import { noFnr } from "../../../src/detect/recognisers/no-fnr.ts";
import { examples } from "./_examples.ts";

examples(noFnr, {
  found: ["⟦151086 95088⟧", "fødselsnummer ⟦15108695088⟧"],
  passed: ["15108695088", "151086 95089", "ordre 1 151086 95088"],
});
