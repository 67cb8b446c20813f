import { swiftBic } from "../../../src/detect/recognisers/swift-bic.ts";
import { examples } from "./_examples.ts";

examples(swiftBic, {
  found: ["BIC: ⟦DEUTDEFF⟧", "SWIFT code ⟦NEDSZAJJXXX⟧", "BIC/SWIFT ⟦BNPAFRPP⟧"],
  passed: ["PASSWORD", "the DEUTDEFF of it", "BIC: deutdeff", "BIC DEUTDEFFX"],
});
