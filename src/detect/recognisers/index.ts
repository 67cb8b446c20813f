import { creditCard } from "./credit-card.ts";
import { cvv } from "./cvv.ts";
import { email } from "./email.ts";
import { iban } from "./iban.ts";
import { ipAddress } from "./ip-address.ts";
import { macAddress } from "./mac-address.ts";
import { phone } from "./phone.ts";
import type { Recogniser } from "./recogniser.ts";
import { swiftBic } from "./swift-bic.ts";
import { urlCredentials } from "./url-credentials.ts";
import { usSsn } from "./us-ssn.ts";

/** Everything that can be recognised, by the name of its file. */
export const RECOGNISERS: readonly Recogniser[] = [
  creditCard,
  cvv,
  email,
  iban,
  ipAddress,
  macAddress,
  phone,
  swiftBic,
  urlCredentials,
  usSsn,
];
