import { describe, expect, test } from "bun:test";
import { VOCABULARIES, type VocabularyName } from "../../../src/lib/tokens/vocabulary.ts";
import { createResponder, loadVocabulary } from "../../../src/lib/tokens/worker.ts";
import { countAll, vocabulary } from "./support.ts";

const count = {
  kind: "count",
  job: 7,
  vocabulary: "tekken",
  texts: ["one two", "three"],
  stopAbove: 1e9,
  budgetMs: 1e6,
} as const;

describe("the counting thread's answers", () => {
  test("a vocabulary is loaded once, by a load or by the first count", () => {
    const loads: VocabularyName[] = [];
    const respond = createResponder((name) => {
      loads.push(name);
      return vocabulary(name);
    });
    expect(respond({ kind: "load", vocabulary: "tekken" })).toEqual({ kind: "loaded", vocabulary: "tekken" });
    expect(respond(count)).toEqual({ kind: "counted", job: 7, counts: [2, 1], stopped: null, rest: 0 });
    respond({ ...count, vocabulary: "o200k" });
    respond({ kind: "load", vocabulary: "o200k" });
    expect(loads).toEqual(["tekken", "o200k"]);
  });

  test("time runs out between texts", () => {
    expect(createResponder(vocabulary)({ ...count, budgetMs: -1 })).toMatchObject({ stopped: "time", counts: [2] });
  });

  test.each(VOCABULARIES)("%s is read from the repository", (name) => {
    expect(loadVocabulary(name).count("The gate opens", 100).tokens).toBe(countAll(name, "The gate opens"));
  });
});
