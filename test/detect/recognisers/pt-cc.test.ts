import { ptCc } from "../../../src/detect/recognisers/pt-cc.ts";
import { examples } from "./_examples.ts";

examples(ptCc, {
  found: ["⟦00000000 0 ZZ4⟧", "cartão de cidadão ⟦000000000ZZ4⟧"],
  passed: ["00000000 0 ZZ5", "000000000004", "encomenda 00000000 0 ZZ4"],
});
