import { describe, expect, test } from "bun:test";
import { columnOf, INTENT_MASK } from "../../../src/detect/injection/vocabulary.ts";
import { CONCEPTS } from "../../../src/detect/safety/concepts.ts";
import { BEGINNING, furtherSet, hashWith, isSmall } from "../../../src/detect/safety/further.ts";

function read(word: string): { readonly hash: number; readonly beginnings: Int32Array } {
  const beginnings = new Int32Array(BEGINNING.longest - BEGINNING.shortest + 1);
  let hash = 0;
  for (let at = 0; at < word.length; at++) {
    hash = hashWith(hash, columnOf(word.charCodeAt(at)) + 1);
    if (at + 1 >= BEGINNING.shortest && at < BEGINNING.longest) beginnings[at + 1 - BEGINNING.shortest] = hash;
  }
  return { hash, beginnings };
}

function conceptOf(word: string): string | undefined {
  const { hash, beginnings } = read(word);
  return CONCEPTS[(furtherSet(hash, word.length, beginnings) & INTENT_MASK) - 1];
}

describe("furtherSet", () => {
  test("knows whole words and whatever begins as a stem does", () => {
    expect(conceptOf("pestilence")).toBe("dehuman");
    expect(conceptOf("untrustworthy")).toBe("inferior");
    expect(conceptOf("untrustworthiness")).toBe("inferior");
  });

  test("a stem that goes on before it is complete is another word", () => {
    expect(conceptOf("untrust")).toBeUndefined();
    expect(conceptOf("pestilences")).toBeUndefined();
  });
});

test("small words are told by their hash", () => {
  expect(isSmall(read("ich").hash)).toBe(true);
  expect(isSmall(read("garden").hash)).toBe(false);
});
