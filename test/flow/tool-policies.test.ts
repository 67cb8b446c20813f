import { describe, expect, test } from "bun:test";
import { consumer, key } from "../gateway/admission/limits-fixture.ts";
import { answers, type Behaviour, gatewayOver, says, streams } from "../gateway/upstreams.ts";
import { CHAT } from "../support/gateway.ts";
import { chunkEvent, DONE } from "../support/raw-upstream.ts";

const firewall = (settings: object, mode = "enforce") => ({
  policies: { chain: ["agent-firewall"] },
  policy: { "agent-firewall": { mode, blocked_tools: [], rate_limits: {}, ...settings } },
});
const calls = (name: string, input = "{}") => ({
  id: "x",
  object: "chat.completion",
  model: "m",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name, arguments: input } }],
      },
      finish_reason: "tool_calls",
    },
  ],
});
const piece = (index: number, fn: object, id?: string) =>
  chunkEvent({ tool_calls: [{ index, ...(id === undefined ? {} : { id, type: "function" }), function: fn }] });
const TOOLS = { tools: [{ type: "function", function: { name: "search" } }] };

/** An event stream of which each read gives one event. */
const byEvent =
  (...events: readonly string[]): Behaviour =>
  () => {
    const left = [...events];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(next));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

/** The events of an answer's text, each as its data. */
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => (event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.slice(6))));

describe("agent-firewall", () => {
  test("refuses a request that offers a blocked tool, and nobody is asked", async () => {
    const { run, asked, events } = gatewayOver({ a: answers() }, firewall({ blocked_tools: ["sea*"] }));
    const { response, error } = await run({ ...CHAT, ...TOOLS });
    expect(response.status).toBe(409);
    expect(error).toMatchObject({
      type: "policy_violation",
      code: "input_blocked",
      message: 'Request blocked: the tool "search" is blocked',
      policy: "agent-firewall",
      reason_code: "agent_firewall.blocked_tool",
    });
    expect(asked()).toEqual([]);
    expect(events[0]?.policies).toMatchObject([{ phase: "tool", verdict: "block", mode: "enforce" }]);
  });

  test("refuses a whole answer that calls one", async () => {
    const { run, events } = gatewayOver({ a: answers(calls("shell")) }, firewall({ allowed_tools: ["search"] }));
    const { response, error } = await run({ ...CHAT, ...TOOLS });
    expect([response.status, error?.["code"], error?.["reason_code"]]).toEqual([
      409,
      "output_blocked",
      "agent_firewall.tool_not_allowed",
    ]);
    expect(events[0]).toMatchObject({ outcome: "output_blocked", verdict: "block", attempts: [{ outcome: "ok" }] });
  });

  test("ends a stream before the blocked call has left, with content_filter and an error event", async () => {
    const upstream = byEvent(
      chunkEvent({ role: "assistant", content: "I will" }),
      piece(0, { name: "search", arguments: "" }, "c0"),
      piece(0, { arguments: '{"q":1}' }),
      piece(1, { name: "sh", arguments: "" }, "c1"),
      piece(1, { arguments: '{"cmd":"rm"}' }),
      chunkEvent({}, "tool_calls"),
      DONE,
    );
    const { ask, recorded, events } = gatewayOver({ a: upstream }, firewall({ blocked_tools: ["sh"] }));
    const response = await ask({ ...CHAT, ...TOOLS, stream: true });
    const text = await response.text();
    const got = eventsOf(text);
    expect(response.status).toBe(200);
    expect(text).not.toContain('"sh"');
    expect(text).not.toContain("cmd");
    expect(text).toContain('"search"');
    expect(got.at(-2)).toMatchObject({ choices: [{ index: 0, finish_reason: "content_filter" }] });
    expect(got.at(-1)).toMatchObject({
      error: { code: "output_blocked", policy: "agent-firewall", reason_code: "agent_firewall.blocked_tool" },
    });
    expect(text).not.toContain("[DONE]");
    await recorded(1);
    expect(events[0]).toMatchObject({
      outcome: "output_blocked",
      verdict: "block",
      finish_reasons: ["content_filter"],
    });
    expect(events[0]?.policies.at(-1)).toMatchObject({ verdict: "block", reason_code: "agent_firewall.blocked_tool" });
  });

  test("passes the calls of a stream as they came, also where it reads all of them", async () => {
    const upstream =
      chunkEvent({ role: "assistant", content: null }) +
      piece(0, { name: "pay", arguments: "" }, "c0") +
      piece(0, { arguments: '{"amount"' }) +
      piece(0, { arguments: ":5}" }) +
      chunkEvent({}, "tool_calls") +
      DONE;
    for (const settings of [{ blocked_tools: ["x"] }, { transaction_limits: { max_single_transaction: 5 } }]) {
      const { ask } = gatewayOver({ a: streams(upstream) }, firewall(settings));
      const got = eventsOf(await (await ask({ ...CHAT, stream: true })).text());
      const deltas = got.flatMap((event) => event.choices?.[0]?.delta?.tool_calls ?? []);
      expect(deltas).toEqual([
        { index: 0, id: "c0", type: "function", function: { name: "pay", arguments: "" } },
        { index: 0, function: { arguments: '{"amount"' } },
        { index: 0, function: { arguments: ":5}" } },
      ]);
      expect(got.at(-2)).toMatchObject({ choices: [{ finish_reason: "tool_calls" }] });
      expect(got.at(-1)).toBe("[DONE]");
    }
  });

  test("holds a call for a person: no money leaves, whole or streamed", async () => {
    const limits = firewall({ transaction_limits: { require_approval_above: 100 } });
    const whole = await gatewayOver({ a: answers(calls("pay", '{"amount":101}')) }, limits).run();
    expect(whole.response.status).toBe(409);
    expect(whole.error).toMatchObject({
      code: "escalation_required",
      reason_code: "agent_firewall.approval_required",
      escalation_id: expect.stringMatching(/^esc_/),
    });
    const upstream = byEvent(
      chunkEvent({ content: "ok" }),
      piece(0, { name: "pay", arguments: '{"amount":101}' }, "c"),
      chunkEvent({}, "tool_calls"),
      DONE,
    );
    const { ask, events, recorded } = gatewayOver({ a: upstream }, limits);
    const got = eventsOf(await (await ask({ ...CHAT, stream: true })).text());
    expect(JSON.stringify(got)).not.toContain("101");
    expect(got.slice(-2)).toMatchObject([
      { choices: [{ finish_reason: "content_filter" }] },
      { error: { code: "escalation_required", escalation_id: expect.stringMatching(/^esc_/) } },
    ]);
    await recorded(1);
    expect(events[0]).toMatchObject({ verdict: "escalate", outcome: "escalation_required" });
  });

  test("only looks on in monitor mode", async () => {
    const { run, ask, events, recorded } = gatewayOver(
      {
        a: [
          answers(calls("shell")),
          streams(piece(0, { name: "shell", arguments: "{}" }, "c") + chunkEvent({}, "tool_calls") + DONE),
        ],
      },
      firewall({ blocked_tools: ["shell", "search"] }, "monitor"),
    );
    expect((await run({ ...CHAT, ...TOOLS })).response.status).toBe(200);
    expect(await (await ask({ ...CHAT, stream: true })).text()).toContain('"shell"');
    await recorded(2);
    expect(events[0]?.policies).toMatchObject([
      { phase: "tool", verdict: "block", mode: "monitor", reason_code: "agent_firewall.blocked_tool" },
      { phase: "tool", verdict: "block", mode: "monitor", reason_code: "agent_firewall.blocked_tool" },
    ]);
    expect(events[1]?.policies.at(-1)).toMatchObject({ verdict: "block", mode: "monitor" });
    expect(events.map(({ verdict }) => verdict)).toEqual(["allow", "allow"]);
  });

  test("remembers sessions over a reload, and tells consumers apart", async () => {
    const consumers = [consumer("c"), consumer("d")];
    const { run, reload, gateway } = gatewayOver(
      { a: answers(calls("search")) },
      { ...firewall({ max_actions_per_session: 1 }), consumers },
    );
    const as = (id: string) => run({ ...CHAT, ...TOOLS }, { headers: { ...key(id), "x-session-id": "s" } });
    expect((await as("c")).response.status).toBe(200);
    reload(gateway.config);
    expect((await as("c")).error).toMatchObject({ reason_code: "agent_firewall.session_limit_exceeded" });
    expect((await as("d")).response.status).toBe(200);
  });

  test("knows Mistral's forms", async () => {
    const mistral = { provider: "mistral", provider_type: "mistral" };
    const upstream = `data: ${JSON.stringify({
      id: "x",
      object: "chat.completion.chunk",
      model: "m",
      choices: [
        {
          index: 0,
          delta: {
            role: "assistant",
            content: "",
            tool_calls: [{ id: "abcdefghi", function: { name: "shell", arguments: '{"a": 1}' }, index: 0 }],
          },
          finish_reason: "tool_calls",
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    })}\n\n${DONE}`;
    const over = (settings: object) =>
      gatewayOver(
        { a: streams(upstream) },
        { target: { a: mistral }, env: { MISTRAL_API_KEY: "k" }, ...firewall(settings) },
      );
    const agent = { headers: { "user-agent": "mistral-client-typescript/2.7.0" } };
    const { response, error } = await over({ blocked_tools: ["shell"] }).run({ ...CHAT, stream: true }, agent);
    expect([response.status, error?.["reason_code"]]).toEqual([409, "agent_firewall.blocked_tool"]);
    expect(await (await over({}).ask({ ...CHAT, stream: true }, agent)).text()).toContain('"shell"');
    const builtIn = { ...CHAT, tools: [{ type: "web_search" }], tool_choice: "any" };
    expect((await over({ allowed_tools: ["search"] }).run(builtIn)).error).toMatchObject({
      reason_code: "agent_firewall.tool_not_allowed",
    });
  });

  test("leaves answers without tools alone", async () => {
    const { run } = gatewayOver({ a: says("call the shell") }, firewall({ blocked_tools: ["shell"] }));
    const { response } = await run();
    expect(response.status).toBe(200);
    expect(response.headers.get("x-weir-policy")).toBe("agent-firewall=allow");
  });
});
