import { type CharSet, complement, union } from "./char-set.ts";
import { placeAfter } from "./lazy.ts";
import { type Assertion, chars, type PatternTree } from "./tree.ts";

/** What a state of the automaton does. */
export type NfaNode =
  /** Reads a character of the set (an index into {@link Nfa.sets}) and goes on. */
  | { readonly does: "read"; readonly set: number; readonly next: number; readonly rule: number }
  /** Goes on in several ways without reading. Filled after it was made, so that a loop can lead back to it. */
  | { readonly does: "fork"; readonly ways: number[] }
  /** Goes on where the condition holds. */
  | { readonly does: "check"; readonly assertion: Assertion; readonly next: number; readonly rule: number }
  /** The rule matches. */
  | { readonly does: "accept"; readonly rule: number };

/** One thing to look for: the number matches are told by, and the trees of which any may match. */
export interface NfaRule {
  readonly trees: readonly PatternTree[];
  /** Where there is such a thing, the rule is not always in question. */
  readonly needs?: unknown;
}

/** All rules as one automaton that may be in many states at once. */
export interface Nfa {
  readonly nodes: readonly NfaNode[];
  readonly sets: readonly CharSet[];
  /** Where every rule begins. */
  readonly starts: readonly number[];
  /** And which rule begins there. */
  readonly startRules: readonly number[];
}

/** The automaton of rules; `rule` of its nodes is the position in `rules`. Gives way after each tree. */
export function* buildingNfa(rules: readonly NfaRule[]): Generator<undefined, Nfa> {
  const builder = new NfaBuilder();
  const starts: number[] = [];
  const startRules: number[] = [];
  for (const [rule, { trees }] of rules.entries()) {
    const accept = builder.add({ does: "accept", rule });
    for (const tree of trees) {
      starts.push(builder.tree(tree, accept, rule));
      startRules.push(rule);
      yield undefined;
    }
  }
  return { nodes: builder.nodes, sets: builder.sets, starts, startRules };
}

class NfaBuilder {
  readonly nodes: NfaNode[] = [];
  readonly sets: CharSet[] = [];
  readonly #setIndex = new Map<string, number>();
  /** The same by identity, since sets are mostly shared and their text is long. */
  readonly #seen = new Map<CharSet, number>();

  add(node: NfaNode): number {
    this.nodes.push(node);
    return this.nodes.length - 1;
  }

  /** The state that matches `tree` and then goes on at `next`. */
  tree(tree: PatternTree, next: number, rule: number): number {
    switch (tree.is) {
      case "chars":
        return this.add({ does: "read", set: this.#set(tree.set), next, rule });
      case "assertion":
        return this.add({ does: "check", assertion: tree.assertion, next, rule });
      case "sequence":
        return tree.parts.reduceRight((after, part) => this.tree(part, after, rule), next);
      case "choice":
        return this.add({ does: "fork", ways: tree.options.map((option) => this.tree(option, next, rule)) });
      case "repeat":
        return this.#repeat(tree, next, rule);
      case "until":
        return this.#until(tree, next, rule);
    }
  }

  /** One state for each number of signs of the row that were just read. */
  #until({ set, stop }: Extract<PatternTree, { is: "until" }>, next: number, rule: number): number {
    const places = stop.map(() => ({ does: "fork" as const, ways: [] as number[] }));
    const at = [...places.map((place) => this.add(place)), next];
    const signs = [...new Map(stop.map((each) => [each.join(), each])).values()];
    const others = complement(union(complement(set), ...signs));
    places.forEach(({ ways }, place) => {
      for (const sign of signs) ways.push(this.tree(chars(sign), at[placeAfter(stop, place, sign)]!, rule));
      if (others.length > 0) ways.push(this.tree(chars(others), at[0]!, rule));
    });
    return at[0]!;
  }

  #repeat({ body, least, most }: Extract<PatternTree, { is: "repeat" }>, next: number, rule: number): number {
    let after = next;
    if (most === null) {
      const ways = [next];
      const loop = this.add({ does: "fork", ways });
      ways.unshift(this.tree(body, loop, rule));
      after = loop;
    } else {
      for (let left = most - least; left > 0; left--) {
        after = this.add({ does: "fork", ways: [this.tree(body, after, rule), next] });
      }
    }
    for (let left = least; left > 0; left--) after = this.tree(body, after, rule);
    return after;
  }

  #set(set: CharSet): number {
    const seen = this.#seen.get(set);
    if (seen !== undefined) return seen;
    const key = set.join();
    const index = this.#setIndex.get(key) ?? this.sets.push(set) - 1;
    this.#setIndex.set(key, index);
    this.#seen.set(set, index);
    return index;
  }
}
