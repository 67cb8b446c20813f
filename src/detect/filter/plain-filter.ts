import type { RuleSet } from "../scan/rules.ts";
import { type Decided, Scanner } from "../scan/scanner.ts";
import type { Replacer, TextFilter } from "./replacing.ts";

/** Replaces what is found in running text. */
export class PlainFilter implements TextFilter {
  readonly #scanner: Scanner;
  readonly #set: RuleSet;
  readonly #replacer: Replacer;

  /** `before` is shown to validators as what stands in front. */
  constructor(set: RuleSet, replacer: Replacer, before = "") {
    this.#scanner = new Scanner(set, before);
    this.#set = set;
    this.#replacer = replacer;
  }

  get holds(): boolean {
    return this.#scanner.heldUnits > 0;
  }

  push(piece: string): string {
    return this.#replaced(this.#scanner.push(piece));
  }

  /** `last`: what the text ends with. */
  flush(last = ""): string {
    return this.#replaced(this.#scanner.flush(last));
  }

  #replaced({ text, hits }: Decided): string {
    if (hits.length === 0) return text;
    let out = "";
    let at = 0;
    for (const { start, end, rule, continued } of hits) {
      const found = this.#set.rules[rule]!;
      const value = text.slice(start, end);
      out += text.slice(at, start);
      out += continued ? this.#replacer.rest(found, value) : this.#replacer.replace(found, value);
      at = end;
    }
    return out + text.slice(at);
  }
}
