import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shortId } from "../../../src/providers/_tool-call-id.ts";
import { providers } from "../../../src/providers/index.ts";
import { mistralToolIds } from "../../../src/providers/mistral/tool-ids.ts";
import { sent, sentText } from "../../support/codec.ts";

const chat = providers.mistral.codecs.chat!;
const messagesOf = (messages: readonly object[]) =>
  sent(chat, { model: "m", messages })["messages"] as Record<string, unknown>[];
const call = (id: unknown, rest: object = {}) => ({
  id,
  type: "function",
  function: { name: "f", arguments: "{}" },
  ...rest,
});

describe("messages for Mistral", () => {
  test.each([
    [
      { role: "developer", content: "a", name: "n" },
      { role: "system", content: "a" },
    ],
    [
      { role: "system", content: null },
      { role: "system", content: "" },
    ],
    [
      { role: "user", content: "a", name: "n" },
      { role: "user", content: "a" },
    ],
    [
      { role: "tool", content: "a", name: "n", tool_call_id: "abcdefghi" },
      { role: "tool", content: "a", name: "n", tool_call_id: "abcdefghi" },
    ],
    [
      {
        role: "assistant",
        content: "a",
        refusal: null,
        annotations: [],
        audio: null,
        function_call: null,
        reasoning_content: "r",
        name: "n",
      },
      { role: "assistant", content: "a" },
    ],
    [
      { role: "assistant", content: "a", reasoning: "r", reasoning_details: [], parsed: null, content_parts: [] },
      { role: "assistant", content: "a" },
    ],
    [
      // as Gemini gives them in OpenAI's form, and LiteLLM
      {
        role: "assistant",
        content: "a",
        extra_content: { google: { thought_signature: "x" } },
        thinking_blocks: [],
        tool_calls: [
          call("abcdefghi", { extra_content: { google: { thought_signature: "x" } } }),
          call("jklmnopqr", { provider_specific_fields: null }),
          call("stuvwxyz0"),
        ],
      },
      { role: "assistant", content: "a", tool_calls: ["abcdefghi", "jklmnopqr", "stuvwxyz0"].map((id) => call(id)) },
    ],
    [
      { role: "assistant", content: null },
      { role: "assistant", content: "" },
    ],
    [{ role: "assistant" }, { role: "assistant", content: "" }],
    [
      { role: "assistant", content: null, tool_calls: [] },
      { role: "assistant", content: "" },
    ],
    [
      { role: "assistant", content: "a", tool_calls: [] },
      { role: "assistant", content: "a" },
    ],
    [
      { role: "assistant", content: "a", prefix: true },
      { role: "assistant", content: "a", prefix: true },
    ],
    [
      { role: "assistant", content: null, tool_calls: [call("abcdefghi")] },
      { role: "assistant", content: null, tool_calls: [call("abcdefghi")] },
    ],
    [
      {
        role: "assistant",
        tool_calls: [call(null, { function: { name: "f", arguments: "{}", parsed_arguments: {} } })],
      },
      { role: "assistant", tool_calls: [{ type: "function", function: { name: "f", arguments: "{}" } }] },
    ],
    [
      { role: "user", content: "a", cache_control: {} },
      { role: "user", content: "a", cache_control: {} },
    ],
  ])("%j is sent as %j", (message, expected) => {
    expect(messagesOf([message])).toEqual([expected]);
  });

  test("leave their neighbours' bytes alone", () => {
    const source =
      '{"model":"m","messages":[ {"role":"user", "content":"\\u00e9"},{"name":"n","role":"user","content":"b"} , {"role":"user","content":"c"}]}';
    expect(sentText(chat, source)).toBe(source.replace('"name":"n",', ""));
  });

  test("parts: refusals become text, files become documents", () => {
    const content = [
      { type: "refusal", refusal: "no" },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
      { type: "file", file: { file_id: "file-1" } },
      { type: "file", file_id: "f" },
      { type: "thinking", thinking: [{ type: "text", text: "t" }] },
      { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
    ];
    expect(messagesOf([{ role: "user", content }])[0]!["content"]).toEqual([
      { type: "text", text: "no" },
      { type: "document_url", document_url: "data:application/pdf;base64,AA==", document_name: "a.pdf" },
      { type: "file", file_id: "file-1" },
      ...content.slice(3),
    ]);
  });

  test.each([{ prompt_cache_breakpoint: { mode: "explicit" } }, { cache_control: { type: "ephemeral" } }])(
    "parts lose marks for another's cache: %j",
    (mark) => {
      const content = [
        { ...mark, type: "text", text: "a" },
        { type: "image_url", image_url: { url: "https://x.test/a.png" }, ...mark },
        { type: "refusal", ...mark, refusal: "no" },
        { type: "file", file: { file_id: "f" }, ...mark },
      ];
      expect(messagesOf([{ role: "user", content }])[0]!["content"]).toEqual([
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "https://x.test/a.png" } },
        { type: "text", text: "no" },
        { type: "file", file_id: "f" },
      ]);
    },
  );
});

describe("tool-call ids for Mistral", () => {
  test("link a call with its result, in every turn alike", () => {
    const turn = (id: string) => [
      { role: "assistant", content: "", tool_calls: [call(id)] },
      { role: "tool", content: "r", tool_call_id: id },
    ];
    const first = messagesOf(turn("call_abc"));
    const later = messagesOf([...turn("call_abc"), ...turn("chatcmpl-tool-1"), ...turn("AbC123xyz")]);
    const idOf = (message: Record<string, unknown>) => (message["tool_calls"] as { id: string }[])[0]!.id;
    expect(idOf(first[0]!)).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(first[1]!["tool_call_id"]).toBe(idOf(first[0]!));
    expect(later.slice(0, 2)).toEqual(first);
    expect(later[3]!["tool_call_id"]).toBe(idOf(later[2]!));
    expect(idOf(later[2]!)).not.toBe(idOf(later[0]!));
    expect(idOf(later[4]!)).toBe("AbC123xyz");
  });

  test("no two ids ever share a name, not even where a hash meets an id in use", () => {
    const used = shortId("call_1");
    const names = mistralToolIds([{ tool_call_id: "call_1" }, { tool_calls: [{ id: used }] }])!;
    expect(names.get("call_1")).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(names.get("call_1")).not.toBe(used);
    expect(names.has(used)).toBeFalse();
  });

  test("always fit, stay apart and do not depend on what follows", () => {
    const ids = fc.uniqueArray(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9]{9}$/)), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(ids, (given) => {
        const names = mistralToolIds(given.map((id) => ({ tool_call_id: id })));
        const all = given.map((id) => names?.get(id) ?? id);
        expect(new Set(all).size).toBe(given.length);
        for (const name of all) expect(name).toMatch(/^[a-zA-Z0-9]{9}$/);
        const again = mistralToolIds([...given, ...given].map((id) => ({ tool_calls: [{ id }] })));
        expect(given.map((id) => again?.get(id) ?? id)).toEqual(all);
      }),
    );
  });

  test("none needed, none given", () => {
    expect(mistralToolIds([{ tool_call_id: "abcdefghi" }, null, "x", { tool_calls: null }])).toBeNull();
  });
});
