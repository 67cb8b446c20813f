/**
 * Folding: one plain spelling for the many that look alike. Full-width, mathematical, circled and small-capital letters,
 * digits of any script, odd spaces and dashes become ASCII; accents are taken off; what cannot be seen is left out.
 * Case stays. Works code point by code point, so that a text folds the same whatever it is cut into.
 */

/** A folded text. */
export interface Folded {
  readonly text: string;
  /** How many invisible characters stood between two letters or digits, where no script wants them. */
  readonly invisible: number;
}

/** Letters that Unicode does not decompose although they are read as these. */
const READ_AS = new Map<number, string>();

function readAs(from: string, to: string): void {
  const targets = to.split(" ");
  for (const [index, char] of [...from].entries()) READ_AS.set(char.codePointAt(0)!, targets[index]!);
}

readAs("ßẞøØđĐłŁħĦŧŦıĸŋŊæÆœŒþÞðÐƒ", "ss SS o O d D l L h H t T i k n N ae AE oe OE th TH d D f");
readAs("ɑɐɓɕɖɗɡɢɦɧɨɩɪɫɭɯɱɲɴɵʀɾʂʈʉʋʌʍʏʐʙʜʟʰʲ", "a a b c d d g g h h i i i l l m m n n o r r s t u v v w y z b h l h j");
readAs("ᴀᴁᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱ", "a ae c d e j k m o p t u v w z f s");
readAs("‘’‚‛′´`ˈ“”„‟″«»‹›", "' ' ' ' ' ' ` ' \" \" \" \" \" \" \" ' '");
readAs("−⁄∕∗⁎﹡•·‧", "- / / * * * * · ·");

/** Ranges of letters A to Z that have no decomposition: negative circled and squared, regional indicators. */
const ALPHABETS: readonly number[] = [0x1f150, 0x1f170, 0x1f1e6];

/** First and last code points, ascending, of what cannot be seen: fillers, joiners, marks of direction and variation, tags. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe01ef],
];

/** Whether a reader sees nothing of this code point: zero-width, soft hyphen, direction and variation marks, tags. */
export function isInvisible(codePoint: number): boolean {
  for (const [first, last] of INVISIBLE) if (codePoint <= last) return codePoint >= first;
  return false;
}

const MARKS = /\p{M}+/gu;
const SPACE = /^\p{Zs}$/u;
const DASH = /^\p{Pd}$/u;
const DIGIT = /^\p{Nd}$/u;

/** How one code point folds; empty: it is left out. */
function foldOf(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  const known = READ_AS.get(codePoint);
  if (known !== undefined) return known;
  if (isInvisible(codePoint)) return "";
  if (SPACE.test(char) || codePoint === 0x2028 || codePoint === 0x2029) return " ";
  if (DASH.test(char)) return "-";
  for (const start of ALPHABETS) {
    if (codePoint >= start && codePoint < start + 26) return String.fromCharCode(65 + codePoint - start);
  }
  if (DIGIT.test(char)) return digitOf(codePoint);
  const plain = char.normalize("NFKD").replaceAll(MARKS, "");
  if (plain === "") return "";
  return [...plain].map((each) => READ_AS.get(each.codePointAt(0)!) ?? each).join("");
}

/** Decimal digits stand in runs of ten, and the code point before a run is no digit or another run's nine. */
function digitOf(codePoint: number): string {
  const compatible = String.fromCodePoint(codePoint).normalize("NFKD");
  if (/^[0-9]$/.test(compatible)) return compatible;
  let zero = codePoint;
  while (codePoint - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  // every run outside the mathematical digits begins at a multiple of ten above ...0 or ...6 in hexadecimal
  const low = codePoint & 0xf;
  const value = (codePoint & 0xff) >= 0x60 && low >= 6 ? low - 6 : low;
  return value <= 9 ? String(value) : String(codePoint - zero);
}

/** How 256 code points fold; null: as they are; undefined: nobody knows yet. */
type Page = (string | null | undefined)[];
/** Made when one of their code points first occurs. */
const pages = new Map<number, Page>();
/** Those of the first plane, which most texts are of, by number. */
const firstPages: (Page | undefined)[] = Array.from({ length: 0x100 });
/** More of them than any honest text needs. */
const MOST_PAGES = 512;
const PAGE = 256;

function folded(codePoint: number): string | null {
  const page =
    (codePoint < 0x10000 ? firstPages[codePoint >> 8] : pages.get(codePoint >> 8)) ?? newPage(codePoint >> 8);
  const known = page[codePoint & (PAGE - 1)];
  if (known !== undefined) return known;
  const plain = foldOf(codePoint);
  const fold = plain === String.fromCodePoint(codePoint) ? null : plain;
  page[codePoint & (PAGE - 1)] = fold;
  return fold;
}

function newPage(number: number): Page {
  const page: Page = Array.from({ length: PAGE });
  if (number < firstPages.length) firstPages[number] = page;
  else {
    if (pages.size >= MOST_PAGES) pages.clear();
    pages.set(number, page);
  }
  return page;
}

const BEYOND_ASCII = /[^\0-\x7f]/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** Folds a text. ASCII text comes back as it is, at the cost of looking at it. */
export function fold(source: string): Folded {
  const first = source.search(BEYOND_ASCII);
  if (first < 0) return { text: source, invisible: 0 };
  let text = "";
  let invisible = 0;
  // what stays as it is since here is taken at one go
  let from = 0;
  for (let at = first; at < source.length; ) {
    const unit = source.charCodeAt(at);
    if (unit < 0x80) {
      at++;
      continue;
    }
    const codePoint = unit < 0xd800 ? unit : source.codePointAt(at)!;
    const units = codePoint > 0xffff ? 2 : 1;
    const plain = folded(codePoint);
    if (plain !== null) {
      if (plain === "" && parted(source, at, units)) invisible++;
      if (at > from) text += source.slice(from, at);
      text += plain;
      from = at + units;
    }
    at += units;
  }
  return { text: text + source.slice(from), invisible };
}

/** Whether an invisible character parts Latin letters or digits: emoji and some scripts need joiners, these do not. */
function parted(source: string, at: number, units: number): boolean {
  const before = source.charCodeAt(at - 1);
  const after = source.charCodeAt(at + units);
  const latin = (code: number): boolean => code < 0x250 && LETTER_OR_DIGIT.test(String.fromCharCode(code));
  return latin(before) && latin(after) && isInvisible(source.codePointAt(at)!);
}
