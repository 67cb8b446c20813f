import { describe, expect, test } from "bun:test";
import { providers } from "../../../src/providers/index.ts";
import { given, givenText, sent } from "../../support/codec.ts";

const embeddings = providers.mistral.codecs.embeddings!;
const moderations = providers.mistral.codecs.moderations!;

describe("embeddings at Mistral", () => {
  test("dimensions are output_dimension", () => {
    expect(sent(embeddings, { model: "m", input: "x", dimensions: 8, user: "u", encoding_format: "base64" })).toEqual({
      model: "m",
      input: "x",
      output_dimension: 8,
      encoding_format: "base64",
    });
    expect(sent(embeddings, { model: "m", input: ["x"], dimensions: 8, output_dimension: 4 })).toEqual({
      model: "m",
      input: ["x"],
      output_dimension: 4,
    });
    expect(sent(embeddings, { model: "m", input: "x", dimensions: null, encoding_format: null })).toEqual({
      model: "m",
      input: "x",
    });
  });

  test.each([[[1, 2]], [[[1], [2]]]])("token numbers are refused: %j", (input) => {
    expect(() => sent(embeddings, { model: "m", input })).toThrow(
      expect.objectContaining({ code: "invalid_request", details: { param: "input", elsewhere: true } }),
    );
  });
});

describe("moderations at Mistral", () => {
  test("a list of parts is one text", () => {
    expect(
      sent(moderations, {
        input: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      }),
    ).toEqual({ model: "m", input: "a\nb" });
    expect(sent(moderations, { model: null, input: ["a", "b"], user: "u" })).toEqual({ model: "m", input: ["a", "b"] });
  });

  test("an image is refused", () => {
    const input = [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "u" } },
    ];
    expect(() => sent(moderations, { input })).toThrow(
      expect.objectContaining({ code: "invalid_request", details: { param: "input[1]", elsewhere: true } }),
    );
  });

  test("results get `flagged`", () => {
    const results = [
      { categories: { a: false, b: true } },
      { categories: { a: false } },
      { flagged: false, categories: { a: true } },
    ];
    const flags = (given(moderations, { id: "1", results })["results"] as { flagged: boolean }[]).map(
      ({ flagged }) => flagged,
    );
    expect(flags).toEqual([true, false, false]);
    const source = '{"results": [{"flagged":true,"categories":{}}]}';
    expect(givenText(moderations, source)).toBe(source);
  });
});
