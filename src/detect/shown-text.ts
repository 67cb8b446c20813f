import { plainForm, textOfUnits, UNSEEN, unitForms } from "./written-forms.ts";

/** A piece of text as one sees it: without what takes no place, with the letters and digits of formulas as ASCII has them. */
export interface ShownText {
  readonly text: string;
  /** The same with all digits, full-width signs and dashes as ASCII writes them. */
  readonly plain: string;
  /**
   * Where each unit of `text` begins and ends in what was written, and behind the last one where that ends; null: where it
   * is in `text`.
   */
  readonly from: Int32Array | null;
  readonly to: Int32Array | null;
  /** What stands in front of each unit of `text` and of the end, in units as they were written, an entity as one; as `from`. */
  readonly spent: Int32Array | null;
  /** How many characters that take no place stand in front of each unit and of the end, as far as they are left out. */
  readonly runs: Uint8Array | null;
}

/**
 * So many characters that take no place, one behind the other, are left out; what follows them is shown as it is. Nobody
 * writes more of them within a word, and what may be behind any number of them could never be decided.
 */
export const MOST_UNSEEN = 16;

/** High halves of tags and variation selectors (plane 14), and of letters and digits of formulas. */
const TAGS = 0xdb40;
const FORMULAS = 0xd835;
const AMPERSAND = 0x26;
const NUMBER_SIGN = 0x23;
/** The one that has a name and stands within telephone numbers and days. */
const NO_BREAK = "&nbsp;";
/** HTML takes one without its semicolon, too. */
const ENTITY = /&#(?:0{0,3}(\d{1,6})(?!\d)|[xX]0{0,4}([\da-fA-F]{1,5})(?![\da-fA-F]));?/y;
/** One whose end has not come yet. */
const OPEN_ENTITY = /&(?:#(?:\d{0,9}|[xX][\da-fA-F]{0,9})?|n|nb|nbs|nbsp)?$/;
const LONGEST_ENTITY = 12;

/** How many units at the end of a piece may be the beginning of an entity. */
export function openEntity(text: string): number {
  const first = Math.max(0, text.length - LONGEST_ENTITY);
  for (let at = text.length - 1; at >= first; at--) {
    if (text.charCodeAt(at) !== AMPERSAND) continue;
    return OPEN_ENTITY.test(text.slice(at)) ? text.length - at : 0;
  }
  return 0;
}

/** The low halves of U+E0020 to U+E007E: ASCII in disguise. */
const isTagLetter = (low: number): boolean => low >= 0xdc20 && low <= 0xdc7e;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** U+1D400 to U+1D7FF as ASCII, 0 where they are none of its letters and digits. */
let formulas: Uint8Array | null = null;

function formulaLetters(): Uint8Array {
  formulas ??= Uint8Array.from({ length: 0x400 }, (_, at) => {
    const plain = String.fromCodePoint(0x1d400 + at).normalize("NFKC");
    return plain.length === 1 && plain < "\x7f" ? plain.charCodeAt(0) : 0;
  });
  return formulas;
}

/** The text as it is, with all that takes no place. */
export function asWritten(text: string): ShownText {
  return { text, plain: plainForm(text), from: null, to: null, spent: null, runs: null };
}

/** What a text is looked at with. */
interface Looking {
  /** How many characters that take no place stand in front of it. */
  readonly run?: number;
  /** Tags are shown, since letters written in them are looked for. */
  readonly keepsTags?: boolean;
}

/** The text as one sees it. */
export function shownText(written: string, { run = 0, keepsTags = false }: Looking = {}): ShownText {
  const forms = unitForms();
  let hasForms = false;
  let at = written.includes("&#") || written.includes(NO_BREAK) ? written.length + 1 : 0;
  for (; at < written.length; at++) {
    const unit = written.charCodeAt(at);
    if (unit < 0x80) continue;
    const form = forms[unit]!;
    if (form === UNSEEN) break;
    if (form !== 0) hasForms = true;
  }
  if (at === written.length) {
    return hasForms
      ? asWritten(written)
      : { text: written, plain: written, from: null, to: null, spent: null, runs: null };
  }
  const places = new Places(written, run, keepsTags);
  while (places.at < written.length) places.take();
  return places.shown();
}

/** The units of a text that are shown, collected from left to right. */
class Places {
  at = 0;
  readonly #written: string;
  readonly #units: Uint16Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #spent: Int32Array;
  readonly #runs: Uint8Array;
  readonly #keepsTags: boolean;
  #size = 0;
  #run: number;
  /** By how much the entities so far are longer than what they are. */
  #longer = 0;

  constructor(written: string, run: number, keepsTags: boolean) {
    this.#written = written;
    this.#run = run;
    this.#keepsTags = keepsTags;
    this.#units = new Uint16Array(written.length);
    this.#from = new Int32Array(written.length + 1);
    this.#to = new Int32Array(written.length + 1);
    this.#spent = new Int32Array(written.length + 1);
    this.#runs = new Uint8Array(written.length + 1);
  }

  /** Reads the next character. */
  take(): void {
    const unit = this.#written.charCodeAt(this.at);
    const next = this.#written.charCodeAt(this.at + 1);
    if (unit === AMPERSAND && next === NUMBER_SIGN && this.#takeEntity()) return;
    if (unit === AMPERSAND && this.#written.startsWith(NO_BREAK, this.at)) {
      this.#show(0xa0, NO_BREAK.length, false);
      this.#longer += NO_BREAK.length - 1;
      return;
    }
    const isPair = (unit === TAGS || unit === FORMULAS) && isLow(next);
    const isUnseen = isPair
      ? unit === TAGS && !(this.#keepsTags && isTagLetter(next))
      : unit !== TAGS && unit !== FORMULAS && unitForms()[unit] === UNSEEN;
    if (isUnseen && this.#run < MOST_UNSEEN) {
      this.#run++;
      this.at += isPair ? 2 : 1;
      return;
    }
    const letter = isPair && unit === FORMULAS && next >= 0xdc00 ? formulaLetters()[next - 0xdc00]! : 0;
    if (letter > 0) this.#show(letter, 2, isUnseen);
    else {
      this.#show(unit, 1, isUnseen);
      if (isPair) this.#show(next, 1, isUnseen);
    }
  }

  /** Reads a numbered entity of HTML as the character that it is; false: it is none of a unit that is seen as itself. */
  #takeEntity(): boolean {
    ENTITY.lastIndex = this.at;
    const found = ENTITY.exec(this.#written);
    if (found === null) return false;
    const [whole, decimal, hex] = found;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    if (code < 0x20 || code > 0xffff || (code >= 0xd800 && code < 0xe000)) return false;
    const isUnseen = unitForms()[code] === UNSEEN;
    if (isUnseen && this.#run < MOST_UNSEEN) {
      this.#run++;
      this.at += whole.length;
    } else this.#show(code, whole.length, isUnseen);
    this.#longer += whole.length - 1;
    return true;
  }

  #show(unit: number, width: number, isUnseen: boolean): void {
    this.#units[this.#size] = unit;
    this.#from[this.#size] = this.at;
    this.#spent[this.#size] = this.at - this.#longer;
    this.#runs[this.#size] = this.#run;
    this.at += width;
    this.#to[this.#size++] = this.at;
    if (!isUnseen) this.#run = 0;
  }

  shown(): ShownText {
    const size = this.#size;
    this.#from[size] = this.#written.length;
    this.#to[size] = this.#written.length;
    this.#spent[size] = this.#written.length - this.#longer;
    this.#runs[size] = this.#run;
    const text = textOfUnits(this.#units.subarray(0, size));
    return { text, plain: plainForm(text), from: this.#from, to: this.#to, spent: this.#spent, runs: this.#runs };
  }
}
