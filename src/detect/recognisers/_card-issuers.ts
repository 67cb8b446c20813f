// Issuer ranges and lengths: ISO/IEC 7812 as the schemes publish them (Visa, Mastercard, American Express, Diners Club,
// Discover, JCB, UnionPay, Mir).
const ISSUED =
  /^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|095|[689]\d)\d{11}(?:\d{2})?|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14}|220[0-4]\d{12}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12})$/;

/** Whether digits are in the range of an issuer of payment cards and as many as it has. Their check is not looked at. */
export function isIssued(digits: string): boolean {
  return ISSUED.test(digits);
}
