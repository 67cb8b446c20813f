import { describe, expect, test } from "bun:test";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer, json, rawUpstream, type Script } from "../support/raw-upstream.ts";

describe("a whole answer", () => {
  test("comes back byte for byte, and the request goes out byte for byte", async () => {
    const answer =
      '{"id":"x", "big":12345678901234567890,"choices":[{"index":0,"message":{"role":"assistant","content":"hi","extra":1.0},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}';
    using up = await rawUpstream(json(answer));
    const { ask, events } = testGateway(configOf([{ id: "a", base_url: up.url }]));
    const body = '{"model":"m" , "x_unknown":12345678901234567890, "messages":[{"role":"user","content":"h\\u00e9"}]}';
    const response = await ask(body);
    expect(await response.text()).toBe(answer);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-weir-target")).toBe("a");
    expect(response.headers.get("x-weir-attempts")).toBe("1");
    expect(up.requests[0]?.body).toBe(body);
    expect(up.requests[0]?.path).toBe("/v1/chat/completions");
    expect(events[0]).toMatchObject({
      status: 200,
      outcome: "ok",
      target: "a",
      usage: { prompt_tokens: 1, basis: "exact" },
    });
  });

  test("may be of no token where its prompt is only scored", async () => {
    const answer = {
      id: "x",
      choices: [{ index: 0, text: "hi", logprobs: { tokens: ["hi"] }, finish_reason: "length" }],
    };
    using up = await rawUpstream(json(answer));
    const { ask } = testGateway(configOf([{ id: "a", base_url: up.url }]));
    const scored = { model: "m", prompt: "hi", echo: true, logprobs: 1, max_tokens: 0 };
    const response = await ask(scored, { endpoint: "completions" });
    expect(await response.json()).toEqual(answer);
    const refused = await ask({ ...scored, max_tokens: -1 }, { endpoint: "completions" });
    expect(await refused.json()).toMatchObject({ error: { code: "invalid_request", param: "max_tokens" } });
  });

  test.each([
    ["completions", { model: "m", prompt: null }],
    ["chat", { ...CHAT, response_format: { json_schema: { name: "a", schema: {} } } }],
    ["chat", { ...CHAT, response_format: {} }],
  ] as const)("follows a request that a vendor takes: %s %j", async (endpoint, body) => {
    using up = await rawUpstream(json(chatAnswer("hi")));
    const { ask } = testGateway(configOf([{ id: "a", base_url: up.url }]));
    expect((await ask(body, { endpoint })).status).toBe(200);
    expect(up.requests[0]?.body).toBe(JSON.stringify(body));
  });

  test("takes the next target after 500, 429, garbage, a redirect, a refused connection and half an answer", async () => {
    const faults: Script[] = [
      json({ error: { message: "boom" } }, 500),
      json({ error: { message: "slow down" } }, 429),
      (wire) => wire.write("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
      (wire) => wire.write("HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"),
      async (wire) => {
        await wire.write(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"choices":[',
        );
        wire.socket.destroy();
      },
      (wire) => void wire.socket.destroy(),
      json({ error: { message: "bad key sk-123" } }, 401),
    ];
    for (const fault of faults) {
      using first = await rawUpstream(fault);
      using second = await rawUpstream(json(chatAnswer("from b")));
      const config = configOf([
        { id: "a", base_url: first.url },
        { id: "b", base_url: second.url, model: "other" },
      ]);
      const { ask, events } = testGateway(config);
      const response = await ask(CHAT);
      expect(response.status).toBe(200);
      expect(response.headers.get("x-weir-target")).toBe("b");
      expect(JSON.parse(second.requests[0]!.body).model).toBe("other");
      expect(events[0]?.attempts.map((attempt) => attempt.target)).toEqual(["a", "b"]);
    }
  });

  test("answers the client's own mistake as the upstream words it, without asking anybody else", async () => {
    using first = await rawUpstream(
      json(
        {
          error: { message: "temperature is too hot", type: "invalid_request_error", param: "temperature", code: "x" },
        },
        400,
      ),
    );
    using second = await rawUpstream(json(chatAnswer("no")));
    const { ask } = testGateway(
      configOf([
        { id: "a", base_url: first.url },
        { id: "b", base_url: second.url },
      ]),
    );
    const response = await ask(CHAT);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: "temperature is too hot", param: "temperature" } });
    expect(second.requests.length).toBe(0);
  });

  test("a slow target costs its own timeout and no more", async () => {
    using first = await rawUpstream((wire) => wire.closed);
    using second = await rawUpstream(json(chatAnswer("quick")));
    const config = configOf([
      { id: "a", base_url: first.url, timeout_seconds: 1 },
      { id: "b", base_url: second.url },
    ]);
    const { ask, events } = testGateway(config);
    const response = await ask(CHAT);
    expect(response.headers.get("x-weir-target")).toBe("b");
    expect(events[0]?.attempts[0]?.outcome).toBe("upstream_timeout");
  });
});
