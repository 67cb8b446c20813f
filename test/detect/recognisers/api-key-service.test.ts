import { apiKeyService } from "../../../src/detect/recognisers/api-key-service.ts";
import { examples } from "./_examples.ts";

examples(apiKeyService, {
  found: [
    "⟦access_token$production$23h03g06mdsfz46e$3b8d635118d4205531bf9642c10e0611⟧",
    "⟦dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM⟧",
    "⟦xoxb-123456789012-abcDEF123ghi⟧",
    "⟦sk_live_4eC39HqLyjWDarjtT1zdp7dc⟧",
    "⟦SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5Cr⟧",
    "⟦123456789:AAF1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p⟧",
    "⟦https://hooks.slack.com/services/T0ABCDEF1/B0ABCDEF2/a1b2c3d4e5f6g7h8i9j0k1l2⟧",
  ],
  passed: ["sk_test_", "xoxb-", "SK00000000000000000000000000000000"],
});
