import { ltAk } from "../../../src/detect/recognisers/lt-ak.ts";
import { examples } from "./_examples.ts";

examples(ltAk, {
  found: ["asmens kodas ⟦33309240064⟧"],
  passed: ["33309240064", "asmens kodas 33309240065"],
});
