import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import { given, givenText, parsed } from "../support/codec.ts";
import { reassemble } from "../support/replay.ts";

const codec = providers.mistral.codecs.chat!;

const search = { id: "abcdefghi", type: "function", function: { name: "web_search", arguments: '{"query":"weir"}' } };
const own = { id: "jklmnopqr", type: "function", function: { name: "save", arguments: "{}" } };

/** What Mistral answers after a tool of its own was used. */
const steps = (last: JsonObject) => [
  {
    role: "assistant",
    content: "Let me look. ",
    tool_calls: [{ ...search, metadata: { tool_type: "web" } }],
    index: 0,
  },
  { role: "tool", tool_call_id: search.id, content: [{ type: "text", text: "a dam" }], index: 1 },
  { role: "assistant", index: 2, ...last },
];

const answer = (...last: JsonObject[]) => ({
  id: "c1",
  object: "chat.multi_completion",
  choices: last.map((one, index) => ({ index, messages: steps(one), finish_reason: "stop" })),
});

describe("an answer of which Mistral tells every step", () => {
  test("has one message for OpenAI's clients, and the steps beside it", () => {
    const { choices } = given(codec, answer({ content: "A weir is a dam." }, { content: "ü", tool_calls: [own] })) as {
      choices: JsonObject[];
    };
    expect(choices.map(({ message }) => message)).toEqual([
      { role: "assistant", content: "Let me look. A weir is a dam." },
      { role: "assistant", content: "Let me look. ü", tool_calls: [own] },
    ]);
    expect(choices[0]!["messages"]).toEqual(steps({ content: "A weir is a dam." }));
  });

  test("has the content of all its parts sorted like any other", () => {
    const content = [
      { type: "text", text: "A dam." },
      { type: "reference", reference_ids: [1] },
    ];
    expect((given(codec, answer({ content })) as { choices: JsonObject[] }).choices[0]!["message"]).toEqual({
      role: "assistant",
      content: "Let me look. A dam.",
      content_parts: [content[1]],
    });
  });

  test("stays as it is for Mistral's own clients, and where a message stands", () => {
    const told = JSON.stringify(answer({ content: "a" }));
    expect(givenText(codec, told, {}, "mistral")).toBe(told);
    const usual =
      '{"id":"c1", "choices":[{"index":0,"message":{"role":"assistant","content":"a"},"messages":[],"finish_reason":"stop"}]}';
    expect(givenText(codec, usual)).toBe(usual);
  });
});

describe("a stream of which Mistral tells every step", () => {
  const deltas = [
    { role: "assistant", content: "Let me look. ", index: 0 },
    { tool_calls: [{ ...search, index: 0 }], index: 0 },
    { tool_calls: [{ index: 0, function: { arguments: " " } }], index: 0 },
    { role: "tool", tool_call_id: search.id, content: "a dam", index: 1 },
    { content: " and more", index: 1 },
    { role: "assistant", content: "A weir ", index: 2 },
    { content: "is a dam." },
    { tool_calls: [{ ...own, index: 0 }], index: 2 },
  ];
  const chunks = [...deltas, {}].map((delta, at) => ({
    id: "c1",
    choices: [{ index: 0, delta, finish_reason: at === deltas.length ? "tool_calls" : null }],
  }));
  const tools = [{ type: "web_search" }, { type: "function", function: { name: "save" } }];

  const streamed = (request: object, dialect?: "openai" | "mistral" | "mistral-plain"): JsonObject[] => {
    const decode = codec.decodeStream(parsed({ model: "m", ...request }), dialect);
    return chunks.map((chunk) => decode(chunk)).filter((chunk) => chunk !== null);
  };
  const read = (given: readonly JsonObject[]) =>
    reassemble(given.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")).choices[0]!;

  test.each(["openai", "mistral-plain"] as const)(
    "is what the model said, and the calls that are the caller's: %s",
    (dialect) => {
      const given = streamed({ tools }, dialect);
      expect(read(given).text).toBe("Let me look. A weir is a dam.");
      const calls = given.flatMap(({ choices }) => (choices as { delta: JsonObject }[])[0]!.delta["tool_calls"] ?? []);
      expect(calls).toEqual([{ ...own, index: 0 }]);
      expect(JSON.stringify(given).match(/"role"/g)?.length).toBe(1);
    },
  );

  test("stays as it is for Mistral's own clients", () => {
    expect(streamed({ tools }, "mistral")).toEqual(chunks);
  });

  test("is no other than ever where only functions of the caller's were offered", () => {
    expect(read(streamed({ tools: tools.slice(1) })).text).toBe("Let me look. a dam and moreA weir is a dam.");
  });
});
