import { apiKeySignature } from "../../../src/detect/recognisers/api-key-signature.ts";
import { examples } from "./_examples.ts";

examples(apiKeySignature, {
  found: [
    "?sv=2022-11-02&sig=⟦XVjoPBrtQerN5DbKyn8cEEE4oQU2bZrWfEOG5zlX%3D⟧&se=2026",
    "&X-Amz-Signature=⟦8f14e45fceea167a5a36dedd4bea2543c4ca4238a0b923820dcc509a6f75849b⟧",
  ],
  passed: ["sig=short", "sig=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=", "const sig = sign(payload)"],
});
