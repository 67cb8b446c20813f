import { dkCpr } from "../../../src/detect/recognisers/dk-cpr.ts";
import { examples } from "./_examples.ts";

examples(dkCpr, {
  found: ["the order of Anna, ⟦211062-5629⟧", "⟦211062-5629⟧", "CPR-nummer ⟦211062-5628⟧", "CPR ⟦2110625629⟧"],
  passed: ["211062-5628", "2110625629", "311362-5629", "order 211062-5629"],
});
