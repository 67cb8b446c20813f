/** As labels are compared: small letters of ASCII without marks. */
export function asCompared(text: string): string {
  return plainLetters(unmarked(text));
}

/** Without the marks of letters. */
export function unmarked(text: string): string {
  const { length } = text;
  if (length > MOST) return withoutMarks(text);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    const bare = code < 0x80 ? code : code < BARE.length ? bareOf(code) : SEVERAL;
    if (bare === SEVERAL) return withoutMarks(text);
    units[at] = bare;
  }
  return String.fromCharCode.apply(null, units.subarray(0, length) as never);
}

const withoutMarks = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

/** Texts in front of a place are no longer. */
const MOST = 64;
const units = new Uint16Array(MOST);

/** What each letter of Latin scripts is without its marks, asked for once; 0: nobody knows yet. */
const BARE = new Uint16Array(0x250);
/** Stands for more than one letter, or for none. */
const SEVERAL = 0xffff;

/** A letter of Latin scripts without its mark, by its code; some other code beyond ASCII where there is no single one. */
export const bareLetter = (code: number): number => (code < BARE.length ? bareOf(code) : SEVERAL);

function bareOf(code: number): number {
  const known = BARE[code]!;
  if (known !== 0) return known;
  const bare = withoutMarks(String.fromCharCode(code));
  BARE[code] = bare.length === 1 ? bare.charCodeAt(0) : SEVERAL;
  return BARE[code]!;
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
