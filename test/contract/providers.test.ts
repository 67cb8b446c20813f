import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ENDPOINTS } from "../../src/lib/context.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import type { Codec, Provider } from "../../src/providers/provider.ts";
import { parsed, sentText } from "../support/codec.ts";

const all: [string, Provider][] = Object.entries(providers);
const codecs = all.flatMap(([name, { codecs: given }]) =>
  ENDPOINTS.flatMap((endpoint): [string, Codec][] =>
    given[endpoint] === undefined ? [] : [[`${name} ${endpoint}`, given[endpoint]]],
  ),
);

/** JSON objects that look like requests, answers or chunks, with anything at all in every place. */
const hostile = (): fc.Arbitrary<JsonObject> => {
  const any = fc.jsonValue({ maxDepth: 2 });
  const call = fc.oneof(
    any,
    fc.record(
      {
        id: any,
        index: any,
        type: any,
        function: fc.oneof(any, fc.record({ name: any, arguments: any }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    ),
  );
  const part = fc.oneof(
    any,
    fc.record(
      {
        type: fc.constantFrom("text", "thinking", "refusal", "file", "reference"),
        text: any,
        thinking: any,
        refusal: any,
        file: any,
      },
      { requiredKeys: [] },
    ),
  );
  const message = fc.oneof(
    any,
    fc.record(
      {
        role: fc.constantFrom("developer", "system", "user", "assistant", "tool"),
        content: fc.oneof(any, fc.array(part)),
        tool_calls: fc.oneof(any, fc.array(call)),
        tool_call_id: any,
      },
      { requiredKeys: [] },
    ),
  );
  const choice = fc.oneof(
    any,
    fc.record({ index: any, message, delta: message, finish_reason: any }, { requiredKeys: [] }),
  );
  return fc.record(
    {
      model: any,
      messages: fc.oneof(any, fc.array(message)),
      choices: fc.oneof(any, fc.array(choice)),
      tools: fc.oneof(any, fc.array(fc.oneof(any, fc.record({ type: any, function: any }, { requiredKeys: [] })))),
      input: any,
      data: fc.oneof(any, fc.array(fc.oneof(any, fc.record({ embedding: any })))),
      results: fc.oneof(any, fc.array(fc.oneof(any, fc.record({ categories: any })))),
      response_format: any,
      prediction: any,
      stream_options: any,
      error: fc.constantFrom(undefined, null, false),
      vetted: any,
      seed: any,
      max_tokens: any,
      max_completion_tokens: any,
      encoding_format: fc.constantFrom("base64", "float", null),
      usage: any,
      x_groq: any,
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>;
};

function allowed(act: () => unknown): void {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
  }
}

/** No text can be made of it by `String`. */
const ODD = { toString: null };
const named = (name: unknown) => ({ type: "function", function: { name } });

const WITHOUT_TEXT: readonly JsonObject[] = [
  { messages: [{ tool_call_id: ODD }, { tool_call_id: "call_1" }] },
  { messages: [{ role: "assistant", tool_calls: [{ id: ODD }, { id: "call_1" }] }] },
  {
    tools: [named("f")],
    tool_choice: { type: "allowed_tools", allowed_tools: { tools: [named(ODD), { type: ODD }] } },
  },
  { input: [{ type: ODD }] },
  { id: ODD, choices: [{ message: { tool_calls: [{}] }, delta: { tool_calls: [{}] } }] },
];

describe.each(all)("provider %s", (name, provider) => {
  test("bears the name of its file and of its place in the registry", () => {
    expect(provider.name).toBe(name);
    expect(existsSync(join(import.meta.dir, "../../src/providers", `${name}.ts`))).toBeTrue();
  });

  test("has an address and somewhere to look for a key, or says that the target must give them", () => {
    if (provider.transport === undefined) expect(provider.baseUrl ?? "https://x/v1").toMatch(/^https:\/\/.+\/v1$/);
    expect(provider.apiKeyEnv ?? "X_API_KEY").toMatch(/^[A-Z]+_API_KEY$/);
  });

  test("makes of every failure an error that says how the upstream failed", () => {
    for (const status of [301, 400, 401, 404, 429, 500, 529]) {
      const error = provider.decodeError({ status, headers: new Headers(), body: "" });
      expect([error.code, error.details.upstreamStatus]).toEqual([expect.stringMatching(/^upstream_/), status]);
    }
  });
});

describe.each(codecs)("codec %s", (_name, codec) => {
  const to = { model: "m", stream: false, askUsage: false };
  const minimal = { model: "m", messages: [{ role: "user", content: "a" }], prompt: "a", input: "a" };

  test("sends a request that needs no change as it came", () => {
    expect(codec.encode(parsed(minimal), to)).toEqual([]);
  });

  test("sends the target's model and never our own object", () => {
    const text = sentText(codec, { vetted: { region: "x" }, ...minimal, model: "asked" }, { model: "target" });
    expect(JSON.parse(text)).toEqual({ ...minimal, model: "target" });
  });

  test("leaves an answer in OpenAI's form alone", () => {
    const answer = {
      id: "x",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "a", refusal: null },
          text: "a",
          finish_reason: "stop",
          logprobs: null,
        },
      ],
      data: [{ object: "embedding", index: 0, embedding: [0.5] }],
      results: [{ flagged: false, categories: {} }],
      usage: { prompt_tokens: 1 },
    };
    const { source } = parsed(answer);
    expect(codec.decode({ source, value: answer }, parsed(minimal))).toBe(source);
    const chunk = { id: "x", choices: [{ index: 0, delta: { content: "a" }, text: "a", finish_reason: null }] };
    expect(codec.decodeStream(parsed(minimal))(chunk)).toBe(chunk);
  });

  test("throws nothing but GatewayError, whatever it is given, and writes valid JSON", () => {
    fc.assert(
      fc.property(hostile(), fc.boolean(), (given, stream) => {
        const body = parsed(given);
        allowed(() => JSON.parse(sentText(codec, body.source, { model: "m", stream, askUsage: stream })));
        allowed(() => JSON.parse(codec.decode(body, body)));
        const decode = codec.decodeStream(body);
        allowed(() => decode(body.value));
        allowed(() => decode(body.value));
      }),
      { examples: WITHOUT_TEXT.map((given) => [given, true]) },
    );
  });
});
