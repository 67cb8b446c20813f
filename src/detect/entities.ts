import { RECOGNISERS } from "./recognisers/index.ts";
import type { EntityGroup, Recogniser } from "./recognisers/recogniser.ts";

/** Names others give to what we find, and what we call it. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  EMAIL: ["EMAIL_ADDRESS", "EMAILS", "E_MAIL", "MAIL"],
  PHONE: ["PHONE_NUMBER", "PHONE_NUMBERS", "PHONES", "TELEPHONE", "MOBILE", "TEL"],
  CREDIT_CARD: ["CREDIT_CARD_NUMBER", "CREDIT_CARDS", "CARD", "CARD_NUMBER", "PAYMENT_CARD", "PAN", "CC"],
  CVV: ["CVC", "CARD_CVV", "CREDIT_CARD_CVV", "SECURITY_CODE"],
  IBAN: ["IBAN_CODE"],
  BANK_ACCOUNT: ["BANK_ACCOUNT_NUMBER", "ACCOUNT_NUMBER", "US_BANK_NUMBER"],
  SWIFT_BIC: ["BIC", "SWIFT", "SWIFT_CODE"],
  IP_ADDRESS: ["IP", "IPV4", "IPV6", "IP_ADDRESSES"],
  MAC_ADDRESS: ["MAC"],
  URL_CREDENTIALS: ["URL_WITH_CREDENTIALS", "CREDENTIALS_URL"],
  US_SSN: ["SSN", "SOCIAL_SECURITY_NUMBER", "SOCIAL_SECURITY"],
  VAT_ID: ["VAT", "VAT_NUMBER", "EU_VAT"],
  PASSPORT: ["PASSPORT_NUMBER", "US_PASSPORT"],
  DATE_OF_BIRTH: ["DOB", "BIRTH_DATE", "BIRTHDATE", "BIRTHDAY"],
  PERSON: ["NAME", "PERSON_NAME", "NAMES", "FULL_NAME", "PER"],
  ADDRESS: ["STREET_ADDRESS", "POSTAL_ADDRESS", "HOME_ADDRESS", "ADDRESSES"],
  API_KEY: ["API_KEYS", "APIKEY", "ACCESS_KEY", "TOKEN", "ACCESS_TOKEN"],
  PRIVATE_KEY: ["PRIVATE_KEYS", "PEM", "SSH_KEY"],
  PASSWORD: ["PASSWORDS", "PASSPHRASE"],
  CRYPTO_WALLET: ["CRYPTO", "BITCOIN_ADDRESS", "WALLET", "WALLET_ADDRESS", "CRYPTO_ADDRESS"],
  DRIVER_LICENSE: ["US_DRIVER_LICENSE", "DRIVING_LICENCE", "DRIVERS_LICENSE", "DRIVER_LICENCE", "DRIVING_LICENSE"],
  MEDICAL_RECORD: ["MEDICAL_RECORD_NUMBER", "MRN", "PATIENT_ID"],
  US_HEALTH_ID: ["MEDICARE", "MBI", "NPI", "MEDICAL_LICENSE", "DEA"],
  FR_NIR: ["NIR", "FR_SSN", "FR_INSEE"],
  DE_STEUER_ID: ["STEUER_ID", "DE_TAX_ID", "DE_TIN"],
  DE_RVNR: ["RVNR", "DE_SOCIAL_SECURITY", "DE_SVNR"],
  DE_ID_CARD: ["PERSONALAUSWEIS", "DE_PERSONALAUSWEIS"],
  IT_CF: ["CODICE_FISCALE", "IT_CODICE_FISCALE", "IT_FISCAL_CODE"],
  IT_PIVA: ["PARTITA_IVA", "IT_VAT_CODE", "IT_PARTITA_IVA"],
  ES_DNI: ["DNI", "ES_NIF"],
  ES_NIE: ["NIE"],
  NL_BSN: ["BSN"],
  PL_PESEL: ["PESEL"],
  SE_PNR: ["SE_PERSONNUMMER", "PERSONNUMMER"],
  BE_NN: ["BE_NRN", "BE_NISS", "BE_RIJKSREGISTERNUMMER", "BE_RRN"],
  PT_NIF: ["NIF"],
  FI_HETU: ["HETU", "FI_PERSONAL_IDENTITY_CODE"],
  DK_CPR: ["CPR"],
  AT_SVNR: ["SVNR"],
  IE_PPSN: ["PPSN", "IE_PPS"],
  RO_CNP: ["CNP"],
  BG_EGN: ["EGN"],
  CZ_RC: ["CZ_RODNE_CISLO", "SK_RC", "SK_RODNE_CISLO", "RODNE_CISLO"],
  HR_OIB: ["OIB"],
  EE_IK: ["EE_ISIKUKOOD", "ISIKUKOOD"],
  LT_AK: ["LT_ASMENS_KODAS"],
  LV_PK: ["LV_PERSONAS_KODS"],
  HU_TAJ: ["TAJ"],
  GR_AMKA: ["AMKA"],
  GR_AFM: ["AFM"],
  SI_EMSO: ["EMSO"],
  NO_FNR: ["NO_FODSELSNUMMER", "FODSELSNUMMER"],
  IS_KT: ["IS_KENNITALA", "KENNITALA"],
  CH_AHV: ["AHV", "AVS", "CH_AVS"],
  UK_NHS: ["NHS", "NHS_NUMBER"],
  UK_NINO: ["NINO"],
};

/** Names of whole groups. */
const GROUPS: Readonly<Record<string, EntityGroup>> = {
  CONTACT: "contact",
  NETWORK: "network",
  PAYMENT: "payment",
  FINANCIAL: "payment",
  NATIONAL_ID: "national-id",
  NATIONAL_IDS: "national-id",
  GOVERNMENT_ID: "national-id",
  TAX: "tax",
  TAX_ID: "tax",
  HEALTH: "health",
  MEDICAL: "health",
  PHI: "health",
  SECRET: "secret",
  SECRETS: "secret",
  CREDENTIALS: "secret",
};

/** `email address` as `EMAIL_ADDRESS`: how entities are spelled. */
export function entityName(name: string): string {
  return name
    .trim()
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toUpperCase();
}

/** Everything that can be found, by name, sorted. */
export const ENTITIES: readonly string[] = [
  ...new Set(RECOGNISERS.flatMap(({ entity, harmless }) => (harmless === true ? [] : [entity]))),
].sort();

const KNOWN = new Set(ENTITIES);

/** The entities a name means: itself, what it is another name of, or a group; none where it is unknown. */
export function entitiesNamed(name: string): readonly string[] {
  const asked = entityName(name);
  if (asked === "ALL") return ENTITIES;
  if (KNOWN.has(asked)) return [asked];
  const real = ENTITIES.filter((entity) => ALIASES[entity]?.includes(asked));
  if (real.length > 0) return real;
  const group = GROUPS[asked];
  const named = group === undefined ? [] : RECOGNISERS.filter((recogniser) => recogniser.group === group);
  return [...new Set(named.map(({ entity }) => entity))];
}

/** What finds some entities, and what keeps them from being found in harmless things. */
export function recognisersOf(entities: ReadonlySet<string>): readonly Recogniser[] {
  return RECOGNISERS.filter(({ entity, harmless }) => harmless === true || entities.has(entity));
}
