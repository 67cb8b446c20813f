import { describe, expect, test } from "bun:test";
import type { Recogniser } from "../../../src/detect/recognisers/recogniser.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";
import { matches } from "./_match.ts";

/** What one recogniser must find, between ⟦ and ⟧, and texts in which it must find nothing. */
export interface Examples {
  readonly found: readonly string[];
  readonly passed: readonly string[];
}

/** A test per example: the scanner marks it so, and so does the plain reading of the recogniser. */
export function examples(recogniser: Recogniser, { found, passed }: Examples): void {
  describe(recogniser.name, () => {
    test.each(found)("finds %s", (marked) => {
      const text = marked.replace(/[⟦⟧]/g, "");
      expect(scanned(recogniser, text)).toBe(marked);
      expect(plainly(recogniser, text)).toBe(marked);
    });
    test.each(passed)("passes %s", (text) => {
      expect(scanned(recogniser, text)).toBe(text);
      expect(plainly(recogniser, text)).toBe(text);
    });
  });
}

/** The text with what the scanner finds between ⟦ and ⟧. */
export function scanned(recogniser: Recogniser, text: string): string {
  const scanner = new Scanner(ruleSet([ruleOf(recogniser)]));
  let marked = "";
  for (const { text: decided, hits } of [scanner.push(text), scanner.flush()]) {
    let at = 0;
    for (const { start, end, continued } of hits) {
      marked += decided.slice(at, start);
      if (continued) marked = marked.slice(0, -1);
      else marked += "⟦";
      marked += `${decided.slice(start, end)}⟧`;
      at = end;
    }
    marked += decided.slice(at);
  }
  return marked;
}

function plainly(recogniser: Recogniser, text: string): string {
  let marked = "";
  let at = 0;
  for (const { start, end } of matches([recogniser], text)) {
    marked += `${text.slice(at, start)}⟦${text.slice(start, end)}⟧`;
    at = end;
  }
  return marked + text.slice(at);
}
