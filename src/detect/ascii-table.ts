/** The letters A to Z in both cases. */
export const ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** The digits 0 to 9. */
export const ASCII_DIGITS = "0123456789";

/** A table of the 128 characters of ASCII: the bits of all the texts that one stands in; 0: in none. */
export function asciiTable(...entries: readonly (readonly [signs: string, bits: number])[]): Uint8Array {
  const table = new Uint8Array(128);
  for (const [signs, bits] of entries) {
    for (let at = 0; at < signs.length; at++) table[signs.charCodeAt(at)]! |= bits;
  }
  return table;
}
