import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import { inOneGo } from "../../../src/lib/in-one-go.ts";
import { isReadable, textOfTokens } from "../../../src/lib/tokens/token-texts.ts";

const read = (numbers: readonly unknown[]): string | null => inOneGo(textOfTokens(numbers));

describe("token numbers", () => {
  test("are the text that was made into them", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => read(encode(text)) === text));
    const long = "Größe, Łódź, 😀 and so on. ".repeat(2_000);
    expect(read(encode(long))).toBe(long);
  });

  test.each([[[-1]], [[100_257]], [[1.5]], [["1"]], [[null]], [[9906, 1e9]]])(
    "that stand for nothing: %j",
    (numbers) => {
      expect(read(numbers)).toBeNull();
    },
  );

  test("cut inside a letter leave a mark for it", () => {
    const numbers = encode("😀");
    expect(numbers.length).toBeGreaterThan(1);
    expect(read(numbers.slice(0, -1))).toBe("�");
  });

  test.each<[boolean, string]>([
    [true, "text-embedding-3-small"],
    [true, "openai/text-embedding-3-large"],
    [true, "text-embedding-ada-002"],
    [true, "gpt-3.5-turbo-instruct-0914"],
    [false, "mistral-embed"],
    [false, "my-text-embedding-3-small"],
    [false, "bge-m3"],
  ])("can be read: %p for %s", (known, model) => {
    expect(isReadable(model)).toBe(known);
  });
});
