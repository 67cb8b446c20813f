import { afterEach, describe, expect, test } from "bun:test";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chunkEvent, DONE, json, rawUpstream, type Script, stream } from "../support/raw-upstream.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function over(script: Script, pii: object = {}) {
  const up = await rawUpstream(script);
  stops.push(up.stop);
  const more = { policies: { chain: ["pii-detector"] }, policy: { "pii-detector": pii } };
  return { up, ...testGateway(configOf([{ id: "a", base_url: up.url }], more)) };
}

const asking = (content: string, more: object = {}) => ({ ...CHAT, messages: [{ role: "user", content }], ...more });
const saying = (content: string) =>
  json({
    id: "x",
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  });

type Delta = Readonly<Record<string, unknown>>;

interface Chunk {
  readonly choices: readonly { readonly index: number; readonly delta: Delta; readonly finish_reason: string | null }[];
}

function chunksOf(text: string): readonly Chunk[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)) as Chunk);
}

function contentOf(text: string): string {
  return chunksOf(text)
    .flatMap(({ choices }) => choices ?? [])
    .map(({ delta }) => delta["content"] ?? "")
    .join("");
}

describe("pii-detector", () => {
  test("takes an address out of the request and out of the answer", async () => {
    const { up, ask, events, recorded } = await over(saying("Write to bob@example.org."));
    const response = await ask(asking("I am jane.doe@example.com, call me."));
    expect(up.requests[0]!.body).toContain("I am [EMAIL_REDACTED], call me.");
    expect(response.headers.get("x-weir-policy")).toBe("pii-detector=redact;2");
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Write to [EMAIL_REDACTED]." } }] });
    await recorded(1);
    expect(events[0]!.policies.map(({ verdict, reason_code }) => [verdict, reason_code])).toEqual([
      ["redact", "pii.redacted"],
      ["redact", "pii.redacted"],
    ]);
    expect(JSON.stringify(events[0])).not.toContain("jane");
  });

  test.each([
    [{}, "Bad input: '[EMAIL_REDACTED]' is too short"],
    [
      { action: "block", apply_to: "output" },
      "The upstream gave a reason that a policy of this gateway does not let pass",
    ],
    [{ apply_to: "input" }, "Bad input: 'bob@example.org' is too short"],
    [{ mode: "monitor" }, "Bad input: 'bob@example.org' is too short"],
  ])("takes out of an upstream's reason what answers may not have: %j", async (settings, message) => {
    const refusal = { error: { message: "Bad input: 'bob@example.org' is too short", code: "too_short" } };
    const { ask, events, recorded } = await over(json(refusal, 400), settings);
    const response = await ask(asking("hi"));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "too_short", message } });
    await recorded(1);
    expect(events[0]!).toMatchObject({ outcome: "upstream_rejected", verdict: "allow" });
  });

  test("an upstream's reason has the caller's own values, where it was given placeholders", async () => {
    const refusal = { error: { message: "Who is ⟦EMAIL:1⟧, and who bob@example.org?" } };
    const { ask } = await over(json(refusal, 422), { action: "tokenize" });
    const response = await ask(asking("I am jane@example.com"));
    expect(await response.json()).toMatchObject({
      error: { message: "Who is jane@example.com, and who [EMAIL_REDACTED]?" },
    });
  });

  test("takes it out of an error event in the midst of a stream, too", async () => {
    const cut = { error: { message: "upstream lost bob@example.org", type: "server_error", code: 500 } };
    const { ask } = await over(stream(chunkEvent({ content: "Hello there" }), `data: ${JSON.stringify(cut)}\n\n`));
    const text = await (await ask(asking("hi", { stream: true }))).text();
    expect(text).toContain("upstream lost [EMAIL_REDACTED]");
    expect(text).not.toContain("bob@");
  });

  test("makes a request shorter: the estimate of what it used is the same for the client and the ledger", async () => {
    const { ask, events, recorded } = await over(stream(chunkEvent({ content: "yes" }), chunkEvent({}, "stop"), DONE));
    const long = "I am jane.doe.of.the.old.house.by.the.river@the-company-with-the-long-name.example.com. ".repeat(20);
    const response = await ask(asking(long, { stream: true, stream_options: { include_usage: true } }));
    const text = await response.text();
    const told = Number(/"prompt_tokens":(\d+)/.exec(text)![1]);
    await recorded(1);
    expect(events[0]!.usage).toMatchObject({ prompt_tokens: told, basis: "estimated" });
    expect(told).toBeLessThan(long.length / 8);
  });

  test("says at the end of a stream what its headers could not say yet", async () => {
    const mails = (to: string) => [chunkEvent({ role: "assistant", content: "Mail " }), chunkEvent({ content: to })];
    const more = { x_weir_policy: "mine", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    const { ask } = await over(stream(...mails("bob@example.org."), chunkEvent({}, "stop", more), DONE));
    const body = asking("I am ann@example.com.", { stream: true, stream_options: { include_usage: true } });
    const [first, ...rest] = chunksOf(await (await ask(body)).text()).toReversed();
    const said = "pii-detector=redact;2";
    expect([first, rest[0]]).toEqual([
      expect.objectContaining({ choices: [], x_weir_policy: said }),
      expect.objectContaining({ x_weir_policy: said }),
    ]);
    expect(rest[0]!.choices[0]!.finish_reason).toBe("stop");
    expect(JSON.stringify(rest.slice(1))).not.toContain("x_weir_policy");
  });

  test("takes one out of a stream that cuts it anywhere", async () => {
    const { ask, events, recorded } = await over(
      stream(
        chunkEvent({ role: "assistant", content: "" }),
        ...["Wri", "te t", "o bo", "b@", "exam", "ple.or", "g now", ". B", "ye"].map((content) =>
          chunkEvent({ content }),
        ),
        chunkEvent({}, "stop"),
        DONE,
      ),
    );
    const text = await (await ask(asking("hi", { stream: true }))).text();
    expect(contentOf(text)).toBe("Write to [EMAIL_REDACTED] now. Bye");
    expect(text.endsWith(DONE)).toBe(true);
    const finish = chunksOf(text).findIndex(({ choices }) => choices[0]?.finish_reason === "stop");
    expect(finish).toBe(chunksOf(text).length - 1);
    await recorded(1);
    expect(events[0]!.policies.at(-1)).toMatchObject({ verdict: "redact", findings: 1, reasons: ["EMAIL"] });
  });

  test("block: refuses the request, the answer and the stream", async () => {
    const blocked = { error: { type: "policy_violation", policy: "pii-detector", reason_code: "pii.blocked" } };
    const asked = await over(saying("hi"), { action: "block" });
    const refused = await asked.ask(asking("I am jane@example.com"));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject(blocked);
    expect(asked.up.requests.length).toBe(0);

    const answered = await over(saying("bob@example.org"), { action: "block" });
    const withheld = await answered.ask(asking("hi"));
    expect(withheld.status).toBe(409);
    expect(await withheld.json()).toMatchObject({ error: { ...blocked.error, code: "output_blocked" } });

    const early = stream(chunkEvent({ content: "bob@example.org is it" }), chunkEvent({}, "stop"), DONE);
    const unpromised = await (await over(early, { action: "block" })).ask(asking("hi", { stream: true }));
    expect(unpromised.status).toBe(409);

    const begun = Promise.withResolvers<void>();
    const streamed = await over(
      async (wire) => {
        await wire.streamHead();
        await wire.chunk(chunkEvent({ content: "ok, bob" }));
        await begun.promise;
        for (const content of ["@example", ".org is", " it"]) await wire.chunk(chunkEvent({ content }));
        await wire.end();
      },
      { action: "block" },
    );
    const response = await streamed.ask(asking("hi", { stream: true }));
    begun.resolve();
    const text = await response.text();
    expect(contentOf(text)).toBe("ok, ");
    expect(text).toContain('"finish_reason":"content_filter"');
    expect(text).toContain('"reason_code":"pii.blocked"');
    expect(text).not.toContain("[DONE]");
  });

  test("tokenize: the model sees a placeholder, the user the value", async () => {
    const { up, ask } = await over(saying("Dear ⟦EMAIL:1⟧, ⟦EMAIL:2⟧ is not you; ⟦TEXT:3⟧ and ⟦EMAIL:9⟧."), {
      action: "tokenize",
    });
    const response = await ask(asking("I am a@example.com, not b@example.com. a@example.com! ⟦EMAIL:2⟧"));
    expect(JSON.parse(up.requests[0]!.body).messages[0].content).toBe(
      "I am ⟦EMAIL:1⟧, not ⟦EMAIL:2⟧. ⟦EMAIL:1⟧! ⟦TEXT:3⟧",
    );
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: "Dear a@example.com, b@example.com is not you; ⟦EMAIL:2⟧ and ⟦EMAIL:9⟧." } }],
    });
  });

  test("tokenize: gives the value back in streams, tool arguments and all choices", async () => {
    const call = (fragment: string) => chunkEvent({ tool_calls: [{ index: 0, function: { arguments: fragment } }] });
    const other = (content: string) => chunkEvent({ content }).replace('"index":0', '"index":1');
    const { ask } = await over(
      stream(
        chunkEvent({ content: "To ⟦EM" }),
        other("Or ⟦"),
        chunkEvent({ content: "AIL:1⟧" }),
        other("EMAIL:1⟧!"),
        call('{"to":"⟦EMA'),
        call('IL:1⟧","say":"\\u00e9\\"'),
        call(' ⟦TEXT:2⟧"}'),
        chunkEvent({}, "tool_calls"),
        other("").replace('"finish_reason":null', '"finish_reason":"stop"'),
        DONE,
      ),
      { action: "tokenize" },
    );
    const text = await (await ask(asking("me@example.com ⟦A:1⟧", { stream: true, n: 2 }))).text();
    const choices = chunksOf(text).flatMap((chunk) => chunk.choices);
    const said = (index: number) =>
      choices.flatMap((choice) => (choice.index === index ? [choice.delta["content"] ?? ""] : [])).join("");
    expect(said(0)).toBe("To me@example.com");
    expect(said(1)).toBe("Or me@example.com!");
    const fragments = choices.flatMap(({ delta }) => {
      const calls = delta["tool_calls"] as readonly { function: { arguments: string } }[] | undefined;
      return calls?.map((each) => each.function.arguments) ?? [];
    });
    expect(fragments.join("")).toBe('{"to":"me@example.com","say":"\\u00e9\\" ⟦A:1⟧"}');
  });

  test("gives what it held before the error of a stream that breaks off, and never the value", async () => {
    const events = ["I am bob", "@example.org", " and al"].map((content) => chunkEvent({ content }));
    const { ask } = await over(stream(...events));
    const text = await (await ask(asking("hi", { stream: true }))).text();
    expect(contentOf(text)).toBe("I am [EMAIL_REDACTED] and al");
    expect(text).toContain('"code":"upstream_cut"');
    expect(text).not.toContain("bob");
  });

  test("drops chunks it has emptied, keeps ids, roles, calls and the finish", async () => {
    const call = { index: 0, id: "call_1", type: "function", function: { name: "mail", arguments: "" } };
    const args = (fragment: string) => ({ tool_calls: [{ index: 0, function: { arguments: fragment } }] });
    const { ask } = await over(
      stream(
        chunkEvent({ role: "assistant", content: "" }),
        chunkEvent({ content: "bob" }, null, { logprobs: null }),
        chunkEvent({ content: " now" }),
        chunkEvent({ tool_calls: [call] }),
        chunkEvent(args('{"to": "bo')),
        chunkEvent(args("b@example")),
        chunkEvent(args('.org", "n": 4111111111111111, "k": 7}')),
        chunkEvent({}, "tool_calls"),
        DONE,
      ),
    );
    const text = await (await ask(asking("hi", { stream: true }))).text();
    const deltas = chunksOf(text).map(({ choices }) => choices[0]!.delta);
    expect(deltas).toEqual([
      { role: "assistant", content: "" },
      { content: "bob " },
      { content: "now" },
      { tool_calls: [call] },
      args('{"to": "'),
      args('[EMAIL_REDACTED]", "n": "[CREDIT_CARD_REDACTED]", "k": 7}'),
      {},
    ]);
  });

  test("reads every kind of text of a stream on its own: thinking, refusals, other choices, legacy completions", async () => {
    const pieces = ["bob", "@exam", "ple.org"];
    const thinking = (text: string) => ({ content: [{ type: "thinking", thinking: [{ type: "text", text }] }] });
    const kinds: readonly (readonly [(piece: string) => object, (piece: string) => object])[] = [
      [(reasoning_content) => ({ reasoning_content }), (reasoning_content) => ({ reasoning_content })],
      [(refusal) => ({ refusal }), (refusal) => ({ refusal })],
      [thinking, (reasoning_content) => ({ reasoning_content })],
      [(text) => ({ content: [{ type: "text", text }] }), (content) => ({ content })],
    ];
    for (const [kind, given] of kinds) {
      const { ask } = await over(
        stream(...pieces.map((piece) => chunkEvent(kind(piece))), chunkEvent({}, "stop"), DONE),
      );
      const text = await (await ask(asking("hi", { stream: true }))).text();
      const deltas = chunksOf(text).map(({ choices }) => choices[0]!.delta);
      expect(deltas).toEqual([given("[EMAIL_REDACTED]") as Delta, {}]);
    }
  });
});
