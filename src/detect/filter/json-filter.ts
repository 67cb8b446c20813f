import type { RuleSet } from "../scan/rules.ts";
import { EscapedText } from "./escaped-text.ts";
import { KeyedValues, keyedSet } from "./keyed-values.ts";
import { PlainFilter } from "./plain-filter.ts";
import type { Replacer, TextFilter } from "./replacing.ts";

/** A bare token longer than this is no number that anybody means. */
const MAX_TOKEN = 64;
/** Shorter numbers are counts and flags. */
const LONG_NUMBER = 5;
/** A number, or the beginning of one, and blanks behind it. */
const NUMBER = /^-?\d+(?:\.\d*)?(?:[eE][+-]?\d*)?\s*$/;
const LITERAL = /^(?:t|tr|tru|true\s*|f|fa|fal|fals|false\s*|n|nu|nul|null\s*|-)$/;
/** What stands between the tokens of JSON. */
const BETWEEN = /[^\s{}[\],:]/g;
const TOKEN_END = /[{}[\],:"]/g;
/** What may follow a number or a literal. */
const AFTER_TOKEN = /[}\],]/;

/**
 * Replaces what is found in a text that is JSON (tool call arguments) and keeps it JSON: strings are read as what they
 * say and written back with escapes, everything else in them as it came; a number in which something is found becomes a
 * string. From the first character that cannot stand in JSON on it is taken for running text.
 *
 * Within one string, and not across, matches are found; the string before it (usually its key) is its context. Rules
 * that say so may begin in a member's name and end in its value.
 */
export class JsonFilter implements TextFilter {
  readonly #set: RuleSet;
  readonly #replacer: Replacer;
  /** Set once it is known that this is no JSON. */
  #plain: PlainFilter | null = null;
  /** Whether a container has been opened: before that, running text is as likely. */
  #opened = false;
  /** The string being read. */
  #string: EscapedText | null = null;
  /** The one before: to make what reads a string costs more than to read a short one. */
  #ended: EscapedText | null = null;
  /** The number or literal being read. */
  #token = "";
  /** The end of the string before. */
  #label = "";
  /** Looks for what begins in names of members; null: nothing does, or this is no JSON. */
  #keyed: KeyedValues | null;

  constructor(set: RuleSet, replacer: Replacer) {
    this.#set = set;
    this.#replacer = replacer;
    const keyed = keyedSet(set);
    this.#keyed = keyed === null ? null : new KeyedValues(keyed, replacer);
  }

  get holds(): boolean {
    if (this.#token !== "" || this.#keyed?.holds === true) return true;
    return (this.#string?.holds ?? false) || (this.#plain?.holds ?? false);
  }

  push(piece: string): string {
    if (this.#plain !== null) return this.#plain.push(piece);
    const { json, used } = this.#pushJson(piece);
    const out = this.#keyed === null ? json : this.#keyed.push(json);
    return this.#plain === null ? out : out + this.#becomePlain(piece.slice(used));
  }

  /** Reads a piece as JSON, to its end or to where it is none any more. */
  #pushJson(piece: string): { readonly json: string; readonly used: number } {
    let out = "";
    let at = 0;
    while (at < piece.length && this.#plain === null) {
      if (this.#string !== null) {
        const { text, used, ended } = this.#string.push(piece, at);
        out += text;
        at += used;
        if (ended) this.#endString();
      } else if (this.#token !== "") {
        TOKEN_END.lastIndex = at;
        const end = TOKEN_END.exec(piece)?.index ?? piece.length;
        this.#token += piece.slice(at, end);
        at = end;
        const follows = end === piece.length || AFTER_TOKEN.test(piece[end]!);
        if (!follows || !this.#mayBeToken()) this.#goPlain();
        else if (end < piece.length) out += this.#endToken();
      } else {
        BETWEEN.lastIndex = at;
        const next = BETWEEN.exec(piece)?.index ?? piece.length;
        const between = piece.slice(at, next);
        this.#opened ||= /[{[]/.test(between);
        out += between;
        at = next;
        if (next < piece.length) {
          if (piece[next] === '"' && this.#opened) {
            out += '"';
            at++;
            this.#string =
              this.#ended?.again(this.#label) ?? new EscapedText(this.#set, this.#replacer, { before: this.#label });
          } else {
            this.#token = piece[next]!;
            at++;
            if (!this.#mayBeToken()) this.#goPlain();
          }
        }
      }
    }
    return { json: out, used: at };
  }

  flush(): string {
    if (this.#plain !== null) return this.#plain.flush();
    const json = this.#string !== null ? this.#string.flush() : this.#token === "" ? "" : this.#endToken();
    return this.#keyed === null ? json : this.#keyed.push(json) + this.#keyed.flush();
  }

  #endString(): void {
    this.#label = `${this.#string!.tail}: `;
    this.#ended = this.#string;
    this.#string = null;
  }

  #mayBeToken(): boolean {
    const token = this.#token;
    if (!this.#opened || token.length > MAX_TOKEN) return false;
    return NUMBER.test(token) || LITERAL.test(token);
  }

  #endToken(): string {
    const token = this.#token.trimEnd();
    const blanks = this.#token.slice(token.length);
    this.#token = "";
    if (token.length < LONG_NUMBER || !NUMBER.test(token)) return token + blanks;
    const filter = new PlainFilter(this.#set, this.#replacer, this.#label);
    const text = filter.flush(token);
    return (text === token ? token : JSON.stringify(text)) + blanks;
  }

  #goPlain(): void {
    this.#plain = new PlainFilter(this.#set, this.#replacer, this.#label);
  }

  /** What was read as a token and what follows is running text. */
  #becomePlain(rest: string): string {
    const held = this.#keyed?.flush() ?? "";
    const text = this.#token + rest;
    this.#keyed = null;
    this.#token = "";
    return text === "" ? held : held + this.#plain!.push(text);
  }
}
