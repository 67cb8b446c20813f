/** The digits of a text, without what separates them. */
export function digitsOf(text: string): string {
  let digits = "";
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) continue;
    if (at > from) digits += text.slice(from, at);
    from = at + 1;
  }
  return digits;
}

/** The letters A–Z and digits of a text in capitals, without what separates them. */
export function compact(text: string): string {
  const upper = text.toUpperCase();
  let kept = "";
  let from = 0;
  for (let at = 0; at <= upper.length; at++) {
    const code = upper.charCodeAt(at);
    if ((code >= 48 && code <= 57) || (code >= 65 && code <= 90)) continue;
    if (at > from) kept += upper.slice(from, at);
    from = at + 1;
  }
  return kept;
}

/** The sum of each digit times its weight; digits beyond the weights do not count. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * digitAt(digits, at), 0);
}

/** The digit at a place, NaN where there is none. */
export function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - 48;
}

/** Luhn's check (ISO/IEC 7812-1, annex B), the last digit being the check digit. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at--, doubled = !doubled) {
    const value = digitAt(digits, at) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** The remainder by 97 of digits and letters, a letter counting 10 to 35 (ISO/IEC 7064 MOD 97-10, ISO 13616). */
export function mod97(characters: string): number {
  let rest = 0;
  for (let at = 0; at < characters.length; at++) {
    const code = characters.charCodeAt(at);
    const value = code <= 57 ? code - 48 : (code & 31) + 9;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** ISO/IEC 7064 MOD 11,10 with the check digit last: German tax and VAT numbers, the Croatian OIB. */
export function iso7064Mod11Ten(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at++) {
    const sum = (digitAt(digits, at) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

/** The check of GTIN-13 (GS1 General Specifications, 7.9): weights 1 and 3, modulus 10. */
export function ean13(digits: string): boolean {
  return digits.length === 13 && weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

const DIHEDRAL = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];
const PERMUTED = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

/** Verhoeff's check (dihedral group of order ten), the check digit last. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) {
    const permuted = digitAt(PERMUTED[at % 8] as string, digitAt(digits, digits.length - 1 - at));
    check = digitAt(DIHEDRAL[check] as string, permuted);
  }
  return check === 0;
}

/** The two-stage check of the Estonian and Lithuanian codes: weights 1…, then 3…, modulus 11, ten counting as none. */
export function balticCheck(digits: string): number {
  const first = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (first < 10) return first;
  return (weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
}

/** Whether all digits are the same: such numbers pass many checks and are never handed out. */
export function allSame(digits: string): boolean {
  for (let at = 1; at < digits.length; at++) if (digits[at] !== digits[0]) return false;
  return true;
}

/** How often each unit stands in a text that is counted; nought else. A map of them takes ten times as long. */
const counts = new Uint32Array(0x10000);
/** The text that was counted last, and the entropy of each of its heads by their length. */
let counted = "";
let ofHeads = new Float64Array(256);

/**
 * Shannon's entropy of the UTF-16 units, in bits per unit; 0 of an empty text. Of matches that begin at one place, which
 * are asked for from the longest on, only that one is counted.
 */
export function entropy(text: string): number {
  if (!counted.startsWith(text)) countHeads(text);
  return ofHeads[text.length]!;
}

function countHeads(text: string): void {
  if (ofHeads.length <= text.length) ofHeads = new Float64Array(2 * text.length);
  let sum = 0;
  for (let at = 0; at < text.length; at++) {
    const count = ++counts[text.charCodeAt(at)]!;
    sum += timesItsLog(count) - timesItsLog(count - 1);
    ofHeads[at + 1] = (timesItsLog(at + 1) - sum) / (at + 1);
  }
  for (let at = 0; at < text.length; at++) counts[text.charCodeAt(at)] = 0;
  counted = text;
}

const timesItsLog = (count: number): number => LOGS[count] ?? count * Math.log2(count);
const LOGS = Float64Array.from({ length: 256 }, (_, count) => (count === 0 ? 0 : count * Math.log2(count)));
