import { describe, expect, test } from "bun:test";
import { columnsOf } from "../../../src/detect/injection/columns.ts";
import { columnOf, INTENT_MASK } from "../../../src/detect/injection/vocabulary.ts";
import { CONCEPTS, vocabulary } from "../../../src/detect/safety/concepts.ts";
import { BEGINNING, furtherSet, gluedSet, hashWith } from "../../../src/detect/safety/further.ts";

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

describe("gluedSet", () => {
  const behind = (word: string): string | undefined => {
    const columns = new Int8Array(word.length + 1);
    columnsOf(word, columns);
    return CONCEPTS[(gluedSet(vocabulary(), columns, { start: 0, end: word.length }) & INTENT_MASK) - 1];
  };

  test("a small word without its gap leaves what stands behind it", () => {
    expect(behind("ichhasse")).toBe("hateverb");
  });

  test("another beginning, or an end that is short, leaves nothing", () => {
    expect(behind("gardenhasse")).toBeUndefined();
    expect(behind("ichtot")).toBeUndefined();
  });
});
