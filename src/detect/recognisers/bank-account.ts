import { digitsOf } from "./_checksums.ts";
import { isNamed, labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { isOfOther } from "./_used-label.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."account number,account no,acct,acct no,acct number,bank account,bank account number,checking account,savings account,to account,from account,into account".split(
    ",",
  ),
  ..."sort code,routing number,routing no,aba,aba number,aba routing number,routing,routing nr,kontonummer,konto nr,kontonr,bankleitzahl,blz".split(
    ",",
  ),
  ..."numero de compte,no de compte,compte bancaire,code guichet,rib,numero de cuenta,cuenta bancaria,ccc,numero di conto".split(
    ",",
  ),
  ..."conto corrente,coordinate bancarie,numero de conta,conta bancaria,nib,rekeningnummer,bankrekening,bankrekeningnummer".split(
    ",",
  ),
  ..."numer konta,nr konta,numer rachunku,nr rachunku,rachunek bankowy,cislo uctu,bankgiro,plusgiro,szamlaszam,bankszamlaszam,tilinumero".split(
    ",",
  ),
);
// Days and months, their year first or last.
const DAY = /^(?:(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?|(?:[0-3]?\d[-/])?[01]?\d[-/](?:19|20)\d\d)$/;
const isLabelled = onceFor((before) => labelled(before, LABELS, 36) && !isOfOther(before, LABELS));

/** Account and bank numbers as they were before, and beside, the IBAN: forms differ by state, so a label decides. */
export const bankAccount = {
  name: "bank-account",
  entity: "BANK_ACCOUNT",
  group: "payment",
  patterns: ["\\d{6,26}", "\\d{2}[ \\-]\\d{2}[ \\-]\\d{2}", "\\d{1,8}(?:[ \\-/]\\d{2,11}){1,6}(?:[ \\-]\\d)?"],
  priority: 56,
  needs: isNamed,
  canBegin: isLabelled,
  valid(text, before) {
    const { length } = digitsOf(text);
    return isLabelled(before) && length >= 6 && length <= 26 && !DAY.test(text);
  },
} as const satisfies Recogniser;
