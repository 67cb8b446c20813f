import { digitAt, weightedSum } from "./_checksums.ts";

/** The letter of a Spanish DNI or NIE (RD 1553/2005, art. 11): the number modulo 23 in a fixed alphabet. */
export function spanishLetter(digits: string): string {
  return "TRWAGMYFPDXBNJZSQVHLCKE"[Number(digits) % 23] as string;
}

/** Whether a letter, seven digits and a control character belong together. */
export function spanishBody(code: string): boolean {
  let sum = 0;
  for (let at = 1; at <= 7; at++) {
    const value = digitAt(code, at) * (at % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  const control = (10 - (sum % 10)) % 10;
  return code[8] === String(control) || code[8] === "JABCDEFGHI"[control];
}

/** Whether the last of nine digits is the check digit of the others. */
export function portugueseCheck(digits: string): boolean {
  const rest = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digitAt(digits, 8) === (rest < 2 ? 0 : 11 - rest);
}

/** Whether seven digits and one or two letters belong together; the second letter counts nine times its place. */
export function irishLetter(code: string): boolean {
  const second = code[8] === undefined || code[8] === "W" ? 0 : code.charCodeAt(8) - 64;
  const sum = weightedSum(code, [8, 7, 6, 5, 4, 3, 2]) + 9 * second;
  return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] === code[7];
}

/** Whether nine digits are a Greek tax number: powers of two, modulus 11, ten as nought. */
export function greekCheck(digits: string): boolean {
  return (weightedSum(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(digits, 8);
}

/** Whether nine characters are a Cypriot tax number: odd places mapped as in the code of Italy, a letter modulus 26. */
export function cypriotCheck(code: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
  let sum = 0;
  for (let at = 0; at < 8; at++) sum += at % 2 === 0 ? (odd[digitAt(code, at)] as number) : digitAt(code, at);
  return code[8] === String.fromCharCode(65 + (sum % 26));
}
