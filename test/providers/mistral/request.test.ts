import { describe, expect, test } from "bun:test";
import { providers } from "../../../src/providers/index.ts";
import { parsed, sent, sentText } from "../../support/codec.ts";

const chat = providers.mistral.codecs.chat!;
const fim = providers.mistral.codecs.fim!;
const BASE = { model: "m", messages: [{ role: "user", content: "hi" }] };

describe("a chat request to Mistral", () => {
  test("goes as it came where it fits", () => {
    const body =
      '{ "model":"m", "messages":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","detail":"low"}},{"type":"document_url","document_url":"d"}]},' +
      '{"role":"assistant","content":"b","prefix":true}], "random_seed":1, "safe_prompt":true, "prompt_mode":"reasoning", "guardrails":[{}], "prompt_cache_key":"k", "temperature":1.50,' +
      '"max_tokens":null, "tool_choice":"any", "reasoning_effort":"high", "stop":["x"], "n":2, "metadata":{"a":1}, "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}} }';
    expect(chat.encode(parsed(body), { model: "m", stream: true, askUsage: false })).toEqual([]);
  });

  test.each([
    [{ seed: 7 }, { random_seed: 7 }],
    [{ seed: null }, {}],
    [{ seed: 7, random_seed: 8 }, { random_seed: 8 }],
    [{ seed: 7, random_seed: null }, { random_seed: 7 }],
    [{ seed: -7 }, { random_seed: 7 }],
    [{ seed: -7, random_seed: 8 }, { random_seed: 8 }],
    [{ seed: 0 }, { random_seed: 0 }],
    [{ max_completion_tokens: 5 }, { max_tokens: 5 }],
    [{ max_completion_tokens: 5, max_tokens: 9 }, { max_tokens: 5 }],
    [{ max_tokens: 9, max_completion_tokens: 5 }, { max_tokens: 5 }],
    [{ max_completion_tokens: null, max_tokens: 9 }, { max_tokens: 9 }],
    [{ tool_choice: "required" }, { tool_choice: "any" }],
    [{ tool_choice: "auto" }, { tool_choice: "auto" }],
    [{ tool_choice: "none" }, { tool_choice: "none" }],
    [{ tool_choice: null }, {}],
    [
      { tool_choice: { type: "function", function: { name: "f" } } },
      { tool_choice: { type: "function", function: { name: "f" } } },
    ],
    [{ reasoning_effort: "none" }, { reasoning_effort: "none" }],
    [{ reasoning_effort: "minimal" }, { reasoning_effort: "none" }],
    [{ reasoning_effort: "low" }, { reasoning_effort: "high" }],
    [{ reasoning_effort: "medium" }, { reasoning_effort: "high" }],
    [{ reasoning_effort: "xhigh" }, { reasoning_effort: "high" }],
    [{ reasoning_effort: null }, {}],
    [{ temperature: 1.9 }, { temperature: 1.5 }],
    [{ temperature: 1.5 }, { temperature: 1.5 }],
    [{ temperature: 0 }, { temperature: 0 }],
    [{ temperature: null, top_p: null, stop: null, response_format: null, stream: null }, { temperature: null }],
    ...["auto", "default", "flex", "priority"].map((tier): [object, object] => [{ service_tier: tier }, {}]),
    [{ service_tier: "standard_only" }, { service_tier: "standard_only" }],
    [{ response_format: { type: "text" } }, { response_format: { type: "text" } }],
    [
      { response_format: { type: "json_schema", json_schema: { name: "n", strict: null } } },
      { response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } } },
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "n", schema: {}, strict: null } } },
      { response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } } },
    ],
    [
      {
        prediction: {
          type: "content",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      },
      { prediction: { type: "content", content: "ab" } },
    ],
    [{ function_call: "none", functions: [] }, {}],
  ])("%j is sent as %j", (fields, expected) => {
    expect(sent(chat, { ...BASE, ...fields })).toEqual({ ...BASE, ...expected });
    expect(sent(chat, { ...fields, ...BASE })).toEqual({ ...expected, ...BASE });
  });

  test("loses every field that only OpenAI knows, and keeps what neither knows", () => {
    const openaiOnly = {
      stream_options: { include_usage: true },
      user: "u",
      safety_identifier: "s",
      store: true,
      logit_bias: { "1": 2 },
      logprobs: true,
      top_logprobs: 2,
      verbosity: "low",
      modalities: ["text"],
      audio: { voice: "x" },
      web_search_options: {},
      prompt_cache_retention: "24h",
      prompt_cache_options: {},
      moderation: {},
    };
    const kept = { top_k: 5, my_extension: { a: [1] } };
    expect(sent(chat, { vetted: { region: "x" }, ...openaiOnly, ...BASE, ...kept })).toEqual({ ...BASE, ...kept });
    expect(sent(chat, { ...BASE, ...kept, ...openaiOnly, vetted: {} }, { stream: true, askUsage: true })).toEqual({
      ...BASE,
      ...kept,
    });
  });

  test("keeps the digits of numbers it moves", () => {
    expect(
      sentText(chat, '{"model":"m","messages":[],"seed": 12345678901234567890 ,"max_completion_tokens":1e2}'),
    ).toBe('{"model":"m","messages":[],"random_seed": 12345678901234567890 ,"max_tokens":1e2}');
  });

  test("takes the sign of a seed and nothing else", () => {
    expect(sentText(chat, '{"model":"m","messages":[],"seed": -12345678901234567890 ,"n":1}')).toBe(
      '{"model":"m","messages":[],"random_seed": 12345678901234567890 ,"n":1}',
    );
  });

  test("refuses functions of 2023 and says what to send", () => {
    const act = () => sent(chat, { ...BASE, functions: [{ name: "f" }] });
    expect(act).toThrow(
      expect.objectContaining({ code: "invalid_request", message: expect.stringContaining("tools") }),
    );
  });

  test.each([
    ["messages[1].function_call", "`tool_calls`", { role: "assistant", function_call: { name: "f", arguments: "{}" } }],
    ["messages[1].role", "messages of role `tool`", { role: "function", name: "f", content: "4" }],
  ])("refuses what is left of them in a conversation: %s", (param, form, message) => {
    const act = () => sent(chat, { ...BASE, messages: [...BASE.messages, message] });
    expect(act).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: expect.stringContaining(form),
        details: { param, elsewhere: true },
      }),
    );
  });
});

const CUSTOM = { type: "custom", custom: { name: "c", input: "x" } };

test.each<[object, string]>([
  [{ tools: [{ type: "web_search" }, CUSTOM] }, "tools[1].type"],
  [{ tool_choice: CUSTOM }, "tool_choice.type"],
  [
    { messages: [...BASE.messages, { role: "assistant", tool_calls: [{ ...CUSTOM, id: "a" }] }] },
    `messages[${BASE.messages.length}].tool_calls[0].type`,
  ],
])("tools of any text are refused: %j", (said, param) => {
  expect(() => sent(chat, { ...BASE, ...said })).toThrow(
    expect.objectContaining({
      code: "invalid_request",
      message: expect.stringContaining("function"),
      details: { param, elsewhere: true },
    }),
  );
});

test("Mistral's own kinds of tools pass", () => {
  const tools = [{ type: "web_search" }];
  expect(sent(chat, { ...BASE, tools })["tools"]).toEqual(tools);
});

describe("tools for Mistral", () => {
  const tool = (fn: object) => ({ type: "function", function: fn });

  test("get parameters where they are missing and lose nulls", () => {
    const tools = [
      tool({ name: "a" }),
      tool({ name: "b", parameters: null, strict: null, description: null }),
      tool({ name: "c", parameters: {} }),
    ];
    const empty = { type: "object", properties: {} };
    expect(sent(chat, { ...BASE, tools })["tools"]).toEqual([
      tool({ name: "a", parameters: empty }),
      tool({ name: "b", parameters: empty }),
      tool({ name: "c", parameters: {} }),
    ]);
  });

  const a = tool({ name: "a", parameters: {} });
  const b = tool({ name: "b", parameters: {} });
  const c = tool({ name: "c", parameters: {} });
  const named = (...names: string[]) => names.map((name) => ({ type: "function", function: { name } }));
  const choice = (mode: string | undefined, ...names: string[]) => ({
    type: "allowed_tools",
    allowed_tools: { mode, tools: named(...names) },
  });

  test.each([
    ["auto", ["a", "b", "c"], [a, b, c], "auto"],
    ["auto", ["b"], [b], "auto"],
    ["required", ["a"], [a], "any"],
    ["required", ["c", "gone"], [c], "any"],
    ["auto", ["c", "a"], [a, c], "auto"],
    [undefined, ["b", "c"], [b, c], "auto"],
  ])("are only those allowed: %p of %j", (mode, names, tools, sentChoice) => {
    const expected = { ...BASE, tools, tool_choice: sentChoice };
    expect(sent(chat, { ...BASE, tools: [a, b, c], tool_choice: choice(mode, ...names) })).toEqual(expected);
    expect(sent(chat, { tool_choice: choice(mode, ...names), tools: [a, b, c], ...BASE })).toEqual(expected);
    const flat = { type: "allowed_tools", mode, tools: names.map((name) => ({ type: "function", name })) };
    expect(sent(chat, { ...BASE, tools: [a, b, c], tool_choice: flat })).toEqual(expected);
  });

  test("are mended where they are allowed", () => {
    const tools = [a, tool({ name: "b", strict: null }), tool({ name: "c" })];
    const mended = tool({ name: "b", parameters: { type: "object", properties: {} } });
    expect(sent(chat, { ...BASE, tools, tool_choice: choice("auto", "b") })["tools"]).toEqual([mended]);
  });

  test("are not offered at all where none is allowed, unless one is required", () => {
    for (const tools of [[a, b], [], null]) {
      expect(sent(chat, { ...BASE, tools, tool_choice: choice("auto", "x") })).toEqual(BASE);
      expect(() => sent(chat, { ...BASE, tools, tool_choice: choice("required", "x") })).toThrow(
        expect.objectContaining({
          code: "invalid_request",
          details: expect.objectContaining({ param: "tool_choice" }),
        }),
      );
    }
  });

  test("keep what is no function", () => {
    const tools = [{ type: "web_search" }, null];
    expect(sent(chat, { ...BASE, tools })["tools"]).toEqual(tools);
  });
});

describe("a fill-in-the-middle request to Mistral", () => {
  test("keeps what Mistral knows and loses what only OpenAI does", () => {
    const kept = { model: "m", prompt: "a", suffix: null, min_tokens: 1, temperature: 0.2, stop: "x" };
    const dropped = { n: 2, best_of: 2, echo: true, logprobs: 3, presence_penalty: 1, user: "u", stream_options: {} };
    expect(sent(fim, { ...kept, ...dropped, seed: 3, max_completion_tokens: 4 })).toEqual({
      ...kept,
      random_seed: 3,
      max_tokens: 4,
    });
    expect(fim.encode(parsed(kept), { model: "m", stream: false, askUsage: false })).toEqual([]);
  });
});
