import { EscapedText } from "./escaped-text.ts";
import { PlainFilter } from "./plain-filter.ts";
import type { Replacer, TextFilter } from "./replacing.ts";
import type { RuleSet } from "./scan-rules.ts";

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
 * Within one string, and not across, matches are found; the string before it (usually its key) is its context.
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
  /** The number or literal being read. */
  #token = "";
  /** The end of the string before. */
  #label = "";

  constructor(set: RuleSet, replacer: Replacer) {
    this.#set = set;
    this.#replacer = replacer;
  }

  get holds(): boolean {
    return this.#token !== "" || (this.#string?.holds ?? false) || (this.#plain?.holds ?? false);
  }

  push(piece: string): string {
    let out = "";
    let at = 0;
    while (at < piece.length) {
      if (this.#plain !== null) return out + this.#plain.push(piece.slice(at));
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
        if (!follows || !this.#mayBeToken()) out += this.#goPlain();
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
            this.#string = new EscapedText(this.#set, this.#replacer, this.#label);
          } else {
            this.#token = piece[next]!;
            at++;
            if (!this.#mayBeToken()) out += this.#goPlain();
          }
        }
      }
    }
    return out;
  }

  flush(): string {
    if (this.#plain !== null) return this.#plain.flush();
    if (this.#string !== null) return this.#string.flush();
    return this.#token === "" ? "" : this.#endToken();
  }

  #endString(): void {
    this.#label = `${this.#string!.tail}: `;
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

  #goPlain(): string {
    this.#plain = new PlainFilter(this.#set, this.#replacer, this.#label);
    const token = this.#token;
    this.#token = "";
    return this.#plain.push(token);
  }
}
