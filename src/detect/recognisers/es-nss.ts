import { digitsOf } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Spanish social security numbers (TGSS): province, eight digits, the remainder of both by 97. */
export const esNss = labelledNumber({
  name: "es-nss",
  entity: "ES_NSS",
  group: "national-id",
  patterns: [
    "\\d{12}",
    "\\d{2}[ \\-/]\\d{8}[ \\-/]\\d{2}",
    "\\d{2}[ \\-/]\\d{7}[ \\-/]\\d{2}",
    "\\d{2}[ /]\\d{4}[ /]\\d{4}[ /]\\d{2}",
  ],
  country: "spanish",
  labels: labels(
    ..."nss,nuss,n ss,n s s,nº s s,no s s,num s s,ss,seguridad social,numero de la seguridad social,numero de seguridad social,afiliacion,numero de afiliacion,naf".split(
      ",",
    ),
    ..."social security number,spanish social security".split(","),
  ),
  check(text) {
    const digits = digitsOf(text);
    const serial = Number(digits.slice(2, -2));
    const province = Number(digits.slice(0, 2));
    const number = serial < 10_000_000 ? serial + province * 10_000_000 : Number(digits.slice(0, -2));
    return province > 0 && province <= 66 && number % 97 === Number(digits.slice(-2));
  },
});
