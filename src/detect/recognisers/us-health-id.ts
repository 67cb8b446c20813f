import { compact, digitAt, luhn, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

const MBI = /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y]{2}\d\d$/;

/**
 * American numbers of patients and of those who treat them: Medicare beneficiaries (CMS, "MBI format"), providers (NPI,
 * 45 CFR 162.406: Luhn's check with 80840 in front), prescribers (DEA: modulus 10).
 */
export const usHealthId = labelledNumber({
  name: "us-health-id",
  entity: "US_HEALTH_ID",
  group: "health",
  patterns: [
    "[1-9][A-Za-z][A-Za-z\\d]\\d-?[A-Za-z][A-Za-z\\d]\\d-?[A-Za-z]{2}\\d{2}",
    "[12]\\d{9}",
    "[A-Za-z]{2}\\d{7}",
  ],
  labels: labels(
    ..."mbi,medicare,medicare number,medicare id,medicare beneficiary identifier,npi,npi number,national provider identifier,dea,dea number,dea no".split(
      ",",
    ),
  ),
  check(text) {
    const code = compact(text);
    if (code.length === 11) return MBI.test(code);
    if (code.length === 10) return luhn(`80840${code}`);
    const digits = code.slice(2);
    return weightedSum(digits, [1, 2, 1, 2, 1, 2]) % 10 === digitAt(digits, 6);
  },
});
