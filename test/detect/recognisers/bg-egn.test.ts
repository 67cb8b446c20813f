import { bgEgn } from "../../../src/detect/recognisers/bg-egn.ts";
import { examples } from "./_examples.ts";

examples(bgEgn, {
  found: ["EGN ⟦7523169263⟧", "ЕГН: ⟦7523169263⟧"],
  passed: ["7523169263", "EGN 7523169264", "EGN 7533169263"],
});
