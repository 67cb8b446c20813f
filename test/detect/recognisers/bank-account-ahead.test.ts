import { bankAccountAhead } from "../../../src/detect/recognisers/bank-account-ahead.ts";
import { examples } from "./_examples.ts";

examples(bankAccountAhead, {
  found: [
    "Account ⟦12345678⟧ sort code 12-34-56",
    "a/c ⟦12345678⟧, Sort Code: 123456",
    "⟦00012345⟧ / sort-code 12-34-56",
  ],
  passed: [
    "Account 12345678",
    "112345678 sort code",
    "1234567 sort code",
    "12345678 sorted codes",
    "12345678 resort code",
  ],
});
