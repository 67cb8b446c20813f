import { describe, expect, test } from "bun:test";
import { providers } from "../../src/providers/index.ts";
import { chat, choice, given, givenText } from "../support/codec.ts";

const codec = providers.mistral.codecs.chat!;
const messageOf = (answer: unknown, at = 0) =>
  (answer as { choices: { message: Record<string, unknown> }[] }).choices[at]!.message;

describe("a whole chat answer", () => {
  test("keeps its text where nothing has to change", () => {
    const source =
      '{ "id":"x", "choices":[ {"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop","n":1.50} ] }';
    expect(givenText(codec, source)).toBe(source);
  });

  test("joins text and takes thinking out of it", () => {
    const content = [
      {
        type: "thinking",
        thinking: [
          { type: "text", text: "hm" },
          { type: "reference", reference_ids: [1] },
          { type: "text", text: "!" },
        ],
      },
      { type: "text", text: "It is " },
      { type: "reference", reference_ids: [3, 4] },
      { type: "text", text: "so." },
    ];
    const message = messageOf(given(codec, chat(choice({ content }))));
    expect(message).toEqual({
      role: "assistant",
      content: "It is so.",
      reasoning_content: "hm!",
      content_parts: [{ type: "reference", reference_ids: [3, 4] }],
    });
  });

  test("an empty list of parts is an empty text", () => {
    expect(messageOf(given(codec, chat(choice({ content: [] }))))).toEqual({ role: "assistant", content: "" });
  });

  test("a client of Mistral's gets it untouched", () => {
    const source = JSON.stringify(chat(choice({ content: [{ type: "text", text: "a" }], tool_calls: null })));
    expect(givenText(codec, source, {}, "mistral")).toBe(source);
  });

  test.each([[null], [[]]])("loses `tool_calls: %j`, other bytes stay", (calls) => {
    const source = `{"choices":[{"index":0, "message":{"tool_calls":${JSON.stringify(calls)},"content":"a" },"finish_reason":"stop"}],"u":1e3}`;
    expect(givenText(codec, source)).toBe(
      '{"choices":[{"index":0, "message":{"content":"a" },"finish_reason":"stop"}],"u":1e3}',
    );
  });

  test("a client of Mistral's gets what another upstream left out, and text in parts as it came", () => {
    const other = providers["openai-compatible"].codecs.chat!;
    const call = { function: { name: "f", arguments: { x: 1 } } };
    const { index: _none, ...poor } = choice({ content: null, tool_calls: [call] }) as { index: number };
    const [filled] = (JSON.parse(givenText(other, chat(poor), {}, "mistral")) as { choices: Record<string, unknown>[] })
      .choices;
    expect(filled).toMatchObject({ index: 0 });
    expect((filled!["message"] as { tool_calls: object[] }).tool_calls[0]).toMatchObject({
      id: expect.stringMatching(/^[a-zA-Z0-9]{9}$/),
      type: "function",
      function: { name: "f", arguments: '{"x":1}' },
    });
    const parts = chat(choice({ content: [{ type: "text", text: "a" }] }));
    expect(givenText(other, parts, {}, "mistral")).toBe(JSON.stringify(parts));
  });

  test("fills type, index and id of tool calls, ids always the same", () => {
    const calls = [
      { id: "abcdefghi", function: { name: "f", arguments: "{}" } },
      { function: { name: "g", arguments: "{}" } },
    ];
    const answer = chat(choice({ content: "", tool_calls: calls }, { finish_reason: "tool_calls" }));
    const filled = messageOf(given(codec, answer))["tool_calls"] as Record<string, unknown>[];
    expect(filled[0]).toEqual({ ...calls[0], type: "function", index: 0 });
    expect(filled[1]).toEqual({
      ...calls[1],
      type: "function",
      index: 1,
      id: expect.stringMatching(/^[a-zA-Z0-9]{9}$/),
    });
    expect(messageOf(given(codec, answer))["tool_calls"]).toEqual(filled);
  });

  test("writes arguments that came as an object as text, digits and all", () => {
    const source =
      '{"choices":[{"index":0,"message":{"tool_calls":[{"id":"abcdefghi","type":"function","function":{"name":"f","arguments":{"n": 12345678901234567890}}}]},"finish_reason":"tool_calls"}]}';
    const call = (messageOf(given(codec, source))["tool_calls"] as { function: { arguments: string } }[])[0]!;
    expect(call.function.arguments).toBe('{"n": 12345678901234567890}');
  });

  test("gives a call without arguments an empty object", () => {
    const callsOf = (fn: object) => {
      const calls = [{ id: "call_1", type: "function", index: 0, function: fn }];
      return messageOf(given(codec, chat(choice({ content: null, tool_calls: calls }))))["tool_calls"];
    };
    const filled = [{ id: "call_1", type: "function", index: 0, function: { name: "f", arguments: "{}" } }];
    expect(callsOf({ name: "f" })).toEqual(filled);
    expect(callsOf({ arguments: null, name: "f" })).toEqual(filled);
    expect(callsOf({ name: "f", arguments: "" })).toEqual(filled);
    expect(callsOf({ name: "f", arguments: "[]" })).toMatchObject([{ function: { arguments: "[]" } }]);
  });

  test("changes one choice of several", () => {
    const answer = given(
      codec,
      chat(choice({ content: "a" }), choice({ content: [{ type: "text", text: "b" }] }, { index: 1 })),
    );
    expect([messageOf(answer)["content"], messageOf(answer, 1)["content"]]).toEqual(["a", "b"]);
  });

  test("says length for model_length", () => {
    const source = JSON.stringify(chat(choice({ content: "a" }, { finish_reason: "model_length" })));
    expect(givenText(codec, source)).toBe(source.replace("model_length", "length"));
  });

  test("fills an index that is missing", () => {
    const bare = { message: { role: "assistant", content: "a" }, finish_reason: "stop" };
    expect(given(codec, chat(bare, bare))["choices"]).toEqual([
      { ...bare, index: 0 },
      { ...bare, index: 1 },
    ]);
  });

  test("an error with status 200 is an error", () => {
    const openrouter = { error: { message: "Provider returned error", code: 429 } };
    expect(() => given(codec, openrouter)).toThrow(expect.objectContaining({ code: "upstream_rate_limited" }));
    for (const finish_reason of ["error", "insufficient_system_resource", "abort"]) {
      const failed = chat(choice({ content: "half" }, { finish_reason }));
      expect(() => given(codec, failed)).toThrow(expect.objectContaining({ code: "upstream_failed" }));
    }
    expect(given(codec, { ...chat(choice({ content: "a" })), error: null })["error"]).toBeNull();
  });
});
