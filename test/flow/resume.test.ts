import { describe, expect, test } from "bun:test";
import { makeKey, ReceiptChain, readKey } from "../../src/carbon/sign.ts";
import { verifyCommitments } from "../../src/carbon/verify.ts";
import type { UnsignedReceipt } from "../../src/schema/receipt.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chunkEvent, DONE, rawUpstream, type Script } from "../support/raw-upstream.ts";
import { reassemble } from "../support/replay.ts";

const WORDS = ["The", " weir", " holds", " water", " back", ",", " ha", "ha", ".", " 🌊", ""];
const TEXT = WORDS.join("");
const STREAM = { ...CHAT, stream: true };
const ENV = { MISTRAL_API_KEY: "k" };

const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };
const event = (words: string, finish: string | null, id: string): string =>
  chunkEvent(finish === null ? { content: words } : { content: "" }, finish, {
    id,
    ...(finish === null ? {} : { usage }),
  });

/** Sends the first words, waits until the client has them, then breaks the connection. */
function cutAfter(words: number, read: Promise<void>): Script {
  return async (wire) => {
    await wire.streamHead();
    await wire.chunk(chunkEvent({ role: "assistant", content: "" }, null, { id: "first" }));
    await wire.chunk(
      WORDS.slice(0, words)
        .map((word) => event(word, null, "first"))
        .join(""),
    );
    await read;
    wire.socket.destroy();
  };
}

/** Goes on with the prefix it was given: with an echo of it as Mistral does, or without. */
function continues(echo: boolean): Script {
  return async (wire) => {
    const last = JSON.parse(wire.request.body).messages.at(-1);
    if (last.prefix !== true || !TEXT.startsWith(last.content)) throw new Error("not a prefix of the answer");
    const rest = echo ? TEXT : TEXT.slice(last.content.length);
    await wire.streamHead();
    await wire.chunk(chunkEvent({ role: "assistant", content: "" }, null, { id: "second" }));
    for (const piece of rest.match(/[\s\S]{1,3}/gu) ?? []) await wire.chunk(event(piece, null, "second"));
    await wire.chunk(event("", "stop", "second") + DONE);
    await wire.end();
  };
}

async function readAll(response: Response, afterFirst: () => void): Promise<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    afterFirst();
  }
}

interface Broken {
  readonly mode?: string;
  readonly provider?: string;
  readonly asked?: object;
}

async function broken(words: number, second: Script, more: Broken = {}) {
  const read = Promise.withResolvers<void>();
  using up = await rawUpstream(cutAfter(words, read.promise), second);
  const fallback = { stream_resume: more.mode ?? "prefix" };
  const target = { id: "a", provider: more.provider ?? "mistral", base_url: up.url };
  const gateway = testGateway(configOf([target], { providers: { fallback } }), { env: ENV });
  const response = await gateway.ask({ ...STREAM, ...more.asked });
  return { text: await readAll(response, read.resolve), up, ...gateway };
}

describe("a stream that breaks off", () => {
  for (const echo of [true, false]) {
    test(`goes on with nothing lost and nothing doubled, cut anywhere (${echo ? "prefix given back" : "only the rest"})`, async () => {
      for (let words = 1; words < WORDS.length; words++) {
        const { text, events, recorded } = await broken(words, continues(echo));
        const seen = reassemble(text);
        expect([words, seen.choices[0]?.text, seen.choices[0]?.finishes]).toEqual([words, TEXT, ["stop"]]);
        expect(seen.done).toBe(true);
        expect(text).not.toContain('"second"');
        expect(text.match(/"role"/g)?.length).toBe(1);
        await recorded(1);
        expect(events.length).toBe(1);
        expect(events[0]?.attempts.map(({ outcome }) => outcome)).toEqual(["upstream_cut", "ok"]);
        expect(events[0]).toMatchObject({ outcome: "ok", usage: { basis: "estimated" } });
        expect(events[0]!.usage.prompt_tokens!).toBeGreaterThan(10);
      }
    });
  }

  test("is asked afresh with realign, and goes on only when the answer begins the same", async () => {
    const again: Script = async (wire) => {
      await wire.streamHead();
      for (const word of WORDS) await wire.chunk(event(word, null, "second"));
      await wire.chunk(event("", "stop", "second") + DONE);
      await wire.end();
    };
    const same = await broken(3, again, { mode: "realign", provider: "openai-compatible" });
    expect(reassemble(same.text).choices[0]?.text).toBe(TEXT);
    const other: Script = async (wire) => {
      await wire.streamHead();
      await wire.chunk(event("Something else", null, "second") + event("", "stop", "second") + DONE);
      await wire.end();
    };
    const different = await broken(3, other, { mode: "realign", provider: "openai-compatible" });
    expect(different.text).not.toContain("Something else");
    expect(different.text).not.toContain("[DONE]");
    expect(reassemble(different.text).error).toMatchObject({ code: "upstream_cut" });
  });

  test("ends with the first failure where nobody can go on, and is not resumed when that is off", async () => {
    for (const mode of ["off", "prefix"]) {
      const { text, up, events, recorded } = await broken(2, (wire) => void wire.socket.destroy(), { mode });
      expect(text).not.toContain("[DONE]");
      expect(reassemble(text).error).toMatchObject({ code: "upstream_cut" });
      await recorded(1);
      expect(events[0]?.outcome).toBe("upstream_cut");
      if (mode === "off") expect(up.requests.length).toBe(1);
    }
  });

  test("of more text than size_limits allows ends with an error, and nobody goes on with it", async () => {
    const asked = async (limit: number) => {
      const read = Promise.withResolvers<void>();
      const first: Script = async (wire) => {
        const [head, ...rest] = WORDS.map((word) => event(word, null, "first"));
        await wire.streamHead();
        await wire.chunk(head!);
        await read.promise;
        await wire.chunk(rest.join("") + event("", "stop", "first") + DONE);
        await wire.end();
      };
      using up = await rawUpstream(first, continues(true));
      const target = { id: "a", provider: "mistral", base_url: up.url };
      const config = configOf([target], { size_limits: { max_response_bytes: limit } });
      const gateway = testGateway(config, { env: ENV });
      const seen = reassemble(await readAll(await gateway.ask(STREAM), read.resolve));
      await gateway.recorded(1);
      return { seen, said: seen.choices[0]?.text, calls: up.requests.length, outcome: gateway.events[0]?.outcome };
    };
    const bytes = Buffer.byteLength(TEXT);
    expect(await asked(bytes)).toMatchObject({ said: TEXT, calls: 1, outcome: "ok" });
    const over = await asked(bytes - 1);
    expect(over).toMatchObject({ said: WORDS.slice(0, -2).join(""), calls: 1, outcome: "upstream_invalid_answer" });
    expect(over.seen.done).toBe(false);
    expect(over.seen.error).toMatchObject({ code: "upstream_invalid_answer" });
  });

  test("goes on behind the caller's own prefix, whether it is given back or not", async () => {
    const own = "The weir";
    for (const echo of [true, false]) {
      for (const words of [1, 2, 3, 5]) {
        const read = Promise.withResolvers<void>();
        // what the first upstream has said of the text, and what a client gets of it in the end
        const said = WORDS.slice(echo ? 0 : 2, echo ? words : words + 2).join("");
        const whole = echo ? TEXT : TEXT.slice(own.length);
        const first: Script = async (wire) => {
          await wire.streamHead();
          await wire.chunk(event(said, null, "first"));
          await read.promise;
          wire.socket.destroy();
        };
        using up = await rawUpstream(first, continues(echo));
        const gateway = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }]), { env: ENV });
        const messages = [...CHAT.messages, { role: "assistant", content: own, prefix: true }];
        const text = await readAll(await gateway.ask({ ...STREAM, messages }), read.resolve);
        expect([echo, words, reassemble(text).choices[0]?.text]).toEqual([echo, words, whole]);
        const sent = JSON.parse(up.requests[1]!.body).messages;
        expect(sent.length).toBe(messages.length);
        expect(sent.at(-1)).toEqual({
          role: "assistant",
          content: echo && words < 2 ? own : (echo ? "" : own) + said,
          prefix: true,
        });
      }
    }
  });

  test.each(["redact", "tokenize"])(
    "tells whoever goes on no more than the client was told: %s",
    async (action) => {
      const value = "jane.marked@example.com";
      const said = `Write to ⟦EMAIL:1⟧ and ${value} now. `;
      const asks = [{ role: "user", content: "Whom do I write to? I am joe.marked@example.org" }];
      const told = said.replace(value, "[EMAIL_REDACTED]");
      const whole = action === "redact" ? told : told.replace("⟦EMAIL:1⟧", "joe.marked@example.org");
      const at = said.indexOf(value);
      for (const cut of [1, at, at + 6, at + value.length, said.length]) {
        const read = Promise.withResolvers<void>();
        const first: Script = async (wire) => {
          await wire.streamHead();
          await wire.chunk(event("So. ", null, "first") + event(said.slice(0, cut), null, "first"));
          await read.promise;
          wire.socket.destroy();
        };
        const second: Script = async (wire) => {
          await wire.streamHead();
          await wire.chunk(event(said.slice(cut), null, "second") + event("", "stop", "second") + DONE);
          await wire.end();
        };
        using up = await rawUpstream(first, second);
        const target = { id: "a", provider: "mistral", base_url: up.url };
        const policies = { policies: { chain: ["pii-detector"] }, policy: { "pii-detector": { action } } };
        const gateway = testGateway(configOf([target], policies), { env: ENV });
        const text = await readAll(await gateway.ask({ ...STREAM, messages: asks }), read.resolve);
        expect([action, cut, reassemble(text).choices[0]?.text]).toEqual([action, cut, `So. ${whole}`]);
        const sent = JSON.parse(up.requests[1]!.body).messages.at(-1);
        expect(sent.prefix).toBe(true);
        expect(sent.content.startsWith("So. ")).toBe(true);
        expect(sent.content).not.toContain(value);
        expect(sent.content).not.toContain("joe.marked");
        if (cut === said.length) expect(sent.content).toBe(`So. ${told}`);
      }
      // the first text of a process takes its time on a busy machine
    },
    60_000,
  );

  test("does not go on where its words hold what a policy blocks", async () => {
    const read = Promise.withResolvers<void>();
    using up = await rawUpstream(async (wire) => {
      await wire.streamHead();
      // held, since it might go on as another word
      await wire.chunk(event("The name is ", null, "first") + event("bluebird", null, "first"));
      await read.promise;
      wire.socket.destroy();
    }, continues(false));
    const dlp = { action: "block", blocked_terms: ["bluebird"] };
    const policies = { policies: { chain: ["dlp-filter"] }, policy: { "dlp-filter": dlp } };
    const gateway = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }], policies), { env: ENV });
    const text = await readAll(await gateway.ask(STREAM), read.resolve);
    expect(text).not.toContain("bluebird");
    expect(reassemble(text).error).not.toBeNull();
    expect(up.requests.length).toBe(1);
  });

  test("adds up what all its parts used, also where none of them says so", async () => {
    const reads = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const part = (from: number, to: number, then: Promise<void> | null): Script => {
      return async (wire) => {
        await wire.streamHead();
        for (const word of WORDS.slice(from, to)) await wire.chunk(chunkEvent({ content: word }));
        if (then === null) {
          await wire.chunk(chunkEvent({}, "stop") + DONE);
          return wire.end();
        }
        await then;
        wire.socket.destroy();
      };
    };
    using up = await rawUpstream(part(0, 3, reads[0]!.promise), part(3, 5, reads[1]!.promise), part(5, 11, null));
    const gateway = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }]), { env: ENV });
    const body = { ...STREAM, stream_options: { include_usage: true } };
    let seen = "";
    const reader = (await gateway.ask(body)).body!.getReader();
    const decoder = new TextDecoder();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      seen += decoder.decode(read.value, { stream: true });
      for (const [at, word] of ["holds", "back"].entries()) if (seen.includes(word)) reads[at]!.resolve();
    }
    expect(reassemble(seen).choices[0]?.text).toBe(TEXT);
    await gateway.recorded(1);
    const [event] = gateway.events;
    expect(event!.attempts.map(({ outcome }) => outcome)).toEqual(["upstream_cut", "upstream_cut", "ok"]);
    for (const key of ["prompt_tokens", "completion_tokens"] as const) {
      const sum = event!.attempts.reduce((all, { usage: own }) => all + own[key]!, 0);
      expect(event!.usage[key]).toBe(sum);
      expect((reassemble(seen).usage as Record<string, number>)[key]).toBe(sum);
    }
    expect(event!.usage.basis).toBe("estimated");
  });

  test("counts no part twice where it breaks off a second time and nobody goes on", async () => {
    const reads = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const saying = (word: string, then: Promise<void>): Script => {
      return async (wire) => {
        await wire.streamHead();
        await wire.chunk(chunkEvent({ content: word }));
        await then;
        wire.socket.destroy();
      };
    };
    using up = await rawUpstream(saying("one", reads[0]!.promise), saying("two", reads[1]!.promise), (wire) => {
      wire.socket.destroy();
    });
    const gateway = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }]), { env: ENV });
    const reader = (await gateway.ask(STREAM)).body!.getReader();
    let seen = "";
    const decoder = new TextDecoder();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      seen += decoder.decode(read.value, { stream: true });
      if (seen.includes("one")) reads[0]!.resolve();
      if (seen.includes("two")) reads[1]!.resolve();
    }
    expect(reassemble(seen)).toMatchObject({ error: { code: "upstream_cut" }, done: false });
    await gateway.recorded(1);
    const [event] = gateway.events;
    const parts = event!.attempts.slice(0, 2);
    expect(event!.usage.prompt_tokens).toBe(parts.reduce((all, { usage: own }) => all + own.prompt_tokens!, 0));
    expect(event!.usage.completion_tokens).toBe(2);
  });

  test("does not count as delivered what a further attempt said that failed before it was heard", async () => {
    for (const mode of ["prefix", "realign"]) {
      const read = Promise.withResolvers<void>();
      const failsAtOnce: Script = async (wire) => {
        await wire.streamHead();
        const words = WORDS.slice(mode === "prefix" ? 3 : 0, 6).map((word) => event(word, null, "second"));
        await wire.chunk(`${words.join("")}data: {"error":{"message":"no","type":"server_error"}}\n\n`);
        await wire.end();
      };
      const again: Script = async (wire) => {
        if (mode === "prefix") return continues(true)(wire);
        await wire.streamHead();
        for (const word of WORDS) await wire.chunk(event(word, null, "third"));
        await wire.chunk(event("", "stop", "third") + DONE);
        await wire.end();
      };
      using up = await rawUpstream(cutAfter(3, read.promise), failsAtOnce, again);
      const provider = mode === "prefix" ? "mistral" : "openai-compatible";
      const targets = ["a", "b"].map((id) => ({ id, provider, base_url: up.url }));
      const config = configOf(targets, { providers: { fallback: { stream_resume: mode } } });
      const { ask } = testGateway(config, { env: ENV });
      const seen = reassemble(await readAll(await ask(STREAM), read.resolve));
      expect([mode, seen.choices[0]?.text, seen.done]).toEqual([mode, TEXT, true]);
    }
  });

  test("keeps its policies and what its receipt is committed to where a further attempt fails as it opens", async () => {
    const failures: Record<string, Script> = {
      "before anything": (wire) => wire.streamHead().then(() => void wire.socket.destroy()),
      "after a role": async (wire) => {
        await wire.streamHead();
        await wire.chunk(chunkEvent({ role: "assistant", content: "" }));
        wire.socket.destroy();
      },
      "with words": async (wire) => {
        await wire.streamHead();
        await wire.chunk(
          `${event(WORDS[3]!, null, "second")}data: {"error":{"message":"no","type":"server_error"}}\n\n`,
        );
        await wire.end();
      },
    };
    for (const [where, failure] of Object.entries(failures))
      for (const chain of [[], ["dlp-filter"]]) {
        const read = Promise.withResolvers<void>();
        using up = await rawUpstream(cutAfter(3, read.promise), failure, continues(true));
        const target = { provider: "mistral", base_url: up.url, region: "scaleway-par-1" };
        const config = configOf(
          ["a", "b", "c"].map((id) => ({ id, ...target })),
          { policies: { chain }, policy: { "dlp-filter": { blocked_terms: ["the secret plan"] } } },
        );
        const signing = new ReceiptChain(readKey(makeKey()), "chain", null);
        const receipts = { seal: (made: UnsignedReceipt) => signing.seal(made), keep: () => {} };
        const { ask } = testGateway(config, { env: ENV, receipts });
        const text = await readAll(await ask(STREAM), read.resolve);
        const seen = reassemble(text);
        expect([where, chain, seen.choices[0]?.text, seen.done]).toEqual([where, chain, TEXT, true]);
        const finish = text.split("\n").find((line) => line.includes('"vetted"'))!;
        const block = JSON.parse(finish.slice("data: ".length)).vetted;
        const choices = [{ content: TEXT, toolCalls: [] }];
        expect([where, chain, (await verifyCommitments(block, { choices })).status]).toEqual([where, chain, "ok"]);
      }
  });

  test("ends with a policy's refusal where the part that goes on is refused", async () => {
    const read = Promise.withResolvers<void>();
    const secret: Script = async (wire) => {
      await wire.streamHead();
      await wire.chunk(event(" the secret plan and more of it, to be sure ", null, "second"));
      await wire.chunk(event("", "stop", "second") + DONE);
      await wire.end();
    };
    using up = await rawUpstream(cutAfter(3, read.promise), secret, continues(true));
    const policy = { "dlp-filter": { blocked_terms: ["secret plan"], action: "block" } };
    const config = configOf(
      ["a", "b", "c"].map((id) => ({ id, provider: "mistral", base_url: up.url })),
      { policies: { chain: ["dlp-filter"] }, policy },
    );
    const text = await readAll(await testGateway(config, { env: ENV }).ask(STREAM), read.resolve);
    expect(reassemble(text)).toMatchObject({ error: { code: "output_blocked" }, done: false });
    expect(up.requests.length).toBe(2);
  });

  test("goes on where nobody has failed it yet before one is asked that has", async () => {
    const read = Promise.withResolvers<void>();
    const refuses: Script = (wire) => void wire.socket.destroy();
    const cutAgain: Script = async (wire) => {
      await wire.streamHead();
      await wire.chunk(event(WORDS[2]!, null, "second"));
      wire.socket.destroy();
    };
    using a = await rawUpstream(refuses);
    using b = await rawUpstream(cutAfter(2, read.promise));
    using c = await rawUpstream(cutAgain);
    using d = await rawUpstream(continues(false));
    const ups = Object.entries({ a, b, c, d });
    const targets = ups.map(([id, { url }]) => ({ id, provider: "mistral", base_url: url }));
    const providers = { retry: { max_attempts: 1 }, fallback: { max_fallback_attempts: 2 } };
    const { ask, events, recorded } = testGateway(configOf(targets, { providers }), { env: ENV });
    const seen = reassemble(await readAll(await ask(STREAM), read.resolve));
    expect([seen.choices[0]?.text, seen.done]).toEqual([TEXT, true]);
    await recorded(1);
    expect(events[0]?.attempts.map(({ target }) => target)).toEqual(["a", "b", "c", "d"]);
  });

  test.each([
    [{ type: "json_object" }, false],
    [{ type: "json_schema", json_schema: { name: "a", schema: {} } }, false],
    [{ type: "text" }, true],
    [{}, true],
    [null, true],
  ])("of a %j is resumed: %p", async (format, resumed) => {
    const { text, up } = await broken(3, continues(true), { asked: { response_format: format } });
    expect([up.requests.length, reassemble(text).error === null]).toEqual([resumed ? 2 : 1, resumed]);
  });

  test("goes on at a simulated target, so that it can be watched without a key", async () => {
    const settings = { provider: "simulated", model: "demo", tokens_per_second: 100_000 };
    const targets = [
      { id: "a", ...settings, faults: { cut_after_tokens: 9 } },
      { id: "b", ...settings },
    ];
    const { ask, events, recorded } = testGateway(configOf(targets, {}));
    const cut = reassemble(await (await ask({ ...STREAM, model: "a" })).text());
    const alone = reassemble(await (await ask({ ...STREAM, model: "b" })).text());
    expect([cut.choices[0]?.text, cut.done]).toEqual([alone.choices[0]!.text, true]);
    await recorded(2);
    expect(events[0]?.attempts.map(({ target, outcome }) => [target, outcome])).toEqual([
      ["a", "upstream_cut"],
      ["b", "ok"],
    ]);
  });

  test("inside a tool call is not resumed", async () => {
    const read = Promise.withResolvers<void>();
    using up = await rawUpstream(async (wire) => {
      await wire.streamHead();
      const call = { index: 0, id: "abcdefghi", type: "function", function: { name: "f", arguments: '{"a' } };
      await wire.chunk(chunkEvent({ content: "Let me look" }) + chunkEvent({ tool_calls: [call] }));
      await read.promise;
      wire.socket.destroy();
    });
    const { ask } = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }]), { env: ENV });
    const text = await readAll(await ask(STREAM), read.resolve);
    expect(reassemble(text).error).not.toBeNull();
    expect(up.requests.length).toBe(1);
  });

  test("is cancelled at the second upstream too when the client goes", async () => {
    const gone = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    const second: Script = async (wire) => {
      await wire.streamHead();
      await wire.chunk(event(" more", null, "second"));
      await wire.closed;
      gone.resolve();
    };
    using up = await rawUpstream(cutAfter(2, read.promise), second);
    const { ask, events, recorded } = testGateway(configOf([{ id: "a", provider: "mistral", base_url: up.url }]), {
      env: ENV,
    });
    const reader = (await ask(STREAM)).body!.getReader();
    const decoder = new TextDecoder();
    for (let text = ""; !text.includes(" more"); ) {
      text += decoder.decode((await reader.read()).value, { stream: true });
      read.resolve();
    }
    await reader.cancel();
    await gone.promise;
    await recorded(1);
    expect(events[0]?.outcome).toBe("cancelled");
  });
});
