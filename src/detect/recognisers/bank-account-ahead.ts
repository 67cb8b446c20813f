import type { Recogniser } from "./recogniser.ts";

/** British account numbers in front of their sort code, where no other label is: `account 12345678, sort code 12-34-56`. */
export const bankAccountAhead = {
  name: "bank-account-ahead",
  entity: "BANK_ACCOUNT",
  group: "payment",
  patterns: ["\\d{8}[ ,;/|]{1,3}(?:[Ss]ort[ -]?[Cc]ode|SORT CODE)"],
  priority: 57,
  ends: () => 8,
} as const satisfies Recogniser;
