import { apiKeyCloud } from "../../../src/detect/recognisers/api-key-cloud.ts";
import { examples } from "./_examples.ts";

examples(apiKeyCloud, {
  found: [
    "⟦AKIAIOSFODNN7EXAMPLE⟧",
    "⟦AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q⟧",
    "⟦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⟧",
    "⟦hvs.CAESIJ1a2b3c4d5e6f7g8h9i0j1k2l3m⟧",
  ],
  passed: ["AKIAIOSFODNN7", "AKIA00000000000000000"],
});
