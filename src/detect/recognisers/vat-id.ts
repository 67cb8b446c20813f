import { compact } from "./_checksums.ts";
import { isAnothers, labels } from "./_context.ts";
import { VAT_CHECKS } from "./_vat-checks.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."vat,vat id,vat number,vat no,ust id,ust idnr,ustid,umsatzsteuer id,uid,uid nummer,mwst,mwst nr,tva,n tva,numero de tva".split(
    ",",
  ),
  ..."iva,partita iva,p iva,nif,nif iva,cif,btw,btw nummer,btw id,nip,nip ue,vat ue,moms,momsnummer,alv,alv nro,dic,dph,ico,afa".split(
    ",",
  ),
  ..."tax,tax id,tax number,steuernummer,nipc,pessoa coletiva,cvr,cui,oib,pdv,ddv,kmkr,pvn,pvm,atu,adoszam,kozossegi adoszam".split(
    ",",
  ),
  ..."cod fiscal,cod de inregistrare fiscala,davcna stevilka,davcna,id za ddv,momsreg nr,momsregistreringsnummer,momsregnr,moms nr".split(
    ",",
  ),
  ..."vat reg,vat reg no,vat registration,ic dph,pvm kodas,kmkr nr,pvn numurs,se nr,ytunnus,αφμ,φπα,ддс,ддс номер,зддс,ин по зддс".split(
    ",",
  ),
);
const S = "[ .\\-\u00a0]?";

/**
 * VAT identification numbers of the EU's states, Northern Ireland and Great Britain (Directive 2006/112/EC, art. 215;
 * structures and checks as VIES publishes them), with the country in front.
 */
export const vatId = {
  name: "vat-id",
  entity: "VAT_ID",
  group: "tax",
  patterns: [
    // with as many digits as the country's have: each end is looked at
    `(?:CZ|DK|FI|HU|LU|MT|SI)${S}\\d(?:${S}\\d){7}`,
    `(?:BG|CZ|DE|EE|EL|GB|GR|LT|PT|XI)${S}\\d(?:${S}\\d){8}`,
    `(?:BE|BG|CZ|PL|SK)${S}\\d(?:${S}\\d){9}`,
    `(?:HR|IT|LV)${S}\\d(?:${S}\\d){10}`,
    `(?:GB|LT|SE|XI)${S}\\d(?:${S}\\d){11}`,
    `RO${S}\\d(?:${S}\\d){5,9}`,
    `ATU${S}\\d(?:${S}\\d){7}`,
    `AT${S}U\\d{8}`,
    `CY${S}\\d{8}[A-Z]`,
    `ES${S}[A-Z\\d]${S}\\d{7}${S}[A-Z\\d]`,
    `FR${S}[A-Z\\d]{2}${S}\\d{3}${S}\\d{3}${S}\\d{3}`,
    `IE${S}\\d[A-Z\\d]\\d{5}[A-Z]{1,2}`,
    `NL${S}\\d{3}${S}\\d{3}${S}\\d{3}${S}B${S}\\d{2}`,
    `NL${S}\\d{4}${S}\\d{2}${S}\\d{3}${S}B${S}\\d{2}`,
    "CHE[ \\-]?\\d{3}\\.?\\d{3}\\.?\\d{3}(?: (?:MWST|TVA|IVA))?",
  ],
  priority: 45,
  valid(text, before) {
    const code = compact(text);
    const isRight = text.startsWith("CHE")
      ? swissCheck(code)
      : VAT_CHECKS.get(code.slice(0, 2))?.(code.slice(2)) === true;
    return isRight && !isAnothers(before, LABELS);
  },
} as const satisfies Recogniser;

function swissCheck(code: string): boolean {
  const digits = code.slice(3, 12);
  const sum = [5, 4, 3, 2, 7, 6, 5, 4].reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[8]);
}
