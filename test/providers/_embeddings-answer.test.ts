import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { providers } from "../../src/providers/index.ts";
import type { Dialect } from "../../src/providers/provider.ts";
import { given, givenText } from "../support/codec.ts";

const codec = providers["openai-compatible"].codecs.embeddings!;
const BASE64 = { encoding_format: "base64" };
const rows = (answer: unknown) => (answer as { data: { embedding: unknown }[] }).data.map(({ embedding }) => embedding);
const answer = (...embeddings: unknown[]) => ({
  object: "list",
  data: embeddings.map((embedding, index) => ({ index, embedding })),
});
const floats = (text: string) => [...new Float32Array(Uint8Array.fromBase64(text).buffer)];

describe("embeddings", () => {
  test.each([
    ['{"data":[{"embedding":[0.10, 1e-3],"index":0}],"x":1.0}', {}],
    ['{"data":[{"embedding":[0.10],"index":0}]}', { encoding_format: "float" }],
    ['{"data":[{"embedding":"AACAPw==","index":0}]}', BASE64],
    ['{"data":[{"embedding":[1,2],"index":0}]}', { ...BASE64, output_dtype: "int8" }],
    ['{"data":[]}', BASE64],
    ['{"data":[null,{"index":0}]}', BASE64],
  ])("stay in the form that was asked for: %s", (source, request) => {
    expect(givenText(codec, source, request)).toBe(source);
  });

  test("become base64 where that was asked and numbers came", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), { minLength: 1 }),
        (vectors) => {
          const texts = rows(given(codec, answer(...vectors), BASE64)) as string[];
          expect(texts.map(floats)).toEqual(vectors.map((vector) => vector.map((value) => value + 0 || 0)));
        },
      ),
    );
  });

  test("become numbers where those were asked and base64 came", () => {
    expect(rows(given(codec, answer("AACAPwAAAMA=", [3])))).toEqual([[1, -2], [3]]);
    expect(rows(given(codec, answer("not four bytes!")))).toEqual(["not four bytes!"]);
  });

  test.each([
    ["lacks", { prompt_tokens: 5, total_tokens: 5 }, { prompt_tokens: 5, total_tokens: 5, completion_tokens: 0 }],
    ["has", { prompt_tokens: 5, completion_tokens: 1 }, { prompt_tokens: 5, completion_tokens: 1 }],
    ["does without", undefined, undefined],
  ])("get what Mistral's clients demand, where the usage %s a count of completions", (_, usage, counted) => {
    const source = JSON.stringify({ ...answer([1]), usage });
    const decoded = (dialect: Dialect) => JSON.parse(givenText(codec, source, {}, dialect));
    expect(decoded("mistral")).toEqual({ ...answer([1]), id: expect.any(String), ...(usage && { usage: counted }) });
    expect(decoded("openai")).toEqual(JSON.parse(source));
  });

  test("an error with status 200 is an error", () => {
    expect(() => given(codec, { error: { message: "x" } })).toThrow(
      expect.objectContaining({ code: "upstream_failed" }),
    );
  });
});
