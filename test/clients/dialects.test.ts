import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createMistral } from "@ai-sdk/mistral";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Mistral } from "@mistralai/mistralai";
import { SDKError } from "@mistralai/mistralai/models/errors";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { type SpawnedGateway, startGateway } from "../support/spawn-gateway.ts";
import { thrown } from "./driver.ts";
import { TEXT, THOUGHT, TOOL, VECTORS } from "./scripted-answers.ts";
import { PROMPT, type ScriptedUpstream, startScriptedUpstream } from "./scripted-upstream.ts";

const START_MS = 60_000;
const MODEL = "small";

let vendors: { readonly openai: ScriptedUpstream; readonly mistral: ScriptedUpstream };
let gateway: SpawnedGateway;
let openai: OpenAI;
let mistral: Mistral;

const target = (upstream: ScriptedUpstream): object => ({
  id: `${upstream.dialect}-target`,
  provider: upstream.dialect,
  model: `${upstream.dialect}-${MODEL}`,
  base_url: upstream.baseUrl,
  secret_key_ref: { env: "VENDOR_KEY" },
});

beforeAll(async () => {
  vendors = { openai: await startScriptedUpstream("openai"), mistral: await startScriptedUpstream("mistral") };
  const config = {
    pack: { name: "dialects", version: "1.0.0", enabled: true },
    policies: { chain: ["audit-logger"] },
    providers: {
      strategy: "fallback",
      circuit_breaker: { enabled: false },
      targets: [target(vendors.openai), target(vendors.mistral)],
    },
  };
  gateway = await startGateway({ config, env: { VENDOR_KEY: "upstream-key" } });
  openai = new OpenAI({ apiKey: "unused", baseURL: `${gateway.url}/v1` });
  mistral = new Mistral({ apiKey: "unused", serverURL: gateway.url });
}, START_MS);

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const upstream of Object.values(vendors ?? {})) upstream[Symbol.dispose]();
});

const ask = (model: string, content: string) => ({ model, messages: [{ role: "user" as const, content }] });

describe("the openai client", () => {
  test.each(["openai", "mistral"] as const)("reaches the target whose model it names: %s", async (dialect) => {
    const { data, response } = await openai.chat.completions
      .create(ask(`${dialect}-${MODEL}`, PROMPT.words))
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(TEXT);
    expect(response.headers.get("x-weir-target")).toBe(`${dialect}-target`);
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(["openai", "mistral"] as const)("gets the usage chunk it asked for, and only then: %s", async (dialect) => {
    for (const include_usage of [true, false]) {
      const request = { ...ask(`${dialect}-${MODEL}`, PROMPT.words), stream: true as const };
      const stream = await openai.chat.completions.create({ ...request, stream_options: { include_usage } });
      const chunks = await Array.fromAsync(stream);
      const bare = chunks.filter(({ choices }) => choices.length === 0);
      expect(bare.map(({ usage }) => usage?.total_tokens)).toEqual(include_usage ? [28] : []);
      expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === "stop")).toHaveLength(1);
      if (include_usage) expect(chunks.at(-1)?.choices).toEqual([]);
    }
  });

  test("passes on what it adds to a request, to the last digit", async () => {
    vendors.openai.forget();
    const extra = { x_note: "kept", logit_bias: { "9007199254740993": -1 }, seed: 7 };
    const request = { ...ask(`openai-${MODEL}`, PROMPT.words), ...extra };
    await openai.chat.completions.create(request);
    expect(vendors.openai.asked[0]?.body).toMatchObject(extra);
  });

  test("sends its fields to Mistral under Mistral's names", async () => {
    vendors.mistral.forget();
    const fields = { seed: 7, max_completion_tokens: 5, user: "me" };
    await openai.chat.completions.create({ ...ask(`mistral-${MODEL}`, PROMPT.words), ...fields });
    const body = vendors.mistral.asked[0]?.body as Record<string, unknown>;
    expect(body).toMatchObject({ random_seed: 7, max_tokens: 5, model: `mistral-${MODEL}` });
    for (const field of ["seed", "max_completion_tokens", "user", "stream_options"])
      expect(body).not.toHaveProperty(field);
  });

  test("carries a tool call of Mistral's through a second turn", async () => {
    const model = `mistral-${MODEL}`;
    const tools = [{ type: "function" as const, function: { name: TOOL.name, parameters: { type: "object" } } }];
    const first = await openai.chat.completions.create({ ...ask(model, PROMPT.words), tools });
    const message = first.choices[0]!.message;
    vendors.mistral.forget();
    const called = { role: "tool" as const, tool_call_id: message.tool_calls![0]!.id, content: "212" };
    const { messages } = ask(model, PROMPT.words);
    const second = await openai.chat.completions.create({ model, messages: [...messages, message, called] });
    expect(second.choices[0]?.message.content).toBe(TEXT);
    const sent = vendors.mistral.asked[0]?.body.messages as readonly Record<string, unknown>[];
    expect(sent[1]).toMatchObject({ tool_calls: [{ id: expect.stringMatching(/^[a-zA-Z0-9]{9}$/) }] });
    expect(sent[1]).toMatchObject({ tool_calls: [{ id: sent[2]?.["tool_call_id"] }] });
  });

  test.each(["float", "base64"] as const)("gets vectors as %s from both vendors", async (encoding_format) => {
    for (const dialect of ["openai", "mistral"]) {
      const { data } = await openai.embeddings.create({
        model: `${dialect}-${MODEL}`,
        input: ["a", "b"],
        encoding_format,
      });
      const read = data.map(({ embedding }) =>
        encoding_format === "float"
          ? embedding
          : [...new Float32Array(Uint8Array.fromBase64(String(embedding)).buffer)],
      );
      expect(read).toEqual(VECTORS.map((vector) => [...vector]));
    }
  });

  test("raises its own error classes", async () => {
    const rejected = await thrown(openai.chat.completions.create(ask(`openai-${MODEL}`, PROMPT.rejected)));
    expect(rejected).toBeInstanceOf(OpenAI.BadRequestError);
    expect(rejected).toMatchObject({ status: 400, code: "decimal_above_max_value", param: "temperature" });
    const lost = await thrown(openai.chat.completions.create(ask("no-such-model", PROMPT.words)));
    expect(lost).toBeInstanceOf(OpenAI.NotFoundError);
    expect(lost).toMatchObject({ status: 404, code: "model_not_found", param: "model" });
  });

  test("is told of a wrong key of ours once every target was asked, and does not try again", async () => {
    for (const upstream of Object.values(vendors)) upstream.forget();
    const failed = await thrown(openai.chat.completions.create(ask(`openai-${MODEL}`, PROMPT.unauthorized)));
    expect(failed).toMatchObject({ status: 502, code: "upstream_auth_failed" });
    expect([vendors.openai.asked.length, vendors.mistral.asked.length]).toEqual([1, 1]);
  });

  test("finds a model by its name, as listed", async () => {
    const listed = await Array.fromAsync(openai.models.list());
    expect(listed.map(({ id }) => id).toSorted()).toEqual([
      "mistral-small",
      "mistral-target",
      "openai-small",
      "openai-target",
    ]);
    expect((await openai.models.retrieve("openai-small")).id).toBe("openai-small");
    expect(await thrown(openai.models.retrieve("no-such-model"))).toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe("the Mistral client", () => {
  test("completes in the middle", async () => {
    vendors.mistral.forget();
    const answer = await mistral.fim.complete({
      model: `mistral-${MODEL}`,
      prompt: "def flow(",
      suffix: "return level",
    });
    expect(answer.choices[0]?.message?.content).toBe(TEXT);
    expect(vendors.mistral.asked[0]).toMatchObject({
      path: "/v1/fim/completions",
      body: { prompt: "def flow(", suffix: "return level" },
    });
  });

  test("keeps what only Mistral knows", async () => {
    vendors.mistral.forget();
    const messages = [
      { role: "user" as const, content: PROMPT.words },
      { role: "assistant" as const, content: "The Main", prefix: true },
    ];
    await mistral.chat.complete({ model: `mistral-${MODEL}`, messages, randomSeed: 3, safePrompt: true });
    expect(vendors.mistral.asked[0]?.body).toMatchObject({
      random_seed: 3,
      safe_prompt: true,
      messages: [{}, { content: "The Main", prefix: true }],
    });
  });

  test("finds a model by its name, as listed, in the form that it knows", async () => {
    const { data } = await mistral.models.list();
    const names = ["mistral-small", "mistral-target", "openai-small", "openai-target"];
    expect((data ?? []).map((card) => ("id" in card ? card.id : card)).toSorted()).toEqual(names);
    expect(await mistral.models.retrieve({ modelId: "openai-small" })).toMatchObject({
      id: "openai-small",
      type: "base",
      capabilities: { completionChat: true },
    });
  });

  test("finds its usage on the last chunk, where Mistral puts it", async () => {
    const events = await Array.fromAsync(await mistral.chat.stream(ask(`mistral-${MODEL}`, PROMPT.words)));
    expect(events.at(-1)?.data.usage?.totalTokens).toBe(28);
  });

  test("finds it there too where OpenAI answers, with its tool call whole, and OpenAI is asked in its own words", async () => {
    vendors.openai.forget();
    const tools = [{ type: "function" as const, function: { name: TOOL.name, parameters: { type: "object" } } }];
    const wishes = { tools, toolChoice: "any" as const, randomSeed: 3, safePrompt: false };
    const events = await Array.fromAsync(
      await mistral.chat.stream({ ...ask(`openai-${MODEL}`, PROMPT.words), ...wishes }),
    );
    expect(events.at(-1)?.data.usage?.totalTokens).toBe(28);
    const called = events.flatMap(({ data }) => data.choices[0]?.delta.toolCalls ?? []);
    expect(called.map((call) => call.function)).toEqual([{ ...TOOL }]);
    const body = vendors.openai.asked[0]?.body as Record<string, unknown>;
    expect(body).toMatchObject({ seed: 3, tool_choice: "required" });
    expect(body).not.toHaveProperty("safe_prompt");
    expect(body).not.toHaveProperty("random_seed");
  });

  test("raises its own error class", async () => {
    const failed = await thrown(mistral.chat.complete(ask("no-such-model", PROMPT.words)));
    expect(failed).toBeInstanceOf(SDKError);
    expect(failed).toMatchObject({ statusCode: 404 });
  });
});

describe.each(["openai-compatible", "mistral"] as const)("the AI SDK with its provider %s", (kind) => {
  const options = () => ({ baseURL: `${gateway.url}/v1`, apiKey: "unused" });
  const provider = (name: string) =>
    kind === "mistral"
      ? createMistral(options())(name)
      : createOpenAICompatible({ name: "weir", ...options() }).chatModel(name);

  test.each(["openai", "mistral"] as const)(
    "is told what the model thought, whole and in a stream: %s",
    async (vendor) => {
      const request = { model: provider(`${vendor}-${MODEL}`), prompt: PROMPT.thinking, maxRetries: 0 };
      const streamed = streamText(request);
      const said = [
        await generateText(request),
        { text: await streamed.text, reasoningText: await streamed.reasoningText },
      ];
      for (const { text, reasoningText } of said) {
        expect(text).toBe(TEXT);
        // Mistral's provider reads it in Mistral's content alone
        expect(reasoningText).toBe(kind === "mistral" && vendor === "openai" ? undefined : THOUGHT);
      }
    },
  );
});

test("Mistral's own client can do with a simulated target what it does with Mistral", async () => {
  const config = {
    pack: { name: "simulated", version: "1.0.0", enabled: true },
    policies: { chain: [] },
    providers: { targets: [{ id: "demo", provider: "simulated", model: MODEL, tokens_per_second: 10_000 }] },
  };
  await using demo = await startGateway({ config });
  const client = new Mistral({ apiKey: "unused", serverURL: demo.url });
  const tools = [{ type: "function" as const, function: { name: TOOL.name, parameters: { type: "object" } } }];
  const called: (string | undefined)[] = [];
  const stream = await client.chat.stream({ model: MODEL, tools, messages: [{ role: "user", content: PROMPT.words }] });
  for await (const { data } of stream) {
    for (const call of data.choices[0]?.delta.toolCalls ?? []) called.push(call.function.name);
  }
  expect(called).toEqual([TOOL.name]);
  const { data } = await client.embeddings.create({ model: MODEL, inputs: ["one", "two"] });
  expect(data.map(({ embedding }) => embedding?.length)).toEqual([256, 256]);
});
