import { address } from "./address.ts";
import { addressLabelled } from "./address-labelled.ts";
import { apiKeyAi } from "./api-key-ai.ts";
import { apiKeyCloud } from "./api-key-cloud.ts";
import { apiKeyCode } from "./api-key-code.ts";
import { apiKeyLong } from "./api-key-long.ts";
import { apiKeyPlatform } from "./api-key-platform.ts";
import { apiKeyService } from "./api-key-service.ts";
import { apiKeySignature } from "./api-key-signature.ts";
import { atSvnr } from "./at-svnr.ts";
import { bankAccount } from "./bank-account.ts";
import { bankAccountAhead } from "./bank-account-ahead.ts";
import { beNn } from "./be-nn.ts";
import { bgEgn } from "./bg-egn.ts";
import { chAhv } from "./ch-ahv.ts";
import { creditCard } from "./credit-card.ts";
import { cryptoWallet } from "./crypto-wallet.ts";
import { cvv } from "./cvv.ts";
import { cyId } from "./cy-id.ts";
import { cyTic } from "./cy-tic.ts";
import { czRc } from "./cz-rc.ts";
import { dateOfBirth } from "./date-of-birth.ts";
import { dateOfBirthAhead } from "./date-of-birth-ahead.ts";
import { deIdCard } from "./de-id-card.ts";
import { deKvnr } from "./de-kvnr.ts";
import { deRvnr } from "./de-rvnr.ts";
import { deSteuerId } from "./de-steuer-id.ts";
import { deSteuernummer } from "./de-steuernummer.ts";
import { dkCpr } from "./dk-cpr.ts";
import { driverLicense } from "./driver-license.ts";
import { eeIk } from "./ee-ik.ts";
import { email } from "./email.ts";
import { emailSpelled } from "./email-spelled.ts";
import { esCif } from "./es-cif.ts";
import { esDni } from "./es-dni.ts";
import { esNie } from "./es-nie.ts";
import { esNss } from "./es-nss.ts";
import { fiBusinessId } from "./fi-business-id.ts";
import { fiHetu } from "./fi-hetu.ts";
import { frNir } from "./fr-nir.ts";
import { frSiret } from "./fr-siret.ts";
import { frTaxId } from "./fr-tax-id.ts";
import { grAfm } from "./gr-afm.ts";
import { grAmka } from "./gr-amka.ts";
import { grIdCard } from "./gr-id-card.ts";
import { hrOib } from "./hr-oib.ts";
import { huPersonalId } from "./hu-personal-id.ts";
import { huTaj } from "./hu-taj.ts";
import { huTaxId } from "./hu-tax-id.ts";
import { iban } from "./iban.ts";
import { idCard } from "./id-card.ts";
import { iePpsn } from "./ie-ppsn.ts";
import { ipAddress } from "./ip-address.ts";
import { isKt } from "./is-kt.ts";
import { itCf } from "./it-cf.ts";
import { itPiva } from "./it-piva.ts";
import { jwt } from "./jwt.ts";
import { lookalike } from "./lookalike.ts";
import { ltAk } from "./lt-ak.ts";
import { luNin } from "./lu-nin.ts";
import { lvPk } from "./lv-pk.ts";
import { macAddress } from "./mac-address.ts";
import { medicalRecord } from "./medical-record.ts";
import { mtId } from "./mt-id.ts";
import { nlBsn } from "./nl-bsn.ts";
import { noFnr } from "./no-fnr.ts";
import { passport } from "./passport.ts";
import { password } from "./password.ts";
import { person } from "./person.ts";
import { personAboveAddress } from "./person-above-address.ts";
import { personAhead } from "./person-ahead.ts";
import { personBesideMail } from "./person-beside-mail.ts";
import { personSaluted } from "./person-saluted.ts";
import { phone } from "./phone.ts";
import { phoneAnnounced } from "./phone-announced.ts";
import { phoneBesideMail } from "./phone-beside-mail.ts";
import { phoneSetApart } from "./phone-set-apart.ts";
import { plIdCard } from "./pl-id-card.ts";
import { plNip } from "./pl-nip.ts";
import { plPesel } from "./pl-pesel.ts";
import { plRegon } from "./pl-regon.ts";
import { privateKey } from "./private-key.ts";
import { ptCc } from "./pt-cc.ts";
import { ptNif } from "./pt-nif.ts";
import { ptNiss } from "./pt-niss.ts";
import type { Recogniser } from "./recogniser.ts";
import { roCnp } from "./ro-cnp.ts";
import { sePnr } from "./se-pnr.ts";
import { secretValue } from "./secret-value.ts";
import { siEmso } from "./si-emso.ts";
import { siTaxId } from "./si-tax-id.ts";
import { swiftBic } from "./swift-bic.ts";
import { ukNhs } from "./uk-nhs.ts";
import { ukNino } from "./uk-nino.ts";
import { ukUtr } from "./uk-utr.ts";
import { urlCredentials } from "./url-credentials.ts";
import { usHealthId } from "./us-health-id.ts";
import { usSsn } from "./us-ssn.ts";
import { vatId } from "./vat-id.ts";

/** Everything that can be recognised, by the name of its file. */
export const RECOGNISERS: readonly Recogniser[] = [
  address,
  addressLabelled,
  apiKeyAi,
  apiKeyCloud,
  apiKeyCode,
  apiKeyLong,
  apiKeyPlatform,
  apiKeyService,
  apiKeySignature,
  atSvnr,
  bankAccount,
  bankAccountAhead,
  beNn,
  bgEgn,
  chAhv,
  creditCard,
  cryptoWallet,
  cvv,
  cyId,
  cyTic,
  czRc,
  dateOfBirth,
  dateOfBirthAhead,
  deIdCard,
  deKvnr,
  deRvnr,
  deSteuerId,
  deSteuernummer,
  dkCpr,
  driverLicense,
  eeIk,
  email,
  emailSpelled,
  esCif,
  esDni,
  esNie,
  esNss,
  fiBusinessId,
  fiHetu,
  frNir,
  frSiret,
  frTaxId,
  grAfm,
  grAmka,
  grIdCard,
  hrOib,
  huPersonalId,
  huTaj,
  huTaxId,
  iban,
  idCard,
  iePpsn,
  ipAddress,
  isKt,
  itCf,
  itPiva,
  jwt,
  lookalike,
  ltAk,
  luNin,
  lvPk,
  macAddress,
  medicalRecord,
  mtId,
  nlBsn,
  noFnr,
  passport,
  password,
  person,
  personAboveAddress,
  personAhead,
  personBesideMail,
  personSaluted,
  phone,
  phoneAnnounced,
  phoneBesideMail,
  phoneSetApart,
  plIdCard,
  plNip,
  plPesel,
  plRegon,
  privateKey,
  ptCc,
  ptNif,
  ptNiss,
  roCnp,
  sePnr,
  secretValue,
  siEmso,
  siTaxId,
  swiftBic,
  ukNhs,
  ukNino,
  ukUtr,
  urlCredentials,
  usHealthId,
  usSsn,
  vatId,
];
