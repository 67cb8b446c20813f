import { roCnp } from "../../../src/detect/recognisers/ro-cnp.ts";
import { examples } from "./_examples.ts";

examples(roCnp, {
  found: ["CNP ⟦1630615123457⟧", "cod numeric personal: ⟦1630615123457⟧"],
  passed: ["1630615123457", "CNP 1630615123458", "CNP 1631315123457"],
});
