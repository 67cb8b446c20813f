import { once } from "../../lib/once.ts";
import { plainForm, textOfUnits, UNSEEN, unitForms } from "../terms/written-forms.ts";
import { beginsEntity, entityUnit } from "./named-entities.ts";

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
  /**
   * What stands in front of each unit of `text` and of the end, in units as they were written, an entity and a letter of
   * formulas as one; null: as many as there are in `text`, since none that takes no place is left out.
   */
  readonly spent: Int32Array | null;
  /**
   * How many characters that take no place stand in front of each unit and of the end, as far as they are left out; null:
   * none.
   */
  readonly runs: Uint8Array | null;
}

/**
 * How many characters that take no place are left out, one behind the other; what follows them is shown as it is. Nobody
 * writes more of them within a word, and what may be behind any number of them could never be decided.
 */
export const MOST_UNSEEN = 16;

/** High halves of tags and variation selectors (plane 14), and of letters and digits of formulas. */
const TAGS = 0xdb40;
const FORMULAS = 0xd835;
const AMPERSAND = 0x26;
const NUMBER_SIGN = 0x23;
/** HTML takes one without its semicolon, too. */
const ENTITY = /&#(?:0{0,3}(\d{1,6})(?!\d)|[xX]0{0,4}([\da-fA-F]{1,5})(?![\da-fA-F]));?/y;
/** With one of the names of HTML the semicolon is asked for: `?a=1&copy=2` is an address. */
const NAMED = /&([A-Za-z]{2,6}[A-Za-z\d]{0,2});/y;
/** One whose end has not come yet. */
const OPEN_ENTITY = /&(?:#(?:\d{0,9}|[xX][\da-fA-F]{0,9})?|([A-Za-z]{1,7}\d{0,2}))?$/;
const LONGEST_ENTITY = 12;

/** What Markdown and TeX write with a backslash in front (`jane\_doe`), and JSON with its number (`M\u00fcller`). */
const ESCAPED = /\\(?:([-_.+@()*#~])|u([\da-fA-F]{4}))/y;
const OPEN_ESCAPE = /\\(?:u[\da-fA-F]{0,3})?$/;
const BACKSLASH = 0x5c;

/** How many units at the end of a piece may be the beginning of an escape. */
export function openEscape(text: string): number {
  return OPEN_ESCAPE.exec(text.slice(-5))?.[0].length ?? 0;
}

/** How many units at the end of a piece may be the beginning of an entity. */
export function openEntity(text: string): number {
  const first = Math.max(0, text.length - LONGEST_ENTITY);
  for (let at = text.length - 1; at >= first; at--) {
    if (text.charCodeAt(at) !== AMPERSAND) continue;
    const open = OPEN_ENTITY.exec(text.slice(at));
    return open === null || (open[1] !== undefined && !beginsEntity(open[1])) ? 0 : text.length - at;
  }
  return 0;
}

/** The low halves of U+E0020 to U+E007E: ASCII in disguise. */
const isTagLetter = (low: number): boolean => low >= 0xdc20 && low <= 0xdc7e;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** U+1D400 to U+1D7FF as ASCII, 0 where they are none of its letters and digits. */
const formulaLetters = once(() =>
  Uint8Array.from({ length: 0x400 }, (_, at) => {
    const plain = String.fromCodePoint(0x1d400 + at).normalize("NFKC");
    return plain.length === 1 && plain < "\x7f" ? plain.charCodeAt(0) : 0;
  }),
);

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
  /** Escapes are shown as they are written, since somebody looks for them. */
  readonly keepsEscapes?: boolean;
  /** Entities are shown as they are written, since somebody looks for them. */
  readonly keepsEntities?: boolean;
}

/** Whether a text has something that looks like an entity. */
const ANY_ENTITY = /&(?:#|[A-Za-z]{2,6}[A-Za-z\d]{0,2};)/;
const ANY_ESCAPE = /\\(?:[-_.+@()*#~]|u[\da-fA-F]{4})/;

/** The text as one sees it. */
export function shownText(written: string, looking: Looking = {}): ShownText {
  const forms = unitForms();
  let hasForms = false;
  const hasEntity = looking.keepsEntities !== true && written.includes("&") && ANY_ENTITY.test(written);
  const hasEscape = looking.keepsEscapes !== true && written.includes("\\") && ANY_ESCAPE.test(written);
  let at = hasEntity || hasEscape ? written.length + 1 : 0;
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
  const places = new Places(written, looking);
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
  readonly #forms = unitForms();
  readonly #keepsTags: boolean;
  readonly #keepsEntities: boolean;
  readonly #keepsEscapes: boolean;
  #size = 0;
  #run: number;
  /** Whether anything that takes no place is left out, or was in front of the text. */
  #leavesOut: boolean;
  /** By how much the entities and letters of formulas so far are longer than what they are. */
  #longer = 0;

  constructor(written: string, { run = 0, keepsTags = false, keepsEntities = false, keepsEscapes = false }: Looking) {
    this.#written = written;
    this.#run = run;
    this.#leavesOut = run > 0;
    this.#keepsTags = keepsTags;
    this.#keepsEntities = keepsEntities;
    this.#keepsEscapes = keepsEscapes;
    this.#units = new Uint16Array(written.length);
    this.#from = new Int32Array(written.length + 1);
    this.#to = new Int32Array(written.length + 1);
    this.#spent = new Int32Array(written.length + 1);
    this.#runs = new Uint8Array(written.length + 1);
  }

  /** Reads the next character, and whatever in front of it is shown as it is. */
  take(): void {
    this.#showPlain();
    if (this.at === this.#written.length) return;
    const unit = this.#written.charCodeAt(this.at);
    const next = this.#written.charCodeAt(this.at + 1);
    if (unit === AMPERSAND && !this.#keepsEntities) {
      if (next === NUMBER_SIGN ? this.#takeEntity() : this.#takeNamed()) return;
    }
    if (unit === BACKSLASH && !this.#keepsEscapes && this.#takeEscape()) return;
    const isPair = (unit === TAGS || unit === FORMULAS) && isLow(next);
    const isUnseen = isPair
      ? unit === TAGS && !(this.#keepsTags && isTagLetter(next))
      : unit !== TAGS && unit !== FORMULAS && this.#forms[unit] === UNSEEN;
    if (isUnseen && this.#run < MOST_UNSEEN) {
      this.#leaveOut(isPair ? 2 : 1);
      return;
    }
    const letter = isPair && unit === FORMULAS && next >= 0xdc00 ? formulaLetters()[next - 0xdc00]! : 0;
    if (letter > 0) {
      this.#show(letter, 2, isUnseen);
      this.#longer++;
    } else {
      this.#show(unit, 1, isUnseen);
      if (isPair) this.#show(next, 1, isUnseen);
    }
  }

  /** Shows what nobody has to look at twice: no entity, no escape, nothing that takes no place, no half of a character. */
  #showPlain(): void {
    const forms = this.#forms;
    for (const end = this.#written.length; this.at < end; ) {
      const unit = this.#written.charCodeAt(this.at);
      if (unit === AMPERSAND || unit === BACKSLASH || unit === TAGS || unit === FORMULAS) return;
      if (forms[unit] === UNSEEN) return;
      this.#show(unit, 1, false);
    }
  }

  #leaveOut(width: number): void {
    this.#leavesOut = true;
    this.#run++;
    this.at += width;
  }

  /** Reads a numbered entity of HTML as the character that it is; false: it is none of a unit that is seen as itself. */
  #takeEntity(): boolean {
    ENTITY.lastIndex = this.at;
    const found = ENTITY.exec(this.#written);
    if (found === null) return false;
    const [whole, decimal, hex] = found;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    if (code < 0x20 || code > 0xffff || (code >= 0xd800 && code < 0xe000)) return false;
    this.#showEntity(code, whole.length);
    return true;
  }

  /** The same of a named one. */
  #takeNamed(): boolean {
    NAMED.lastIndex = this.at;
    const found = NAMED.exec(this.#written);
    const code = found === null ? undefined : entityUnit(found[1]!);
    if (code === undefined) return false;
    this.#showEntity(code, found![0].length);
    return true;
  }

  /** An escaped sign, or a unit by its number; one that ends a line or is half of a character is left as it is written. */
  #takeEscape(): boolean {
    ESCAPED.lastIndex = this.at;
    const found = ESCAPED.exec(this.#written);
    if (found === null) return false;
    const [whole, sign, number] = found;
    const code = sign === undefined ? Number.parseInt(number!, 16) : sign.charCodeAt(0);
    if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) return false;
    this.#showEntity(code, whole.length);
    return true;
  }

  #showEntity(code: number, width: number): void {
    const isUnseen = this.#forms[code] === UNSEEN;
    if (isUnseen && this.#run < MOST_UNSEEN) this.#leaveOut(width);
    else this.#show(code, width, isUnseen);
    this.#longer += width - 1;
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
    const [spent, runs] = this.#leavesOut ? [this.#spent, this.#runs] : [null, null];
    return { text, plain: plainForm(text), from: this.#from, to: this.#to, spent, runs };
  }
}
