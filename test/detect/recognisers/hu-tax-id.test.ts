import { huTaxId } from "../../../src/detect/recognisers/hu-tax-id.ts";
import { examples } from "./_examples.ts";

examples(huTaxId, {
  found: ["adóazonosító jel: ⟦8071592153⟧"],
  passed: ["8071592153", "adóazonosító jel 8071592154"],
});
