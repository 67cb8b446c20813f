import { digitAt, iso7064Mod11Ten, luhn, mod97, weightedSum } from "./_checksums.ts";
import { cypriotCheck, greekCheck, irishLetter, portugueseCheck, spanishBody, spanishLetter } from "./_tax-checks.ts";

/** Whether what follows the country's letters is a number of that country; by the prefix of VIES (`EL` for Greece). */
export const VAT_CHECKS: ReadonlyMap<string, (code: string) => boolean> = new Map([
  ["AT", (code) => /^U\d{8}$/.test(code) && austrian(code.slice(1))],
  ["BE", (code) => /^[01]\d{9}$/.test(code) && 97 - (Number(code.slice(0, 8)) % 97) === Number(code.slice(8))],
  ["BG", (code) => /^\d{9,10}$/.test(code) && bulgarian(code)],
  ["CY", (code) => /^\d{8}[A-Z]$/.test(code) && cypriotCheck(code)],
  ["CZ", (code) => /^\d{8,10}$/.test(code) && czech(code)],
  ["DE", (code) => /^[1-9]\d{8}$/.test(code) && iso7064Mod11Ten(code)],
  ["DK", (code) => /^[1-9]\d{7}$/.test(code) && weightedSum(code, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0],
  ["EE", (code) => /^10\d{7}$/.test(code) && weightedSum(code, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0],
  ["EL", (code) => /^\d{9}$/.test(code) && greekCheck(code)],
  ["ES", (code) => spanish(code)],
  ["FI", (code) => /^\d{8}$/.test(code) && weightedSum(code, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0],
  ["FR", (code) => /^[A-HJ-NP-Z\d]{2}\d{9}$/.test(code) && french(code)],
  ["GB", (code) => /^(?:\d{9}|\d{12})$/.test(code) && british(code)],
  ["GR", (code) => /^\d{9}$/.test(code) && greekCheck(code)],
  ["HR", (code) => /^\d{11}$/.test(code) && iso7064Mod11Ten(code)],
  ["HU", (code) => /^\d{8}$/.test(code) && weightedSum(code, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0],
  [
    "IE",
    (code) =>
      (/^\d{7}[A-W][A-IW]?$/.test(code) && irishLetter(code)) ||
      (/^\d[A-Z]\d{5}[A-W]$/.test(code) && irishLetter(`0${code.slice(2, 7)}${code[0]}${code[7]}`)),
  ],
  ["IT", (code) => /^\d{11}$/.test(code) && luhn(code)],
  ["LT", (code) => /^(?:\d{7}1\d|\d{10}1\d)$/.test(code) && lithuanian(code)],
  ["LU", (code) => /^\d{8}$/.test(code) && Number(code.slice(0, 6)) % 89 === Number(code.slice(6))],
  ["LV", (code) => /^[4-9]\d{10}$/.test(code) && latvian(code)],
  [
    "MT",
    (code) =>
      /^[1-9]\d{7}$/.test(code) && (37 - (weightedSum(code, [3, 4, 6, 7, 8, 9]) % 37)) % 37 === Number(code.slice(6)),
  ],
  ["NL", (code) => /^\d{9}B\d{2}$/.test(code) && dutch(code)],
  ["PL", (code) => /^\d{10}$/.test(code) && weightedSum(code, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(code, 9)],
  ["PT", (code) => /^[1-9]\d{8}$/.test(code) && portugueseCheck(code)],
  ["RO", (code) => /^[1-9]\d{1,9}$/.test(code) && code.length > 5 && romanian(code)],
  ["SE", (code) => /^\d{10}01$/.test(code) && luhn(code.slice(0, 10))],
  [
    "SI",
    (code) =>
      /^[1-9]\d{7}$/.test(code) && (11 - (weightedSum(code, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(code, 7),
  ],
  ["SK", (code) => /^[1-9]\d[2-47-9]\d{7}$/.test(code) && Number(code) % 11 === 0],
  ["XI", (code) => /^(?:\d{9}|\d{12})$/.test(code) && british(code)],
]);

function austrian(digits: string): boolean {
  let sum = 4;
  for (let at = 0; at < 7; at++) {
    const value = digitAt(digits, at) * (at % 2 === 1 ? 2 : 1);
    sum += Math.floor(value / 10) + (value % 10);
  }
  return (10 - (sum % 10)) % 10 === digitAt(digits, 7);
}

function bulgarian(digits: string): boolean {
  if (digits.length === 10) {
    const person = (weightedSum(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10;
    const foreigner = weightedSum(digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    const other = (11 - (weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return [person, foreigner, other].includes(digitAt(digits, 9));
  }
  const first = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
  const check = first < 10 ? first : (weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 10]) % 11) % 10;
  return check === digitAt(digits, 8);
}

function czech(digits: string): boolean {
  if (digits.length === 10) return Number(digits) % 11 === 0;
  if (digits.length === 9) return digits.startsWith("6") || Number(digits.slice(0, 2)) < 54;
  const rest = 11 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return digitAt(digits, 7) === (rest === 10 ? 0 : rest === 11 ? 1 : rest);
}

function spanish(code: string): boolean {
  if (/^\d{8}[A-Z]$/.test(code)) return spanishLetter(code.slice(0, 8)) === code[8];
  if (/^[XYZ]\d{7}[A-Z]$/.test(code))
    return spanishLetter("XYZ".indexOf(code[0] as string) + code.slice(1, 8)) === code[8];
  return /^[A-HJNP-SUVW]\d{7}[\dA-J]$/.test(code) && spanishBody(code);
}

function french(code: string): boolean {
  const siren = code.slice(2);
  // A key with letters is reckoned in another way that INSEE does not publish.
  if (!/^\d\d/.test(code)) return luhn(siren);
  return (
    (luhn(siren) || siren.startsWith("356000000")) && (12 + 3 * (Number(siren) % 97)) % 97 === Number(code.slice(0, 2))
  );
}

function british(code: string): boolean {
  const sum = weightedSum(code, [8, 7, 6, 5, 4, 3, 2]) + Number(code.slice(7, 9));
  return sum % 97 === 0 || (sum + 55) % 97 === 0;
}

function lithuanian(digits: string): boolean {
  const length = digits.length - 1;
  const weights = (from: number) => Array.from({ length }, (_, at) => ((at + from - 1) % 9) + 1);
  const first = weightedSum(digits, weights(1)) % 11;
  const check = first < 10 ? first : (weightedSum(digits, weights(3)) % 11) % 10;
  return check === digitAt(digits, length);
}

function latvian(digits: string): boolean {
  const rest = 3 - (weightedSum(digits, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6]) % 11);
  return (rest < -1 ? rest + 11 : rest) === digitAt(digits, 10);
}

function dutch(code: string): boolean {
  const legal = weightedSum(code, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return legal === digitAt(code, 8) || mod97(`NL${code}`) === 1;
}

function romanian(digits: string): boolean {
  const padded = digits.padStart(10, "0");
  return ((weightedSum(padded, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === digitAt(padded, 9);
}
