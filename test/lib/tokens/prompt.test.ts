import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ENDPOINTS } from "../../../src/lib/context.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { promptsOf, toolTexts } from "../../../src/lib/tokens/prompt.ts";
import { parsed } from "../../support/codec.ts";

const chat = (...messages: unknown[]) => promptsOf("chat", parsed({ messages }))[0]!;
const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });

describe("the prompt of a chat", () => {
  test("holds the text of every message", () => {
    const prompt = chat(
      { role: "system", content: "s" },
      {
        role: "user",
        content: [
          { type: "text", text: "u" },
          { type: "input_text", text: "v" },
        ],
        name: "n",
      },
      { role: "assistant", content: null, refusal: "r", reasoning_content: "t" },
      { role: "tool", tool_call_id: "abc", content: "o" },
    );
    expect(prompt).toMatchObject({ messages: 4, calls: 0, media: 0, given: 0, rewritten: false });
    expect(prompt.texts.toSorted()).toEqual(["n", "o", "r", "s", "t", "u", "v"]);
  });

  test("holds thinking, in both of its forms", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "a" }] },
      { type: "thinking", thinking: "b" },
    ];
    expect(chat({ role: "assistant", content })).toMatchObject({ texts: ["a", "b"], media: 0 });
  });

  test("counts media by the piece, never by its base64", () => {
    const data = "A".repeat(100_000);
    const prompt = chat({
      role: "user",
      content: [
        { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } },
        { type: "input_audio", input_audio: { data, format: "wav" } },
        { type: "file", file: { file_data: data } },
        { type: "document_url", document_url: data },
        { type: "image_url", image_url: data },
      ],
    });
    expect(prompt).toMatchObject({ texts: [], media: 5 });
  });

  test("counts text that hides in a part of another type", () => {
    expect(chat({ role: "user", content: [{ type: "new_kind", text: "hidden" }] })).toMatchObject({
      texts: ["hidden"],
      media: 1,
    });
  });

  test("writes tool calls as Mistral's template does", () => {
    const prompt = chat({
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "a", function: { name: "f", arguments: '{"x":1,"y":[1,2]}' } },
        { id: "b", function: { name: "g", arguments: "no json" } },
        { id: "c", type: "custom", custom: { name: "h", input: "raw" } },
      ],
    });
    expect(prompt.calls).toBe(3);
    expect(prompt.texts).toEqual([
      '{"name": "f", "arguments": {"x": 1, "y": [1, 2]}}',
      '{"name": "g", "arguments": no json}',
      '{"name": "h", "arguments": raw}',
    ]);
  });

  test("takes arguments given as an object, and says that their text is new", () => {
    const prompt = chat({ role: "assistant", tool_calls: [{ function: { name: "f", arguments: { x: 1e20 } } }] });
    expect(prompt).toMatchObject({
      calls: 1,
      rewritten: true,
      texts: ['{"name": "f", "arguments": {"x":100000000000000000000}}'],
    });
  });

  test("takes the function call of the older API", () => {
    const prompt = chat({ role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } });
    expect(prompt).toMatchObject({ calls: 1, texts: ['{"name": "f", "arguments": {}}'] });
  });
});

describe("prompts of other endpoints", () => {
  const texts = (endpoint: (typeof ENDPOINTS)[number], value: JsonObject) =>
    promptsOf(endpoint, parsed(value)).map((one) => (one.given > 0 ? one.given : one.texts));

  test("every entry of a list is a context of its own", () => {
    expect(texts("embeddings", { input: ["a", "b"] })).toEqual([["a"], ["b"]]);
    expect(texts("completions", { prompt: ["a", "b"], suffix: "z" })).toEqual([
      ["a", "z"],
      ["b", "z"],
    ]);
    expect(texts("moderations", { input: "a" })).toEqual([["a"]]);
    expect(texts("fim", { prompt: "a", suffix: "z" })).toEqual([["a", "z"]]);
  });

  test("tokens given as numbers count as they are", () => {
    expect(texts("embeddings", { input: [1, 2, 3] })).toEqual([3]);
    expect(texts("completions", { prompt: [[1, 2], [3]] })).toEqual([2, 1]);
  });

  test("parts to moderate are one context", () => {
    const input = [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "x" } },
    ];
    expect(promptsOf("moderations", parsed({ input }))).toMatchObject([{ texts: ["a"], media: 1 }]);
  });

  test("nothing that JSON can hold makes them fail", () => {
    const value = fc.dictionary(
      fc.constantFrom("messages", "prompt", "input", "suffix", "tools", "functions", "response_format", "tool_choice"),
      fc.oneof(
        fc.jsonValue(),
        fc.array(fc.dictionary(fc.constantFrom("role", "content", "tool_calls", "function"), fc.jsonValue())),
      ),
    );
    fc.assert(
      fc.property(value, fc.constantFrom(...ENDPOINTS), (body, endpoint) => {
        // as the parser would give it: without what JSON cannot hold
        const request = parsed(JSON.parse(JSON.stringify(body)) as JsonObject);
        for (const prompt of promptsOf(endpoint, request))
          expect(prompt.texts.every((text) => typeof text === "string")).toBe(true);
        for (const family of ["mistral", "openai", "other"] as const)
          expect(Array.isArray(toolTexts(request, family))).toBe(true);
      }),
    );
  });

  test("depth costs no stack", () => {
    const deep = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
    // an object among the arguments is written anew by the runtime, which takes seconds at 30,000 levels
    const object = `${"[".repeat(20_000)}1${"]".repeat(20_000)}`;
    const text = JSON.stringify(deep);
    const part = `${'{"type":"text","text":['.repeat(50_000)}${"]}".repeat(50_000)}`;
    for (const source of [
      `{"messages":[{"role":"user","content":${deep}}],"tools":${deep}}`,
      `{"messages":[{"role":"user","content":[${part}]}]}`,
      `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":${object}}}]}]}`,
      `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":${text}}}]}]}`,
      `{"input":${deep},"prompt":${deep}}`,
    ]) {
      const request = { source, value: JSON.parse(source) as JsonObject };
      for (const endpoint of ENDPOINTS) expect(promptsOf(endpoint, request).length).toBeGreaterThan(0);
      expect(toolTexts(request, "mistral").join("").length).toBeLessThanOrEqual(source.length);
    }
  });
});

describe("tools", () => {
  const request = (more: JsonObject = {}) =>
    parsed({ messages: [], tools: [tool("f"), { type: "web_search" }], ...more });

  test("are one list in Python's JSON for Mistral", () => {
    expect(toolTexts(request(), "mistral")).toEqual([
      '[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}, {"type": "web_search"}]',
    ]);
  });

  test("do not count for Mistral when none may be called", () => {
    expect(toolTexts(request({ tool_choice: "none" }), "mistral")).toEqual([]);
    expect(toolTexts(request({ tool_choice: "auto" }), "mistral")).toHaveLength(1);
  });

  test("are a function each for the others, with old functions and the schema of the answer", () => {
    const more = {
      functions: [{ name: "g" }],
      response_format: { type: "json_schema", json_schema: { name: "s", schema: {} } },
    };
    for (const family of ["openai", "other"] as const) {
      expect(toolTexts(request({ ...more, tool_choice: "none" }), family)).toEqual([
        '{"name":"f","parameters":{"type":"object"}}',
        '{"type":"web_search"}',
        '[{"name":"g"}]',
        '{"name":"s","schema":{}}',
      ]);
    }
    expect(toolTexts(parsed({ response_format: more.response_format }), "mistral")).toEqual([]);
  });

  test.each([{}, { tools: null }, { tools: [] }, { tools: "x" }])("may be missing: %j", (value) => {
    for (const family of ["mistral", "openai"] as const) expect(toolTexts(parsed(value), family)).toEqual([]);
  });
});
