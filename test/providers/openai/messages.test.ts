import { describe, expect, test } from "bun:test";
import { providers } from "../../../src/providers/index.ts";
import { sent, sentText } from "../../support/codec.ts";

const openai = providers.openai.codecs.chat!;
const compatible = providers["openai-compatible"].codecs.chat!;
const called = (named: object, rest: object = {}) => ({ id: "Ab1Cd2Ef3", type: "function", function: named, ...rest });

/** The one message that goes out for one that came in. */
function message(codec: typeof openai, said: object): unknown {
  return (sent(codec, { model: "x", messages: [{ role: "user", content: "ü" }, said] })["messages"] as unknown[])[1];
}

describe("a conversation that one of Mistral's clients holds", () => {
  const echoed = {
    role: "assistant",
    prefix: false,
    content: [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "a" },
      { type: "reference", reference_ids: [1] },
      { type: "text", text: "b" },
    ],
    tool_calls: [
      called({ name: "f", arguments: { größe: 1.5 } }, { index: 0 }),
      called({ name: "g", arguments: "{}" }),
    ],
  };

  test("is put in OpenAI's words", () => {
    expect(message(openai, echoed)).toEqual({
      role: "assistant",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      tool_calls: [called({ name: "f", arguments: '{"größe":1.5}' }), called({ name: "g", arguments: "{}" })],
    });
  });

  test("has arguments that are text wherever OpenAI's format is spoken, and is else left alone there", () => {
    const { tool_calls: calls, ...rest } = echoed;
    expect(message(compatible, echoed)).toEqual({
      ...rest,
      tool_calls: [called({ name: "f", arguments: '{"größe":1.5}' }, { index: 0 }), calls[1]],
    });
  });

  test.each<[object, object]>([
    [
      { role: "assistant", content: [{ type: "thinking", thinking: [] }] },
      { role: "assistant", content: "" },
    ],
    [
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: [] }],
        tool_calls: [called({ name: "f", arguments: "" })],
      },
      { role: "assistant", content: null, tool_calls: [called({ name: "f", arguments: "" })] },
    ],
    [
      { role: "assistant", content: "a", reasoning_content: "hm", prefix: null },
      { role: "assistant", content: "a" },
    ],
    [
      { role: "assistant", content: [], tool_calls: [called({ name: "f", arguments: "{}" })], prefix: false },
      { role: "assistant", content: null, tool_calls: [called({ name: "f", arguments: "{}" })] },
    ],
    [
      {
        role: "assistant",
        content: "a",
        reasoning: "hm",
        reasoning_details: [{}],
        content_parts: [{ type: "reference", reference_ids: [1] }],
      },
      { role: "assistant", content: "a" },
    ],
    [
      {
        role: "assistant",
        tool_calls: [
          { id: "a", function: { name: "f", arguments: "{}" } },
          { type: null, id: "b", function: { name: "f", arguments: "{}" } },
        ],
      },
      {
        role: "assistant",
        tool_calls: ["a", "b"].map((id) => ({ ...called({ name: "f", arguments: "{}" }), id })),
      },
    ],
    [
      {
        role: "user",
        content: [
          { type: "document_url", document_url: "data:application/pdf;base64,AA", document_name: "ü.pdf" },
          { type: "document_url", document_url: "data:text/plain,b" },
          { type: "document_url", document_url: "https://a/b.pdf" },
        ],
      },
      {
        role: "user",
        content: [
          { type: "file", file: { filename: "ü.pdf", file_data: "data:application/pdf;base64,AA" } },
          { type: "file", file: { filename: "document", file_data: "data:text/plain,b" } },
          { type: "document_url", document_url: "https://a/b.pdf" },
        ],
      },
    ],
    [
      // as `@mistralai/mistralai` sends an answer back
      { role: "assistant", content: "a", tool_calls: null, prefix: false },
      { role: "assistant", content: "a" },
    ],
    [
      { role: "assistant", content: "a", tool_calls: [] },
      { role: "assistant", content: "a" },
    ],
    [
      {
        role: "assistant",
        content: "a",
        executed_tools: [],
        tool_calls: [called({ name: "f", arguments: "{}" }, { extra_content: { google: { thought_signature: "x" } } })],
      },
      { role: "assistant", content: "a", tool_calls: [called({ name: "f", arguments: "{}" })] },
    ],
    [
      {
        role: "user",
        content: [
          { type: "text", text: "ü", cache_control: { type: "ephemeral" } },
          { type: "image_url", image_url: "https://a/b.png", cache_control: null },
        ],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "ü" },
          { type: "image_url", image_url: { url: "https://a/b.png" } },
        ],
      },
    ],
    [
      { role: "tool", content: null, tool_call_id: "b", name: null },
      { role: "tool", content: "", tool_call_id: "b" },
    ],
    [
      { role: "assistant", content: "a", prefix: true },
      { role: "assistant", content: "a", prefix: true },
    ],
    [
      { role: "user", content: [{ type: "image_url", image_url: "https://a/ß.png", detail: "low" }] },
      { role: "user", content: [{ type: "image_url", image_url: { url: "https://a/ß.png" }, detail: "low" }] },
    ],
  ])("%j is %j to OpenAI", (said, meant) => {
    expect(message(openai, said)).toEqual(meant);
    expect(message(compatible, said)).toEqual(said);
  });

  test("keeps every number and every other byte", () => {
    const body =
      '{"x":1.0,"model":"m","messages":[ {"role":"assistant","tool_calls":[{"type":"function","function":{"arguments":{ "n":12345678901234567890 },"name":"f"}}]} , {"role":"user","content":"\\u00e9"}]}';
    const meant = body.replace('{ "n":12345678901234567890 }', '"{ \\"n\\":12345678901234567890 }"');
    expect(sentText(openai, body)).toBe(meant);
    expect(sentText(compatible, body)).toBe(meant);
  });

  test("has tools with a type", () => {
    const tool = { function: { name: "f", parameters: {} } };
    const tools = [tool, { type: null, ...tool }, { type: "custom", custom: { name: "c" } }];
    const typed = { type: "function", ...tool };
    expect(sent(openai, { model: "m", messages: [], tools })["tools"]).toEqual([typed, typed, tools[2]]);
    expect(sent(compatible, { model: "m", messages: [], tools })["tools"]).toEqual(tools);
  });

  test("chooses a tool with a type", () => {
    const named = { function: { name: "f" } };
    expect(sent(openai, { tool_choice: named })["tool_choice"]).toEqual({ type: "function", ...named });
    for (const choice of ["auto", { type: "function", ...named }, { type: "custom", custom: { name: "f" } }])
      expect(sent(openai, { tool_choice: choice })["tool_choice"]).toEqual(choice);
    expect(sent(compatible, { tool_choice: named })["tool_choice"]).toEqual(named);
  });

  test("asks for vectors in OpenAI's words", () => {
    const { embeddings } = providers.openai.codecs;
    const body = { model: "m", input: ["a"], output_dimension: 64, output_dtype: "float" };
    expect(sent(embeddings!, body)).toEqual({ model: "m", input: ["a"], dimensions: 64 });
    expect(sent(embeddings!, { ...body, dimensions: 32, output_dtype: "int8" })).toEqual({
      model: "m",
      input: ["a"],
      dimensions: 32,
      output_dtype: "int8",
    });
    expect(sent(providers["openai-compatible"].codecs.embeddings!, body)).toEqual(body);
  });
});
