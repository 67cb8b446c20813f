import { oncePer } from "../../lib/once.ts";
import { laterRuleSet, type RuleSet } from "../scan/rules.ts";
import { Scanner } from "../scan/scanner.ts";
import { EscapedText } from "./escaped-text.ts";
import type { Replacer } from "./replacing.ts";

/** The rules of a set that may begin in the name of a member and end in its value; null: none. */
export const keyedSet: (set: RuleSet) => RuleSet | null = oncePer((set) => {
  const rules = set.rules.filter(({ fromNames }) => fromNames === true);
  return rules.length === 0 ? null : laterRuleSet(() => rules);
});

/** Longer names, and more blanks in front of a value, are no label that anybody looks for. */
const LONGEST_NAME = 200;
const LONGEST_GAP = 16;
const MAX_TOKEN = 64;
/** How many names are remembered. */
const MOST_KNOWN = 256;
const TOKEN_END = /[\s{}[\],:"]/g;
const QUOTE_OR_ESCAPE = /["\\]/g;

const QUOTE = 0x22;
const COLON = 0x3a;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isBracket = (code: number): boolean => code === 0x2c || (code | 0x20) === 0x7b || (code | 0x20) === 0x7d;

/** What stands in front of a value: the name as it is written, and as a label. */
interface Front {
  readonly gap: string;
  readonly primers: readonly string[];
}

/**
 * Reads JSON and replaces in the values of members what is found together with their names: `"api_key": "…"`, read as it
 * is written and as `api_key: …`. The rest stays, byte for byte.
 */
export class KeyedValues {
  readonly #set: RuleSet;
  readonly #replacer: Replacer;
  /** The string that is no value, as it is written so far; null: outside of one. */
  #string: string | null = null;
  #isEscaped = false;
  /** The last string that was no value, and what came behind it; null: no member's name. */
  #name: string | null = null;
  #gap = "";
  #isAfterColon = false;
  /** What reads the value that is being said; null: none is. */
  #readers: readonly EscapedText[] | null = null;
  /** The number or literal that is the value, and what stands in front of it. */
  #token = "";
  #primers: readonly string[] = [];
  /** By name what may have begun in front of its value: the same names come again and again. */
  readonly #fronts = new Map<string, Front>();

  constructor(set: RuleSet, replacer: Replacer) {
    this.#set = set;
    this.#replacer = replacer;
  }

  get holds(): boolean {
    return this.#token !== "" || this.#readers?.some((reader) => reader.holds) === true;
  }

  push(json: string): string {
    let out = "";
    let copied = 0;
    let at = 0;
    while (at < json.length) {
      if (this.#readers !== null || this.#token !== "") {
        out += json.slice(copied, at);
        const { text, used } = this.#readers === null ? this.#readToken(json, at) : this.#readString(json, at);
        out += text;
        at += used;
        copied = at;
      } else if (this.#string !== null) {
        at = this.#endOfString(json, at);
      } else {
        const end = this.#between(json, at);
        // a token is held
        if (this.#token !== "") {
          out += json.slice(copied, end - 1);
          copied = end;
        }
        at = end;
      }
    }
    return copied === 0 ? json : out + json.slice(copied);
  }

  /** Gives what was held. */
  flush(): string {
    if (this.#token !== "") return this.#endToken();
    const [first, ...others] = this.#readers ?? [];
    if (first === undefined) return "";
    return others.reduce((text, reader) => reader.push(text, 0).text + reader.flush(), first.flush());
  }

  /** Reads what stands between strings, to behind the first character of the next one or of a value that is of interest. */
  #between(json: string, from: number): number {
    for (let at = from; at < json.length; at++) {
      const code = json.charCodeAt(at);
      if (isBlank(code)) {
        if (this.#name !== null) this.#gap += json[at];
        continue;
      }
      const primers = this.#isAfterColon && this.#name !== null ? this.#primersOf(this.#name) : [];
      this.#isAfterColon = code === COLON;
      if (code === COLON) this.#gap += ":";
      else if (code === QUOTE) {
        this.#begin(primers);
        return at + 1;
      } else {
        this.#name = null;
        if (primers.length > 0 && !isBracket(code)) {
          this.#token = json[at]!;
          this.#primers = primers.map((primer) => (primer.startsWith('"') ? primer.slice(0, -1) : primer));
          return at + 1;
        }
      }
    }
    return json.length;
  }

  /** What stands in front of the value of a member, as far as something may have begun in it. */
  #primersOf(raw: string): readonly string[] {
    const known = this.#fronts.get(raw);
    if (known !== undefined && known.gap === this.#gap) return known.primers;
    const name = this.#gap.length > LONGEST_GAP ? null : nameOf(raw);
    const all = name === null ? [] : [`"${name}"${this.#gap}"`, `${name}: `];
    const primers = all.filter((primer) => {
      const scanner = new Scanner(this.#set);
      // a number has no quote in front of it
      const open = primer.startsWith('"') ? primer.slice(0, -1) : primer;
      scanner.push(open);
      return scanner.heldUnits > 0;
    });
    if (this.#fronts.size >= MOST_KNOWN) this.#fronts.clear();
    this.#fronts.set(raw, { gap: this.#gap, primers });
    return primers;
  }

  /** A string begins. */
  #begin(primers: readonly string[]): void {
    this.#name = null;
    if (primers.length === 0) {
      this.#string = "";
      return;
    }
    this.#readers = primers.map((primer) => {
      return new EscapedText(this.#set, this.#replacer, { primer, isQuoted: primer.startsWith('"') });
    });
  }

  #readString(json: string, from: number): { readonly text: string; readonly used: number } {
    const [first, ...others] = this.#readers!;
    const { text, used, ended } = first!.push(json, from);
    const out = others.reduce((said, reader) => reader.push(said, 0).text, text);
    if (ended) this.#readers = null;
    return { text: out, used };
  }

  /** Where the string that is no value ends, or the piece. */
  #endOfString(json: string, from: number): number {
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at++;
    }
    for (;;) {
      QUOTE_OR_ESCAPE.lastIndex = at;
      const stop = QUOTE_OR_ESCAPE.exec(json)?.index ?? json.length;
      if (stop < json.length && json.charCodeAt(stop) !== QUOTE) {
        at = stop + 2;
        this.#isEscaped = at > json.length;
        if (at < json.length) continue;
      }
      const end = Math.min(json.length, Math.max(stop, at));
      if (this.#string!.length <= LONGEST_NAME) this.#string += json.slice(from, end);
      if (stop >= json.length || json.charCodeAt(stop) !== QUOTE) return end;
      this.#name = this.#string;
      this.#string = null;
      this.#gap = "";
      return stop + 1;
    }
  }

  #readToken(json: string, from: number): { readonly text: string; readonly used: number } {
    TOKEN_END.lastIndex = from;
    const end = TOKEN_END.exec(json)?.index ?? json.length;
    this.#token += json.slice(from, end);
    const isOver = end < json.length || this.#token.length > MAX_TOKEN;
    return { text: isOver ? this.#endToken() : "", used: end - from };
  }

  #endToken(): string {
    const token = this.#token;
    this.#token = "";
    if (token.length > MAX_TOKEN) return token;
    for (const primer of this.#primers) {
      const { hits } = new Scanner(this.#set).flush(primer + token);
      const hit = hits.find(({ start, end }) => start < primer.length && end > primer.length);
      if (hit === undefined) continue;
      const end = hit.end - primer.length;
      const marker = this.#replacer.replace(this.#set.rules[hit.rule]!, token.slice(0, end));
      const text = marker + token.slice(end);
      return text === token ? token : JSON.stringify(text);
    }
    return token;
  }
}

/** What a string says, as far as it is a name. */
function nameOf(raw: string): string | null {
  if (raw.length > LONGEST_NAME) return null;
  if (!raw.includes("\\")) return raw;
  try {
    const said: unknown = JSON.parse(`"${raw}"`);
    return typeof said === "string" ? said : null;
  } catch {
    return null;
  }
}
