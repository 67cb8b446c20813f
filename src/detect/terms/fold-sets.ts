import { once, onceEach } from "../../lib/once.ts";
import { fold } from "../decode/fold.ts";
import { type CharSet, caseless, charSet, union } from "../pattern/char-set.ts";
import { propertySet } from "../pattern/unicode.ts";
import { plainSigns, signForms } from "./sign-forms.ts";

/** Where characters stand that are other forms of letters and digits: super- and subscripts, circled, full-width, mathematical. */
const FORMS: readonly (readonly [number, number])[] = [
  [0xaa, 0xba],
  [0x2070, 0x209c],
  [0x2100, 0x214f],
  [0x2460, 0x24ff],
  [0x3000, 0x3000],
  [0xff00, 0xffef],
  [0x1d400, 0x1d7ff],
  [0x1f130, 0x1f169],
];

/** Letters that are drawn small or white on black, which Unicode takes for letters of their own. */
const DRAWN: readonly (readonly [number, number])[] = [
  [0x262, 0x29f],
  [0x1d00, 0x1d2b],
  [0xa730, 0xa731],
  [0x1f150, 0x1f189],
];

/** What is not seen, or only changes how the character before it is seen: zero-width, soft hyphens, selectors, tags. */
export function unseen(): CharSet {
  return propertySet("Default_Ignorable_Code_Point")!;
}

const UNSEEN_PATTERN = /\p{Default_Ignorable_Code_Point}/gu;

/** A text in the form in which terms are compared: one form of each letter and sign, small, blanks as one space. */
export function foldedTerm(text: string): string {
  const plain = plainSigns(text.replace(UNSEEN_PATTERN, "")).normalize("NFKC");
  return plain.toLowerCase().normalize("NFC").replace(/\s+/g, " ").trim();
}

/** By small letter the other forms of it. */
const formsByPlain = once((): ReadonlyMap<string, CharSet> => {
  const found = new Map<string, [number, number][]>();
  const note = (ranges: typeof FORMS, plainOf: (written: string) => string): void => {
    for (const [low, high] of ranges) {
      for (let code = low; code <= high; code++) {
        const written = String.fromCodePoint(code);
        const plain = plainOf(written).toLowerCase();
        if (plain === written) continue;
        const known = found.get(plain);
        if (known === undefined) found.set(plain, [[code, code]]);
        else known.push([code, code]);
      }
    }
  };
  note(FORMS, (written) => written.normalize("NFKC"));
  note(DRAWN, (written) => fold(written).text);
  return new Map([...found].map(([plain, ranges]) => [plain, charSet(ranges)]));
});

/** All characters that are folded to `char`, a small letter or another folded character. */
export const unfolded: (char: string) => CharSet = onceEach((char) => {
  const code = char.codePointAt(0)!;
  return union(caseless([code, code]), formsByPlain().get(char) ?? [], signForms(char));
});
