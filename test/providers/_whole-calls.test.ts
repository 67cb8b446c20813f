import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { wholeCalls } from "../../src/providers/_whole-calls.ts";
import { providers } from "../../src/providers/index.ts";
import { parsed } from "../support/codec.ts";

const request = parsed('{"model":"m","messages":[]}');
const chunk = (choice: JsonObject, more: JsonObject = {}): JsonObject => ({ id: "c", choices: [choice], ...more });
const piece = (index: number, fn: JsonObject, more: JsonObject = {}): JsonObject => ({
  index,
  ...more,
  function: fn,
});
const delta = (given: JsonObject, finish: string | null = null, index = 0): JsonObject =>
  chunk({ index, delta: given, finish_reason: finish });

describe("tool calls for Mistral's clients", () => {
  test("leave whole, on the chunk that ends their choice", () => {
    const decode = wholeCalls((given) => given);
    const given = [
      delta({ role: "assistant", content: "" }),
      delta({ tool_calls: [piece(0, { name: "f", arguments: "" }, { id: "a", type: "function" })] }),
      delta({ content: "so", tool_calls: [piece(0, { arguments: '{"x"' })] }),
      delta({ tool_calls: [piece(1, { name: "g", arguments: "{}" }, { id: "b", type: "function" })] }),
      delta({ tool_calls: [piece(0, { arguments: ":1}" })] }),
      delta({}, "tool_calls"),
    ];
    expect(given.map(decode)).toEqual([
      given[0]!,
      null,
      delta({ content: "so" }),
      null,
      null,
      delta(
        {
          tool_calls: [
            { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
            { index: 1, id: "b", type: "function", function: { name: "g", arguments: "{}" } },
          ],
        },
        "tool_calls",
      ),
    ]);
  });

  test("come out the same however they were cut, for every choice", () => {
    const calls = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.json()), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(calls, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 9 }), (choices, size) => {
        const decode = providers.openai.codecs.chat!.decodeStream(request, "mistral");
        for (const [index, wanted] of choices.entries()) {
          for (const [at, [name, text]] of wanted.entries()) {
            const id = `${index}-${at}`;
            const first = piece(at, { name, arguments: "" }, { id, type: "function" });
            expect(decode(delta({ tool_calls: [first] }, null, index))).toBeNull();
            for (let from = 0; from < text.length; from += size) {
              const more = piece(at, { arguments: text.slice(from, from + size) });
              expect(decode(delta({ tool_calls: [more] }, null, index))).toBeNull();
            }
          }
        }
        for (const [index, wanted] of choices.entries()) {
          const tool_calls = wanted.map(([name, text], at) => ({
            index: at,
            id: `${index}-${at}`,
            type: "function",
            function: { name, arguments: text },
          }));
          expect(decode(delta({}, "tool_calls", index))).toEqual(delta({ tool_calls }, "tool_calls", index));
        }
      }),
    );
  });

  test("leave alone what has none, save for a delta and a finish reason that are missing", () => {
    const decode = wholeCalls((given) => given);
    const text = delta({ content: "a" });
    expect(decode(text)).toBe(text);
    const usage = { id: "c", choices: [], usage: { prompt_tokens: 1 } };
    expect(decode(usage)).toBe(usage);
    expect(decode(chunk({ index: 0, content_filter_results: {} }))).toEqual(
      chunk({ index: 0, content_filter_results: {}, delta: {}, finish_reason: null }),
    );
    expect(decode(chunk({ index: 0, delta: {}, finish_reason: "" }))).toEqual(delta({}));
  });

  test("without arguments have an empty object", () => {
    const decode = wholeCalls((given) => given);
    decode(delta({ tool_calls: [piece(0, { name: "f" }, { id: "a", type: "function" })] }));
    expect(decode(delta({}, "tool_calls"))).toMatchObject({
      choices: [{ delta: { tool_calls: [{ function: { name: "f", arguments: "{}" } }] } }],
    });
  });

  test("count choices that no index was given", () => {
    const bare = { delta: { content: "a" }, finish_reason: null };
    const decode = wholeCalls((given) => given);
    expect(decode({ id: "c", choices: [bare, { ...bare, index: "1" }] })).toEqual({
      id: "c",
      choices: [
        { ...bare, index: 0 },
        { ...bare, index: 1 },
      ],
    });
  });

  test("keep the usage that came with a piece", () => {
    const decode = wholeCalls((given) => given);
    const first = piece(0, { name: "f", arguments: "{}" }, { id: "a", type: "function" });
    const usage = { completion_tokens: 3 };
    expect(decode(chunk({ index: 0, delta: { tool_calls: [first] }, finish_reason: null }, { usage }))).toEqual({
      id: "c",
      choices: [],
      usage,
    });
  });

  test("are Mistral's own affair where it answers and nobody reads along", () => {
    const given = delta({ tool_calls: [piece(0, { name: "f", arguments: "{}" })] });
    expect(providers.mistral.codecs.chat!.decodeStream(request, "mistral")(given)).toBe(given);
    expect(providers.mistral.codecs.chat!.decodeStream(request, "mistral-plain")(given)).toBeNull();
  });
});
