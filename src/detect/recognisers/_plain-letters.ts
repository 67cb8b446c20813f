/** As labels are compared: small letters of ASCII without marks. */
export function asCompared(text: string): string {
  return plainLetters(unmarked(text));
}

/** Without the marks of letters. */
export function unmarked(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "");
}

/** Letters that have no marks to be taken off. */
const UNDECOMPOSED = /[ßłøæđ]/;

/** Small letters, with what has no marks to be taken off as ASCII writes it. */
export function plainLetters(text: string): string {
  const small = text.toLowerCase();
  if (!UNDECOMPOSED.test(small)) return small;
  return small
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("đ", "d");
}
