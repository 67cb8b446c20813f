import { ptNiss } from "../../../src/detect/recognisers/pt-niss.ts";
import { examples } from "./_examples.ts";

examples(ptNiss, {
  found: ["NISS: ⟦11025789319⟧", "número de segurança social ⟦110 257 893 19⟧"],
  passed: ["11025789319", "NISS 11025789310", "NISS 31025789319"],
});
