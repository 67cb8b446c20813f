import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import type { Dialect } from "../../src/providers/provider.ts";
import { chunk, delta, parsed } from "../support/codec.ts";

const decoder = (dialect?: Dialect) => providers.mistral.codecs.chat!.decodeStream(parsed({ model: "m" }), dialect);
const deltaOf = (given: JsonObject | null) => (given as { choices: { delta: JsonObject }[] }).choices[0]!.delta;

describe("the chunks of a chat stream", () => {
  test.each([
    [chunk(delta({ role: "assistant", content: "" }))],
    [chunk(delta({ content: "a" }))],
    [{ ...chunk(delta({ content: "a" })), p: "abcd" }],
    [{ ...chunk(delta({}, { finish_reason: "stop" })), usage: { prompt_tokens: 1 } }],
    [{ ...chunk(), usage: { prompt_tokens: 1 } }],
    [chunk(delta({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] }))],
  ])("pass as the same object: %j", (given) => {
    expect(decoder()(given)).toBe(given);
  });

  test.each([
    [{ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [{ prompt_index: 0 }] }],
    [{ ...chunk(), usage: null }],
    [{ id: "x" }],
    [{ ping: true }],
  ])("without choices or usage do not pass: %j", (given) => {
    expect(decoder()(given)).toBeNull();
  });

  test("bring usage even without a list of choices", () => {
    expect(decoder()({ id: "x", usage: { total_tokens: 1 } })).toEqual({
      id: "x",
      usage: { total_tokens: 1 },
      choices: [],
    });
  });

  test("thinking that comes in parts is reasoning", () => {
    const next = decoder();
    const thinking = next(chunk(delta({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] })));
    expect(deltaOf(thinking)).toEqual({ content: "", reasoning_content: "hm" });
    expect(deltaOf(next(chunk(delta({ content: [{ type: "thinking", thinking: [] }] }))))).toEqual({ content: "" });
    expect(
      deltaOf(
        next(
          chunk(
            delta({
              content: [
                { type: "text", text: "a" },
                { type: "text", text: "b" },
              ],
            }),
          ),
        ),
      ),
    ).toEqual({ content: "ab" });
  });

  test("a client of Mistral's gets them untouched", () => {
    const given = chunk(
      delta({ content: [{ type: "text", text: "a" }], tool_calls: null }, { finish_reason: "model_length" }),
    );
    expect(decoder("mistral")(given)).toBe(given);
  });

  test("lose empty tool_calls, know only OpenAI's finish reasons, have an index and a delta", () => {
    const next = decoder();
    expect(deltaOf(next(chunk(delta({ content: "a", tool_calls: [] }))))).toEqual({ content: "a" });
    expect(deltaOf(next(chunk(delta({ content: "a", tool_calls: null }))))).toEqual({ content: "a" });
    expect(next(chunk(delta({}, { finish_reason: "model_length" })))).toEqual(
      chunk(delta({}, { finish_reason: "length" })),
    );
    expect(next(chunk(delta({ content: "a" }, { finish_reason: "" })))).toEqual(chunk(delta({ content: "a" })));
    expect(next(chunk({ delta: { content: "a" }, finish_reason: null }))).toEqual(chunk(delta({ content: "a" })));
    const filter = { index: 0, finish_reason: null, content_filter_offsets: { start_offset: 1 } };
    expect(next(chunk(filter))).toEqual(chunk({ ...filter, delta: {} }));
  });

  test("say what a server that does not stream has in a message", () => {
    const next = decoder();
    const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
    const given = next(
      chunk({ index: 0, message: { role: "assistant", content: "whole", tool_calls: [call] }, finish_reason: "stop" }),
    );
    expect(given).toEqual(
      chunk(
        delta({ role: "assistant", content: "whole", tool_calls: [{ ...call, index: 0 }] }, { finish_reason: "stop" }),
      ),
    );
    expect(deltaOf(next(chunk({ index: 0, delta: null, message: { content: "b" } })))).toEqual({ content: "b" });
  });

  test.each([null, false])("lose an error that is none: %j", (error) => {
    const plain = chunk(delta({ content: "a" }));
    expect(decoder()({ ...plain, error })).toEqual(plain);
    expect(() => decoder()({ ...plain, error: "boom" })).toThrow("boom");
  });

  test("end calls without arguments with an empty object, where they say that the calls are over", () => {
    const call = { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } };
    for (const [reason, ends] of [
      ["tool_calls", { tool_calls: [{ index: 0, function: { arguments: "{}" } }] }],
      ["stop", {}],
    ] as const) {
      const next = decoder();
      next(chunk(delta({ tool_calls: [call] })));
      expect(deltaOf(next(chunk(delta({}, { finish_reason: reason }))))).toEqual(ends);
    }
    const once = { tool_calls: [call, { index: 0, function: { arguments: "{}" } }] };
    expect(deltaOf(decoder()(chunk(delta({ tool_calls: [call] }, { finish_reason: "tool_calls" }))))).toEqual(once);
  });

  test("find Groq's usage", () => {
    const given = { ...chunk(delta({}, { finish_reason: "stop" })), x_groq: { usage: { total_tokens: 7 } } };
    expect(decoder()(given)?.["usage"]).toEqual({ total_tokens: 7 });
  });

  test.each([
    [{ error: { message: "slow down", code: "rate_limit_exceeded" } }, "upstream_rate_limited"],
    [
      { error: { message: "x", type: "invalid_request_error", code: "tool_use_failed", status_code: 400 } },
      "upstream_rejected",
    ],
    [{ error: { message: "boom", type: "server_error" } }, "upstream_failed"],
    [{ error: "text" }, "upstream_failed"],
    [{ object: "error", message: "boom", type: "internal_error_proxy", code: "1000" }, "upstream_failed"],
    [
      { object: "error", message: "too large: maximum context length is 10", raw_status_code: 400 },
      "context_length_exceeded",
    ],
    [
      { ...chunk(delta({ content: "" }, { finish_reason: "error" })), error: { code: 502, message: "lost" } },
      "upstream_failed",
    ],
    [chunk(delta({ content: "" }, { finish_reason: "error" })), "upstream_failed"],
    [chunk(delta({ content: "" }, { finish_reason: "insufficient_system_resource" })), "upstream_failed"],
    [chunk(delta({ content: "" }, { finish_reason: "abort" })), "upstream_failed"],
  ])("that say the stream failed throw: %j", (given, code) => {
    for (const dialect of ["openai", "mistral"] as const) {
      expect(() => decoder(dialect)(given as JsonObject)).toThrow(expect.objectContaining({ code }));
    }
  });

  test("never show the words of a 401", () => {
    expect(() => decoder()({ error: { message: "key sk-123 is bad", type: "authentication_error" } })).toThrow(
      expect.objectContaining({ code: "upstream_auth_failed", message: expect.not.stringContaining("sk-123") }),
    );
  });
});
