import { describe, expect, test } from "bun:test";
import { configOf, testGateway } from "../support/gateway.ts";
import { chunkEvent, DONE, json, rawUpstream, type Script, stream, usageEvent } from "../support/raw-upstream.ts";
import { eventData } from "../support/replay.ts";

const MAIL = "ann@example.org";
const SHOWN = "[EMAIL_REDACTED]";
const HEADERS = { "user-agent": "mistral-client-typescript/2.7.0" };
const READS = { policies: { chain: ["pii-detector"] }, policy: { "pii-detector": {} } };
const ask = { model: "m", messages: [{ role: "user", content: "hello" }] };

const thinking = (text: string) => ({ type: "thinking", thinking: [{ type: "text", text }] });

async function asked(provider: string, script: Script, body: object): Promise<string> {
  const upstream = await rawUpstream(script);
  const gateway = testGateway(configOf([{ id: "a", provider, base_url: upstream.url }], READS), {
    env: { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" },
  });
  return (await gateway.ask(body, { headers: HEADERS })).text();
}

describe("Mistral's own client, where policies read along", () => {
  test("finds what was thought in the content of an answer, with nothing in it that a policy took out", async () => {
    const content = [thinking(`ask ${MAIL}`), { type: "text", text: `I asked ${MAIL}` }];
    const answer = { id: "x", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] };
    const body = JSON.parse(await asked("mistral", json(answer), ask));
    expect(body.choices[0].message.content).toEqual([
      thinking(`ask ${SHOWN}`),
      { type: "text", text: `I asked ${SHOWN}` },
    ]);
    expect(body.choices[0].message).not.toHaveProperty("reasoning_content");
  });

  test("finds it in a stream, and usage on the last chunk, whoever answers", async () => {
    const script = stream(
      chunkEvent({ role: "assistant", content: "" }),
      chunkEvent({ reasoning_content: `ask ${MAIL} ` }),
      chunkEvent({ content: `I asked ${MAIL} ` }),
      chunkEvent({}, "stop"),
      usageEvent(),
      DONE,
    );
    const chunks = eventData(await asked("openai", script, { ...ask, stream: true }))
      .filter((data) => data !== "[DONE]")
      .map((data) => JSON.parse(data));
    const contents = chunks.map(({ choices }) => choices[0].delta.content);
    const parts = contents.flatMap((content) => (Array.isArray(content) ? content : []));
    expect(parts.map((part) => part.thinking?.[0].text ?? "").join("")).toBe(`ask ${SHOWN} `);
    expect(contents.map((content) => (typeof content === "string" ? content : "")).join("")).toBe(`I asked ${SHOWN} `);
    expect(chunks.at(-1).usage).toMatchObject({ total_tokens: expect.any(Number) });
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
  });

  test("gets every step that Mistral took with tools of its own, and whoever knows no steps one message", async () => {
    const messages = [
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "abcdefghi", function: { name: "web_search", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "abcdefghi", content: `found ${MAIL}` },
      { role: "assistant", content: `It is ${MAIL}` },
    ];
    const answer = { id: "x", choices: [{ index: 0, messages, finish_reason: "stop" }] };
    const body = await asked("mistral", json(answer), { ...ask, tools: [{ type: "web_search" }] });
    const [choice] = JSON.parse(body).choices;
    expect(choice.messages.map(({ content }: { content: string }) => content)).toEqual([
      "",
      `found ${SHOWN}`,
      `It is ${SHOWN}`,
    ]);
    expect(choice.message).toEqual({ role: "assistant", content: `It is ${SHOWN}` });
  });

  const bare = (more: object = {}) =>
    json({ choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }], ...more });

  test.each(["openai", "openai-compatible", "mistral"])("gets what it cannot do without from %s", async (provider) => {
    for (const usage of [undefined, null, { prompt_tokens: 5 }, { prompt_tokens: "5" }]) {
      const answer = JSON.parse(await asked(provider, bare({ created: 1.5, usage }), ask));
      expect([answer.object, answer.model, typeof answer.id]).toEqual(["chat.completion", "m", "string"]);
      const { prompt_tokens: read, completion_tokens: written, total_tokens: both } = answer.usage;
      expect([answer.created, read, written, both].filter((count) => !Number.isInteger(count))).toEqual([]);
    }
    const whole = {
      id: "x",
      object: "o",
      created: 7,
      model: "n",
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    };
    expect(JSON.parse(await asked(provider, bare(whole), ask))).toMatchObject(whole);
  });
});
