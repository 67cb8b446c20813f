import { siTaxId } from "../../../src/detect/recognisers/si-tax-id.ts";
import { examples } from "./_examples.ts";

examples(siTaxId, {
  found: ["davčna številka: ⟦50223054⟧"],
  passed: ["50223054", "davčna številka 50223055"],
});
