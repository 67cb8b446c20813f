import { ANY, type CharSet, caseless, charSet, charsOf, complement, union } from "./char-set.ts";
import { type Escaped, hexEscape, setEscape } from "./escapes.ts";
import { withLazyEnds } from "./lazy.ts";
import { type Assertion, assertion, chars, choice, EMPTY, type PatternTree, repeat, sequence, weight } from "./tree.ts";
import { LINE_ENDS } from "./unicode.ts";

/** A pattern as it was read, or why it cannot be taken: words for the one who wrote it. */
export type ParsedPattern = { readonly tree: PatternTree } | { readonly problem: string };

/** States one pattern may take with its repeats written out. */
const MAX_WEIGHT = 10_000;
const MAX_REPEAT = 1_000;
const MAX_DEPTH = 100;
const MAX_SOURCE = 10_000;

/** Reads a regular expression. Only what takes linear time: no look-around, no back-references. */
export function parsePattern(source: string, { ignoreCase = false } = {}): ParsedPattern {
  if (source.length > MAX_SOURCE) return { problem: `it is longer than ${MAX_SOURCE} characters` };
  try {
    const tree = withLazyEnds(new PatternReader(source, { i: ignoreCase, s: false, m: false }).read());
    if (weight(tree) > MAX_WEIGHT) {
      return { problem: `its repeats written out take more than ${MAX_WEIGHT} states: use smaller counts` };
    }
    return { tree };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { problem: thrown.message };
    throw thrown;
  }
}

/** Why a pattern is not taken. Never leaves this file. */
class Refusal extends Error {}

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

class PatternReader {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  #flags: Flags;

  constructor(source: string, flags: Flags) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): PatternTree {
    const tree = this.#choice();
    if (this.#at < this.#source.length) throw this.#refuse('an unmatched ")"');
    return tree;
  }

  #refuse(what: string): Refusal {
    return new Refusal(`${what} at character ${this.#at + 1}`);
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternTree {
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : choice(options);
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at]!)) {
      const part = this.#atom();
      parts.push(this.#repeated(part));
    }
    return parts.length === 1 ? parts[0]! : sequence(...parts);
  }

  #atom(): PatternTree {
    const code = this.#source.codePointAt(this.#at)!;
    const char = String.fromCodePoint(code);
    if (char === "(") return this.#group();
    if (char === "[") return this.#set(this.#class());
    if (char === "\\") return this.#escape();
    if ("*+?".includes(char)) throw this.#refuse(`"${char}" with nothing to repeat`);
    if (char === "{" && /^\{\d+(?:,\d*)?\}/.test(this.#source.slice(this.#at))) {
      throw this.#refuse("a repeat count with nothing to repeat");
    }
    this.#at += char.length;
    if (char === ".") return chars(this.#flags.s ? ANY : complement(LINE_ENDS));
    if (char === "^") return assertion(this.#flags.m ? "line-start" : "text-start");
    if (char === "$") return assertion(this.#flags.m ? "line-end" : "text-end");
    return this.#set([code, code]);
  }

  #set(set: CharSet): PatternTree {
    return chars(this.#flags.i ? caseless(set) : set);
  }

  #group(): PatternTree {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) throw this.#refuse(`groups nested deeper than ${MAX_DEPTH}`);
    const outer = this.#flags;
    if (this.#takes("?")) {
      const open = this.#groupHead();
      if (!open) return EMPTY;
    }
    const tree = this.#choice();
    if (!this.#takes(")")) throw this.#refuse('a missing ")"');
    this.#flags = outer;
    this.#depth--;
    return tree;
  }

  /** What follows `(?`. False where it was only flags for what comes after it. */
  #groupHead(): boolean {
    const rest = this.#source.slice(this.#at);
    if (/^(?:=|!|<=|<!)/.test(rest)) {
      throw this.#refuse("look-around, which takes more than linear time, is not supported: found");
    }
    if (rest.startsWith(">")) throw this.#refuse("an atomic group, which is not supported,");
    const named = /^P?<[A-Za-z_]\w*>/.exec(rest)?.[0];
    if (named !== undefined) {
      this.#at += named.length;
      return true;
    }
    const [head, on = "", , off = "", end] = /^([a-zA-Z]*)(-([a-zA-Z]*))?([:)])/.exec(rest) ?? [];
    if (head === undefined) throw this.#refuse('"(?" followed by something unknown');
    const unknown = [...on, ...off].find((flag) => !"imsu".includes(flag));
    if (unknown !== undefined) throw this.#refuse(`the flag "${unknown}" (known: i, m, s)`);
    this.#at += head.length;
    const value = (flag: "i" | "m" | "s") => (on.includes(flag) || this.#flags[flag]) && !off.includes(flag);
    this.#flags = { i: value("i"), m: value("m"), s: value("s") };
    if (end === ":") return true;
    this.#depth--;
    return false;
  }

  #escape(): PatternTree {
    const next = this.#source[this.#at + 1];
    if (next === undefined) throw this.#refuse('a single "\\"');
    if (/[1-9]/.test(next) || next === "k") {
      throw this.#refuse("a back-reference, which takes more than linear time, is not supported: found");
    }
    const asserted = ASSERTIONS[next];
    if (asserted !== undefined) {
      this.#at += 2;
      return assertion(asserted);
    }
    return this.#set(this.#escapedSet());
  }

  /** The set an escape stands for, in and outside classes. */
  #escapedSet(): CharSet {
    const escaped: Escaped = setEscape(this.#source, this.#at) ?? hexEscape(this.#source, this.#at);
    if (typeof escaped === "string") throw this.#refuse(escaped);
    this.#at = escaped.end;
    return escaped.set;
  }

  #class(): CharSet {
    this.#at++;
    const negated = this.#takes("^");
    const sets: CharSet[] = [];
    for (let first = true; first || this.#source[this.#at] !== "]"; first = false) {
      if (this.#at >= this.#source.length) throw this.#refuse('a missing "]"');
      if (first && this.#source[this.#at] === "]") {
        // as everywhere but in JavaScript: a bracket that comes first is a member
        if (!this.#source.slice(this.#at + 1).includes("]")) throw this.#refuse("an empty class");
      }
      sets.push(this.#classItem());
    }
    this.#at++;
    const set = union(...sets);
    const folded = this.#flags.i ? caseless(set) : set;
    return negated ? complement(folded) : folded;
  }

  #classItem(): CharSet {
    const low = this.#classMember();
    const dash = this.#source[this.#at] === "-" && ![undefined, "]"].includes(this.#source[this.#at + 1]);
    if (!dash || low.length !== 2 || low[0] !== low[1]) return low;
    this.#at++;
    const high = this.#classMember();
    if (high.length !== 2 || high[0] !== high[1]) return union(low, charsOf("-"), high);
    if (high[0]! < low[0]!) throw this.#refuse("a range whose end comes before its start");
    return charSet([[low[0]!, high[0]!]]);
  }

  #classMember(): CharSet {
    if (this.#source[this.#at] === "\\") {
      if (this.#source[this.#at + 1] === "b") {
        this.#at += 2;
        return [8, 8];
      }
      return this.#escapedSet();
    }
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at));
    const named = posix === null ? undefined : POSIX[posix[2]!];
    if (posix !== null && named !== undefined) {
      this.#at += posix[0].length;
      return posix[1] === "^" ? complement(named) : named;
    }
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw this.#refuse('a missing "]"');
    this.#at += code > 0xffff ? 2 : 1;
    return [code, code];
  }

  #repeated(body: PatternTree): PatternTree {
    let tree = body;
    let stacked = false;
    for (;;) {
      const count = this.#count();
      if (count === null) return tree;
      if (stacked) throw this.#refuse("a repeat of a repeat");
      stacked = true;
      if (this.#takes("+")) throw this.#refuse("a possessive repeat, which is not supported,");
      const isLazy = this.#takes("?");
      tree = { ...repeat(tree, count[0], count[1]), ...(isLazy && { isLazy }) };
    }
  }

  #count(): readonly [number, number | null] | null {
    if (this.#takes("*")) return [0, null];
    if (this.#takes("+")) return [1, null];
    if (this.#takes("?")) return [0, 1];
    const braces = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (braces === null) return null;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === "" ? null : Number(braces[3]);
    if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT) throw this.#refuse(`a repeat of more than ${MAX_REPEAT}`);
    if (most !== null && most < least) throw this.#refuse("a repeat whose maximum is below its minimum");
    this.#at += braces[0].length;
    return [least, most];
  }
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  b: "word-edge",
  B: "no-word-edge",
  A: "text-start",
  z: "text-end",
  Z: "text-end",
};

const POSIX: Readonly<Record<string, CharSet>> = {
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  digit: [0x30, 0x39],
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  upper: [0x41, 0x5a],
  lower: [0x61, 0x7a],
  space: [0x09, 0x0d, 0x20, 0x20],
  blank: [0x09, 0x09, 0x20, 0x20],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
  word: [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a],
};
