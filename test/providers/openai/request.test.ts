import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ENDPOINTS } from "../../../src/lib/context.ts";
import { providers } from "../../../src/providers/index.ts";
import { parsed, sent, sentText } from "../../support/codec.ts";

const { chat, moderations, embeddings, completions } = providers.openai.codecs;

describe("requests in OpenAI's format", () => {
  test("have no edit where nothing has to change", () => {
    const to = { model: "m", stream: true, askUsage: true };
    const body = '{ "model":"m",\n"messages":[ ], "stream":true, "stream_options":{"include_usage":true} }';
    expect(chat!.encode(parsed(body), to)).toEqual([]);
  });

  test("get the target's model and keep every other byte", () => {
    const body = '{ "seed": 12345678901234567890, "a":1.0e2 ,"model" : "x" ,"messages":[], "\\u0062":"\\u00e9" }';
    expect(sentText(chat!, body, { model: 'mo"del' })).toBe(body.replace('"x"', '"mo\\"del"'));
  });

  test.each([
    [{ temperature: 0.7, safe_prompt: false, random_seed: null, prompt_mode: null }, { temperature: 0.7 }],
    [{ guardrails: null, tools: null, n: null }, { n: null }],
    [{ guardrails: [], tools: [] }, { tools: [] }],
    [
      { random_seed: 7, tool_choice: "any" },
      { seed: 7, tool_choice: "required" },
    ],
    [{ random_seed: 7, seed: 8 }, { seed: 8 }],
    [{ service_tier: "standard_only" }, { service_tier: "default" }],
    [{ service_tier: "flex" }, { service_tier: "flex" }],
    [
      { safe_prompt: true, prompt_mode: "reasoning", guardrails: [{}] },
      { safe_prompt: true, prompt_mode: "reasoning", guardrails: [{}] },
    ],
  ])("have Mistral's words translated where OpenAI itself is asked: %j", (said, meant) => {
    for (const stream of [false, true]) {
      const to = { stream, askUsage: stream };
      const options = stream ? { stream_options: { include_usage: true } } : {};
      expect(sent(chat!, { ...said, vetted: {}, model: "x" }, to)).toEqual({ ...meant, model: "m", ...options });
      const body = { ...said, model: "m" };
      const other = providers["openai-compatible"].codecs.chat!;
      expect(sent(other, body, to)).toEqual({ ...body, ...options });
    }
  });

  test("find the model under an escaped key, and not in nested objects", () => {
    expect(sentText(chat!, '{"x":{"model":"a"},"mod\\u0065l":"b"}')).toBe('{"x":{"model":"a"},"mod\\u0065l":"m"}');
  });

  test("get a model where none was given (moderations)", () => {
    expect(sent(moderations!, { input: "x" })).toEqual({ input: "x", model: "m" });
  });

  test.each([
    '{"vetted":{"region":"x"},"model":"a","y":1}',
    '{"model":"a","vetted":{},"y":1}',
    '{"model":"a","y":1,"vetted":{"z":"}"}}',
  ])("lose `vetted`: %s", (body) => {
    expect(sent(chat!, body)).toEqual({ model: "m", y: 1 });
  });

  test.each([
    [{}, { include_usage: true }],
    [{ stream_options: null }, { include_usage: true }],
    [{ stream_options: {} }, { include_usage: true }],
    [{ stream_options: { include_usage: false } }, { include_usage: true }],
    [{ stream_options: { include_obfuscation: false } }, { include_obfuscation: false, include_usage: true }],
  ])("ask for usage of a stream: %j", (options, asked) => {
    const body = { model: "m", stream: true, ...options };
    expect(sent(chat!, body, { stream: true, askUsage: true })).toEqual({
      model: "m",
      stream: true,
      stream_options: asked,
    });
    expect(sent(completions!, body, { stream: true, askUsage: true })["stream_options"]).toEqual(asked);
  });

  test("lose `stream_options` where the upstream cannot give usage", () => {
    const body = { model: "m", stream: true, stream_options: { include_usage: true } };
    expect(sent(chat!, body, { stream: true })).toEqual({ model: "m", stream: true });
  });

  test("keep `stream_options` without a stream: the upstream says what it thinks of it", () => {
    const body = { model: "m", stream_options: { include_usage: true } };
    expect(sent(chat!, body)).toEqual(body);
  });

  test("know every endpoint but that of filling in, which OpenAI itself lacks", () => {
    expect(Object.keys(providers["openai-compatible"].codecs)).toEqual([...ENDPOINTS]);
    expect(providers.openai.codecs.fim).toBeUndefined();
  });

  test("whatever else they hold, only model, vetted and stream_options change", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const body = fc.record({
      before: fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        value,
      ),
      model: fc.string(),
      vetted: fc.option(fc.constant({ region: "x" }), { nil: undefined }),
      stream_options: fc.option(fc.dictionary(fc.constantFrom("include_usage", "other"), fc.boolean()), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(body, fc.boolean(), ({ before, ...known }, askUsage) => {
        const request = JSON.parse(JSON.stringify({ ...before, ...known })) as Record<string, unknown>;
        const { vetted: _vetted, stream_options: options, ...rest } = request;
        const result = sent(chat!, JSON.stringify(request, null, 1), { model: "target", stream: true, askUsage });
        const expected = {
          ...rest,
          model: "target",
          ...(askUsage ? { stream_options: { ...Object(options), include_usage: true } } : {}),
        };
        expect(result).toEqual(expected);
      }),
    );
  });

  test("embeddings pass whole", () => {
    const body = '{"model":"m","input":[1,2],"encoding_format":"base64","dimensions":3}';
    expect(sentText(embeddings!, body)).toBe(body);
  });
});
