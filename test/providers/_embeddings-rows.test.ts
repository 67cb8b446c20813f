import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { providers } from "../../src/providers/index.ts";
import { given, givenText } from "../support/codec.ts";

const codec = providers["openai-compatible"].codecs.embeddings!;
const row = (index: unknown, vector: number) => ({ object: "embedding", index, embedding: [vector] });
const told = (rows: readonly unknown[]) => ({ object: "list", data: rows, model: "m" });
const read = (rows: readonly unknown[], request: object = {}) =>
  (given(codec, told(rows), request)["data"] as { index: number; embedding: number[] }[]).map((each) => [
    each.index,
    each.embedding[0],
  ]);
const invalid = expect.objectContaining({ code: "upstream_invalid_answer" });

describe("the vectors of an answer", () => {
  test.each<[unknown, number]>([
    ["a", 1],
    [["a"], 1],
    [["a", "b", "c"], 3],
    [[1, 2, 3], 1],
    [[[1, 2], [3]], 2],
  ])("are as many as the inputs: %j has %i", (input, count) => {
    const rows = (length: number) => Array.from({ length }, (_, at) => row(at, at));
    expect(read(rows(count), { input })).toHaveLength(count);
    expect(() => read(rows(count - 1), { input })).toThrow(invalid);
    expect(() => read(rows(count + 1), { input })).toThrow(`it has ${count + 1} vectors for ${count} inputs`);
  });

  test("stand where their inputs do, whatever order they came in", () => {
    const shuffled = fc.integer({ min: 1, max: 30 }).chain((length) =>
      fc.shuffledSubarray(
        Array.from({ length }, (_, at) => at),
        { minLength: length, maxLength: length },
      ),
    );
    fc.assert(
      fc.property(shuffled, (order) => {
        const rows = order.map((at) => row(at, at / 4));
        const input = order.map(String);
        expect(read(rows, { input })).toEqual(order.map((_, at) => [at, at / 4]));
      }),
    );
  });

  test.each([
    ["all the same", [0, 0, 0]],
    ["none", [null, undefined, null]],
    ["from one on", [1, 2, 3]],
  ])("have the numbers of their places: %s", (_, numbers) => {
    const rows = numbers.map((number, at) => row(number, at));
    expect(read(rows, { input: ["a", "b", "c"] })).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test.each([
    ["twice", [0, 1, 1]],
    ["in words", ["b", "a", "c"]],
    ["backwards from elsewhere", [7, 5, 6]],
  ])("are of no use where they are numbered %s", (_, numbers) => {
    expect(() => read(numbers.map((number, at) => row(number, at)))).toThrow(invalid);
  });

  test("are there", () => {
    for (const embedding of [null, undefined])
      expect(() => read([{ index: 0, embedding }], { input: "a" })).toThrow("one of its rows has no vector");
  });

  test("keep their digits when they change places, and take the form that was asked for", () => {
    const source = '{"data":[{"embedding":[2.50],"index":1},{"index":0,"embedding":[1.0]}]}';
    expect(givenText(codec, source, { input: ["a", "b"] })).toBe(
      '{"data":[{"index":0,"embedding":[1.0]},{"embedding":[2.50],"index":1}]}',
    );
    expect(given(codec, source, { input: ["a", "b"], encoding_format: "base64" })["data"]).toEqual([
      { index: 0, embedding: "AACAPw==" },
      { index: 1, embedding: "AAAgQA==" },
    ]);
  });
});
