import { isRandom } from "./_vendor-key.ts";
import type { Recogniser } from "./recogniser.ts";

/**
 * Signatures of addresses that let in whoever has them: Azure's shared access (`sig=`), Amazon's and Google's presigned
 * ones (`X-Amz-Signature=`). Only the signature is found, so that what the address is of can still be read.
 */
export const apiKeySignature = {
  name: "api-key-signature",
  entity: "API_KEY",
  group: "secret",
  patterns: ["sig=[A-Za-z\\d%+/_\\-]{40,64}(?:%3[dD]|=)", "[xX]-(?:Amz|amz|Goog|goog)-[sS]ignature=[a-f\\d]{64,100}"],
  priority: 15,
  swallow: { while: "[a-f\\d]" },
  begins: (text) => text.indexOf("=") + 1,
  valid: (text) => isRandom(text),
} as const satisfies Recogniser;
