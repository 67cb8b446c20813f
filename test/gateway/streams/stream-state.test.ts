import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ComposedTransform } from "../../../src/gateway/chain/chain-api.ts";
import type { StreamRules } from "../../../src/gateway/streams/stream-rules.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { providers } from "../../../src/providers/index.ts";
import type { ChatCompletionChunk } from "../../../src/schema/chat.ts";
import { assembled, DONE, event, feeder, piece, USAGE, USAGE_EVENT } from "./streams.ts";

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : String(thrown);
  }
  return "nothing thrown";
};

/** Everything a client was told of usage. */
const usagesIn = (events: readonly unknown[]): unknown[] =>
  events.filter((value) => value !== "[DONE]" && Object.hasOwn(value as object, "usage"));

describe("a stream that ends well", () => {
  test("gives usage that came alone, as Cloudflare sends it, the likeness of a chunk", () => {
    const { feed, events } = feeder({ includeUsage: true });
    feed(piece(0, "a"), piece(0, null, "stop"), event({ response: "", usage: USAGE }), DONE);
    const { id, object, created, model } = events()[0] as Record<string, unknown>;
    expect(events().at(-2)).toMatchObject({ id, object, created, model, choices: [], usage: USAGE });
  });

  test("leaves every event before the finish as the bytes that came", () => {
    const odd = 'data:{"choices":[{"index":0,"delta":{"content":"x"}}],"big":12345678901234567890, "n":1.0}\n\n';
    const { feed, text } = feeder();
    feed(piece(0, ""), odd);
    expect(text()).toBe(piece(0, "") + odd);
  });

  test("has what rides on its last finish where fewer choices come than were asked for", () => {
    const { feed, events, text } = feeder({ choices: 2, riders: () => ({ vetted: '"here"' }) });
    feed(piece(0, "a"), piece(0, null, "stop"));
    expect(text()).toBe(piece(0, "a"));
    feed(DONE);
    expect(events().slice(1)).toEqual([expect.objectContaining({ vetted: "here" }), "[DONE]"]);
    const both = feeder({ choices: 2, riders: () => ({ vetted: '"here"' }) });
    both.feed(piece(0, "a"), piece(0, null, "stop"), piece(1, "b"));
    expect(both.text()).toBe(piece(0, "a") + piece(0, null, "stop") + piece(1, "b"));
    both.feed(piece(1, null, "stop"), DONE);
    expect(both.events().filter((value) => Object.hasOwn(value as object, "vetted"))).toHaveLength(1);
  });

  test("gives a finish that waited where the stream breaks off behind it", () => {
    const { feed, text, state, out } = feeder({ choices: 2 });
    feed(piece(0, "a"), piece(0, null, "stop"));
    state.giveHeld(out);
    expect(text()).toBe(piece(0, "a") + piece(0, null, "stop"));
  });

  test("holds the finish until usage is known, and takes out the usage nobody asked for", () => {
    const { feed, text, state } = feeder();
    feed(piece(0, "a"), piece(0, null, "stop"));
    expect([text(), state.holding, state.complete]).toEqual([piece(0, "a"), true, false]);
    feed(USAGE_EVENT);
    expect(text()).toBe(piece(0, "a") + piece(0, null, "stop") + DONE);
    expect([state.complete, state.holding, state.usage]).toEqual([true, false, USAGE]);
  });

  test.each<[string, Partial<StreamRules>, string, boolean]>([
    ["that nobody asked for is taken out", {}, piece(0, null, "stop", { usage: USAGE }), false],
    ["that came by itself stays", { keepUsage: true }, piece(0, null, "stop", { usage: USAGE }), true],
    ["that is null is taken out", { noUsage: true }, piece(0, null, "stop", { usage: null }), false],
  ])("usage on the finish event %s, and ends the wait at once", (_name, rules, finish, stays) => {
    const { feed, events, state } = feeder(rules);
    feed(piece(0, "a"), finish);
    expect(state.complete).toBe(true);
    expect(usagesIn(events())).toHaveLength(stays ? 1 : 0);
    expect(events().at(-1)).toBe("[DONE]");
  });

  test.each([[false], [true]])(
    "with a usage event asked for, gives it once, behind the finish (by itself: %p)",
    (keepUsage) => {
      for (const sent of [
        [piece(0, null, "stop"), USAGE_EVENT, DONE],
        [piece(0, null, "stop", { usage: USAGE }), DONE],
        [piece(0, null, "stop", { usage: USAGE }), USAGE_EVENT, DONE],
        [piece(0, null, "stop"), piece(0, "", null, { usage: USAGE }), DONE],
      ]) {
        const { feed, events } = feeder({ includeUsage: true, keepUsage });
        feed(piece(0, "a"), ...sent);
        expect(usagesIn(events())).toEqual([events().at(-2)!]);
        expect(events().at(-2)).toMatchObject({ id: "c1", model: "m", choices: [], usage: USAGE });
        expect(events()).toHaveLength(4);
      }
    },
  );

  test("estimates usage where none came, and says so", () => {
    const { feed, events } = feeder({ includeUsage: true, promptBytes: () => 40 });
    feed(piece(0, "12345678"), piece(0, null, "stop"), DONE);
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, estimated: true };
    expect(events().at(-2)).toMatchObject({ choices: [], usage });
  });

  test("counts what was thought and asked of tools for the estimate", () => {
    const { feed, state } = feeder();
    const call = { index: 0, id: "t", type: "function", function: { name: "ab", arguments: "cde" } };
    feed(event({ choices: [{ index: 0, delta: { content: "", reasoning_content: "1234" }, finish_reason: null }] }));
    feed(event({ choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] }));
    expect(state.bytes).toBe(9);
  });

  test.each<[string, Partial<StreamRules>, boolean]>([
    ["that nobody asked for is taken out of each", {}, false],
    ["that came by itself stays", { keepUsage: true }, true],
    ["that was asked for stays", { includeUsage: true }, true],
  ])("usage on every event %s, and the last is counted", (_name, rules, stays) => {
    const running = { ...USAGE, completion_tokens: 1 };
    for (const usage of [null, running]) {
      const { feed, text, state } = feeder(rules);
      feed(piece(0, "a", null, { usage }), piece(0, "b", null, { usage: running }));
      const kept = piece(0, "a", null, { usage }) + piece(0, "b", null, { usage: running });
      expect(text()).toBe(stays ? kept : piece(0, "a") + piece(0, "b"));
      feed(piece(0, null, "stop", { usage: USAGE }), DONE);
      expect(state.usage).toEqual(USAGE);
    }
  });

  test("is complete at its end without [DONE], with a [DONE] that has blanks, and after garbage", () => {
    for (const rest of [
      "",
      "data:  [DONE] \n\n",
      "data: nonsense\n\n",
      'data: {"choices":[broken\n\n',
      `${DONE}data: x\n\n`,
    ]) {
      const { feed, state, events, out } = feeder();
      feed(piece(0, "a"), piece(0, null, "stop"), rest);
      state.end(out);
      expect(events().slice(1)).toEqual([
        expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: "stop" })] }),
        "[DONE]",
      ]);
    }
  });

  test("gives one finish for two, and drops what comes behind it", () => {
    const { feed, events, state } = feeder();
    feed(piece(0, "a"), piece(0, null, "stop"), piece(0, "late"), piece(0, null, "length", { usage: USAGE }));
    expect(assembled(events()).get(0)).toEqual({ text: "a", finishes: ["stop"] });
    expect([state.complete, state.finishReasons]).toEqual([true, ["stop"]]);
  });

  test("joins data that came in several lines to an event of one line", () => {
    for (const transform of [null, passing()]) {
      const { feed, events } = feeder({ transform });
      feed('data: {"choices":[{"index":0,\ndata: "delta":{"content":"a b"},"finish_reason":null}]}\n\n');
      feed('data: {"choices":[{"index":0,\ndata: "delta":{},"finish_reason":"stop"}],\ndata: "usage":null}\n\n', DONE);
      expect(assembled(events()).get(0)).toEqual({ text: "a b", finishes: ["stop"] });
    }
  });

  test("knows the legacy form, with its texts in place of deltas", () => {
    const completions = providers.openai.codecs.completions!;
    const { feed, text, state } = feeder({ decode: completions.decodeStream({ source: "{}", value: {} }), choices: 2 });
    const part = (index: number, said: string, finish: string | null) =>
      event({ object: "text_completion", choices: [{ text: said, index, finish_reason: finish }] });
    const sent = [part(0, "a", null), part(1, "b", null), part(0, "", "stop"), part(1, "c", "length")];
    feed(...sent, DONE);
    expect(text()).toBe(sent.join("") + DONE);
    expect([state.started, state.bytes, state.finishReasons]).toEqual([true, 3, ["stop", "length"]]);
  });
});

describe("a stream of several choices", () => {
  const script = fc.array(
    fc.record({
      words: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }),
      finish: fc.constantFrom("stop", "length"),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );

  test("gives every choice its text and one finish in any interleaving, whatever holds it on the way", () => {
    const how = fc.record({
      transform: fc.constantFrom("none", "passing", "late", "whole"),
      usage: fc.constantFrom("on finish", "event", "never"),
      includeUsage: fc.boolean(),
      keepUsage: fc.boolean(),
      noUsage: fc.boolean(),
      fewer: fc.boolean(),
      done: fc.boolean(),
    });
    fc.assert(
      fc.property(
        script,
        fc.infiniteStream(fc.nat()),
        how,
        (choices, picks, { transform, usage, fewer, done, ...rules }) => {
          // a caller who asked for fewer than came is told of all of them as well
          const asked = fewer && usage === "never" && !rules.noUsage ? 1 : choices.length;
          const { feed, events, state, out } = feeder({
            ...rules,
            choices: asked,
            transform: TRANSFORMS[transform]!(),
          });
          const queues = choices.map(({ words, finish }, index) => [
            ...words.map((word) => piece(index, word)),
            piece(index, null, finish),
          ]);
          let left = queues.length;
          for (const pick of picks) {
            const live = queues.filter((queue) => queue.length > 0);
            if (live.length === 0) break;
            const queue = live[pick % live.length]!;
            let sent = queue.shift()!;
            if (queue.length === 0 && --left === 0 && usage === "on finish")
              sent = event({ ...JSON.parse(sent.slice(6)), usage: USAGE });
            feed(sent);
          }
          if (usage === "event") feed(USAGE_EVENT);
          if (done) feed(DONE);
          state.end(out);
          const got = assembled(events());
          for (const [index, { words, finish }] of choices.entries())
            expect(got.get(index)).toEqual({ text: words.join(""), finishes: [finish] });
          expect(events().filter((value) => value === "[DONE]")).toHaveLength(1);
          expect(events().at(-1)).toBe("[DONE]");
          expect([...state.finishReasons].sort()).toEqual(choices.map(({ finish }) => finish).sort());
          const empty = events().filter((value) => (value as { choices?: unknown[] }).choices?.length === 0);
          expect(empty).toHaveLength(rules.includeUsage ? 1 : 0);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("that finish one after the other is complete only after the last", () => {
    const { feed, state, text } = feeder({ choices: 2 });
    feed(piece(0, "a"), piece(0, null, "stop"));
    expect(text()).toBe(piece(0, "a"));
    expect(state.holding).toBe(false);
    feed(piece(1, "b"));
    expect(text()).toBe(piece(0, "a") + piece(0, null, "stop") + piece(1, "b"));
    feed(piece(1, null, "stop"));
    expect(state.holding).toBe(true);
  });

  test("of which fewer came is complete where the upstream says so, and cut where it does not", () => {
    const said = feeder({ choices: 3 });
    said.feed(piece(0, "a"), piece(0, null, "stop"), DONE);
    expect(assembled(said.events()).get(0)?.finishes).toEqual(["stop"]);
    const cut = feeder({ choices: 3 });
    cut.feed(piece(0, "a"), piece(0, null, "stop"));
    expect(codeOf(() => cut.state.end(cut.out))).toBe("upstream_cut");
  });
});

describe("a stream that fails", () => {
  test.each<[string, string, string]>([
    ["ends before anything came", "", "upstream_cut"],
    ["says [DONE] before anything came", DONE, "upstream_cut"],
    ["ends before its finish", piece(0, "a"), "upstream_cut"],
    ["says [DONE] before its finish", piece(0, "a") + DONE, "upstream_cut"],
    ["says [DONE] while another choice is open", piece(0, "a", "stop") + piece(1, "b") + DONE, "upstream_cut"],
    ["sends text that is no JSON", 'data: {"choices":[{"delta":{"content":"x\n\n', "upstream_invalid_answer"],
    ["sends text that is no UTF-8 any more", 'data: ["choices"]\n\n', "upstream_invalid_answer"],
    ["sends an error", event({ error: { message: "boom", type: "server_error" } }), "upstream_failed"],
    [
      "sends an error of a limit without a status",
      event({ error: { message: "slow", code: "rate_limit_exceeded" } }),
      "upstream_rate_limited",
    ],
    ["sends an error of another form", event({ object: "error", message: "boom", code: 429 }), "upstream_rate_limited"],
    ["sends an event called error", "event: error\ndata: overloaded\n\n", "upstream_failed"],
    ["ends a choice with an error", piece(0, null, "error"), "upstream_failed"],
  ])("because it %s", (_name, sent, code) => {
    const { feed, state, out } = feeder({ choices: 2 });
    expect(
      codeOf(() => {
        feed(sent);
        state.end(out);
      }),
    ).toBe(code);
  });

  test("is not promised before something a user can see, or a finish", () => {
    const nothing = [
      ": hi\n\n",
      "data: nonsense\n\n",
      "data:\n\n",
      event({ choices: [], prompt_filter_results: [] }),
      event({ choices: [{ index: 0, delta: { role: "assistant", content: "", tool_calls: [], refusal: null } }] }),
      USAGE_EVENT,
    ];
    const { feed, state } = feeder();
    feed(...nothing);
    expect(state.started).toBe(false);
    feed(event({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { name: "f" } }] } }] }));
    expect(state.started).toBe(true);
    const empty = feeder();
    empty.feed(piece(0, null, "stop"));
    expect(empty.state.started).toBe(true);
  });

  test("counts and drops what is no JSON and shows no sign of text", () => {
    let dropped = 0;
    const { feed, text } = feeder({ onDropped: () => dropped++ });
    feed("data: ping\n\n", "data: 5\n\n", "data: null\n\n", piece(0, "a"));
    expect([dropped, text()]).toEqual([3, piece(0, "a")]);
  });
});

describe("output policies", () => {
  test("that hold the whole answer do not make it look cut", () => {
    for (const rest of [[DONE], [USAGE_EVENT], []]) {
      const { feed, events, state, out } = feeder({ transform: whole() });
      feed(piece(0, "a"), piece(0, "b"), piece(0, null, "stop"));
      expect(events()).toEqual([]);
      feed(...rest);
      state.end(out);
      expect(assembled(events()).get(0)).toEqual({ text: "ab", finishes: ["stop"] });
      expect(events().at(-1)).toBe("[DONE]");
    }
  });

  test("never make an event without choices, or a second finish", () => {
    const transform = transformOf(
      (chunk) => [chunk, { ...chunk, choices: [] }, chunk],
      () => [],
    );
    const { feed, events } = feeder({ transform });
    feed(piece(0, "a"), piece(0, null, "stop"), DONE);
    expect(assembled(events()).get(0)).toEqual({ text: "aa", finishes: ["stop"] });
    expect(events()).toHaveLength(4);
  });

  test.each([
    ["while two choices are open", [piece(0, "a"), piece(1, "b")], [0, 1]],
    ["after one has finished", [piece(0, "a"), piece(1, "b"), piece(0, null, "stop")], [1]],
  ])("that block %s end the open ones with content_filter", (_name, sent, filtered) => {
    const { feed, events, state, out } = feeder({ choices: 2, transform: blocking("bad") });
    feed(...sent);
    expect(codeOf(() => feed(piece(1, "bad")))).toBe("output_blocked");
    state.closeBlocked(out);
    const closing = events().at(-1) as { choices: { index: number; finish_reason: string }[] };
    expect(closing.choices.map(({ index }) => index)).toEqual(filtered);
    expect(closing).toMatchObject({
      id: "c1",
      model: "m",
      choices: filtered.map(() => ({ delta: {}, finish_reason: "content_filter" })),
    });
    for (const { finishes } of assembled(events()).values()) expect(finishes).toHaveLength(1);
  });

  test("that block at the very end take back the finish that was held", () => {
    const transform = transformOf(
      (chunk) => [chunk],
      () => {
        throw new GatewayError("output_blocked", "no");
      },
    );
    const { feed, events, state, out } = feeder({ choices: 2, transform });
    feed(piece(0, "a", "stop"), piece(1, "b"), piece(1, null, "length"));
    expect(codeOf(() => feed(DONE))).toBe("output_blocked");
    state.closeBlocked(out);
    expect(assembled(events()).get(0)?.finishes).toEqual(["stop"]);
    expect(assembled(events()).get(1)?.finishes).toEqual(["content_filter"]);
    expect(state.finishReasons).toEqual(["stop", "content_filter"]);
  });

  test("end a legacy stream in its own form", () => {
    const completions = providers.openai.codecs.completions!;
    const decode = completions.decodeStream({ source: "{}", value: {} });
    const { feed, events, state, out } = feeder({ decode, transform: passing() });
    feed(event({ object: "text_completion", choices: [{ text: "a", index: 0, finish_reason: null }] }));
    state.closeBlocked(out);
    expect(events().at(-1)).toEqual({
      object: "text_completion",
      choices: [{ index: 0, text: "", logprobs: null, finish_reason: "content_filter" }],
    });
  });
});

type Chunks = readonly ChatCompletionChunk[];

function transformOf(pushed: (chunk: ChatCompletionChunk) => Chunks, flushed: () => Chunks): ComposedTransform {
  return { push: pushed, flush: flushed, close: () => {}, discard: () => {} };
}

function passing(): ComposedTransform {
  return transformOf(
    (chunk) => [chunk],
    () => [],
  );
}

/** Everything comes one chunk later than it could. */
function late(): ComposedTransform {
  let held: ChatCompletionChunk[] = [];
  const swap = (next: ChatCompletionChunk[]): Chunks => {
    const out = held;
    held = next;
    return out;
  };
  return transformOf(
    (chunk) => swap([chunk]),
    () => swap([]),
  );
}

/** Everything comes at the end. */
function whole(): ComposedTransform {
  const held: ChatCompletionChunk[] = [];
  return transformOf(
    (chunk) => {
      held.push(chunk);
      return [];
    },
    () => held,
  );
}

function blocking(word: string): ComposedTransform {
  return transformOf(
    (chunk) => {
      if (JSON.stringify(chunk).includes(word)) throw new GatewayError("output_blocked", "no");
      return [chunk];
    },
    () => [],
  );
}

const TRANSFORMS: Readonly<Record<string, () => ComposedTransform | null>> = { none: () => null, passing, late, whole };
