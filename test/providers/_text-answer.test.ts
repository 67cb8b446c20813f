import { expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { decodeText, textChunks } from "../../src/providers/_text-answer.ts";

const request = { source: "{}", value: {} };
const text = (finish: string | null): JsonObject => ({ choices: [{ index: 0, text: "half", finish_reason: finish }] });
const whole = (value: JsonObject) => decodeText({ source: JSON.stringify(value), value }, request, "openai");
const chunk = (value: JsonObject) => textChunks(request, "openai")(value);

test.each(["error", "abort", "insufficient_system_resource"])("a text that ended with %s is no answer", (finish) => {
  for (const read of [whole, chunk])
    expect(() => read(text(finish))).toThrow(expect.objectContaining({ code: "upstream_failed" }));
});

test.each(["stop", "length", null])("one that ended with %p passes as it is", (finish) => {
  expect(whole(text(finish))).toBe(JSON.stringify(text(finish)));
  expect(chunk(text(finish))).toEqual(text(finish));
});

test("a chunk without choices passes only when it brings usage", () => {
  expect(chunk({ choices: [] })).toBeNull();
  expect(chunk({ choices: [], usage: { prompt_tokens: 1 } })).not.toBeNull();
});
