import { describe, expect, test } from "bun:test";
import { columnsOf } from "../../../src/detect/injection/columns.ts";
import { buildVocabulary } from "../../../src/detect/injection/vocabulary.ts";
import { partsOf, Slips } from "../../../src/detect/safety/guessed.ts";

const vocabulary = buildVocabulary({ hate: { all: "hatred moerder* murder" }, place: { all: "garden kitchen" } }, {});

const read = (word: string) => {
  const columns = new Int8Array(word.length + 1);
  columnsOf(word, columns);
  return { columns, span: { start: 0, end: word.length } };
};

describe("partsOf", () => {
  const parts = (word: string): readonly number[] => {
    const { columns, span } = read(word);
    return partsOf(vocabulary, columns, span);
  };

  test("a compound is what its parts are, in their order", () => {
    expect(parts("kitchenmurder")).toEqual([2, 1]);
    expect(parts("murdergarden")).toEqual([1, 2]);
  });

  test("a stem within a word counts as far as it goes", () => {
    expect(parts("gardenmoerderin")).toEqual([2, 1]);
  });

  test("a word that merely holds another one is none", () => {
    expect(parts("unmurderousnesses")).toEqual([]);
  });

  test("short ones within a word of ordinary length are a coincidence, in a run of words they count", () => {
    const short = buildVocabulary({ worse: { all: "cons* trai*" } }, {});
    const found = (word: string): readonly number[] => {
      const { columns, span } = read(word);
      return partsOf(short, columns, span);
    };
    expect(found("constraint")).toEqual([]);
    expect(found("theconsandtrait")).toEqual([1, 1]);
  });

  test("short words are not taken apart", () => {
    expect(parts("xmurder")).toEqual([]);
  });
});

describe("Slips", () => {
  const slips = new Slips(
    [
      { term: "poison", set: 7, stem: false },
      { term: "weapon", set: 9, stem: false },
      { term: "zigeuner", set: 11, stem: true },
    ],
    ["weapno"],
  );
  const slip = (word: string): number => {
    const { columns, span } = read(word);
    return slips.setOf(word, columns, span);
  };

  test.each(["pioson", "poisno", "poisn", "posion", "pison"])("two letters swapped or one missing: %s", (word) => {
    expect(slip(word)).toBe(7);
  });

  test.each(["ziguener", "zigueners", "zigunerin", "zigeunerschnitzel"])(
    "a beginning, with what follows: %s",
    (word) => {
      expect(slip(word)).toBe(word.length > 12 ? 0 : 11);
    },
  );

  test.each(["poisons", "opison", "oison", "piosno", "psn"])("more than that is another word: %s", (word) => {
    expect(slip(word)).toBe(0);
  });

  test("an ordinary word means what it says", () => {
    expect(slip("weapno")).toBe(0);
    expect(slip("wepaon")).toBe(9);
  });
});
