import { isNamed, labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  "bic",
  "swift",
  "swift code",
  "bic code",
  "bic swift",
  "swift bic",
  "bic nummer",
  "code bic",
  "codigo bic",
  "codice bic",
  "kod bic",
  "kod swift",
);

/** Business identifier codes (ISO 9362): nothing but letters, so they count by label only. */
export const swiftBic = {
  name: "swift-bic",
  entity: "SWIFT_BIC",
  group: "payment",
  patterns: ["[A-Z]{6}[A-Z2-9][A-NP-Z\\d](?:[A-Z\\d]{3})?"],
  needs: isNamed,
  canBegin: (before) => labelled(before, LABELS, 30),
  valid: (_text, before) => labelled(before, LABELS, 30),
} as const satisfies Recogniser;
