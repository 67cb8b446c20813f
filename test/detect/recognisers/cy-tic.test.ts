import { cyTic } from "../../../src/detect/recognisers/cy-tic.ts";
import { examples } from "./_examples.ts";

examples(cyTic, {
  found: ["TIC ⟦10259033P⟧"],
  passed: ["10259033P", "TIC 10259033Q"],
});
