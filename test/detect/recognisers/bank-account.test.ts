import { bankAccount } from "../../../src/detect/recognisers/bank-account.ts";
import { examples } from "./_examples.ts";

examples(bankAccount, {
  found: [
    "Account no: ⟦55779911⟧\nStart date: 01/06/2021",
    "payable to account ⟦79175699⟧, sort",
    '{"account_number":"⟦12345678⟧","amount":98765432}',
    "account number: ⟦12345678⟧",
    "sort code ⟦20-00-00⟧",
    "RIB ⟦30006 00001 12345678901 89⟧",
    "NIB ⟦0002 0123 1234 5678 9015 4⟧",
    "CCC ⟦2100 0418 45 0200051332⟧",
    "Kontonummer ⟦532013000⟧",
    "numer konta: ⟦61 1090 1014 0000 0712 1981 2874⟧",
  ],
  passed: [
    "acct.blob.core/f?sv=2024-11-04&sp=r",
    "account 2024-11",
    "12345678",
    "account number 12345",
    "Kontonummer folgt, Rechnung 532013000",
  ],
});
