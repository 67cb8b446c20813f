import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ComposedTransform } from "../../../src/gateway/chain/chain-api.ts";
import type { ChatCompletionChunk } from "../../../src/schema/chat.ts";
import { assembled, DONE, event, feeder, piece, USAGE, USAGE_EVENT } from "./streams.ts";

/** One event of the legacy endpoint. */
const legacy = (text: string, finish: string | null) => event({ choices: [{ index: 0, text, finish_reason: finish }] });

const thought = (text: string, finish: string) =>
  event({ choices: [{ index: 0, delta: { reasoning_content: text }, finish_reason: finish }] });

describe("a finish that something follows", () => {
  test("was none: what other gateways send for Gemini, `stop` in every chunk", () => {
    const { feed, events, text, state } = feeder();
    feed(piece(0, "Hel", "stop"));
    expect([state.started, state.holding, text()]).toEqual([true, true, ""]);
    feed(piece(0, "lo ", "stop"), piece(0, "there", "stop"));
    expect(text()).toBe(piece(0, "Hel") + piece(0, "lo "));
    feed(DONE);
    expect(assembled(events()).get(0)).toEqual({ text: "Hello there", finishes: ["stop"] });
    expect([state.complete, state.finishReasons, state.refuted]).toEqual([true, ["stop"], 2]);
  });

  test.each<[string, readonly string[], string, string]>([
    ["thoughts", [thought("hm", "stop"), piece(0, "a", "stop")], "a", "stop"],
    ["an empty beginning", [piece(0, "", "stop"), piece(0, "a"), piece(0, null, "stop")], "a", "stop"],
    ["the word null", [piece(0, "a", "null"), piece(0, "b", "null"), piece(0, "", "stop")], "ab", "stop"],
    ["another reason at the end", [piece(0, "a", "stop"), piece(0, "b", "length")], "ab", "length"],
    ["a finish of its own behind the last text", [piece(0, "a", "stop"), piece(0, null, "length")], "a", "length"],
    ["nothing but itself", [piece(0, "a", "stop")], "a", "stop"],
  ])("with %s", (_name, sent, text, finish) => {
    const { feed, events } = feeder();
    feed(...sent, DONE);
    expect(assembled(events()).get(0)).toEqual({ text, finishes: [finish] });
    expect(events().at(-1)).toBe("[DONE]");
  });

  test("holds for tools and for the legacy endpoint", () => {
    const call = (args: string, finish: string | null) => {
      const one = { index: 0, id: "abcdefghi", type: "function", function: { name: "f", arguments: args } };
      return event({ choices: [{ index: 0, delta: { tool_calls: [one] }, finish_reason: finish }] });
    };
    const tools = feeder();
    tools.feed(call("{}", "stop"), piece(0, "a", "stop"), DONE);
    expect(tools.text()).toBe(call("{}", null) + piece(0, "a", "stop") + DONE);
    const words = feeder({ decode: (chunk) => chunk });
    words.feed(legacy("a", "stop"), legacy("b", "stop"), DONE);
    expect(words.text()).toBe(legacy("a", null) + legacy("b", "stop") + DONE);
  });

  test("usage in the same chunk does not end it, usage alone does", () => {
    const { feed, events, state } = feeder({ keepUsage: true });
    feed(piece(0, "a", "stop", { usage: USAGE }), piece(0, "b", "stop", { usage: USAGE }));
    expect(state.complete).toBeFalse();
    feed(USAGE_EVENT);
    expect(state.complete).toBeTrue();
    expect(assembled(events()).get(0)).toEqual({ text: "ab", finishes: ["stop"] });
    const unasked = feeder({ noUsage: true });
    unasked.feed(piece(0, "a", "stop"), piece(0, "b", "stop"), DONE);
    expect(assembled(unasked.events()).get(0)).toEqual({ text: "ab", finishes: ["stop"] });
  });

  test("the end of the upstream ends it, and so does a break behind it", () => {
    for (const finish of ["end", "giveHeld"] as const) {
      const { feed, events, state, out } = feeder();
      feed(piece(0, "a", "stop"), piece(0, "b", "stop"));
      state[finish](out);
      expect(assembled(events()).get(0)).toEqual({ text: "ab", finishes: ["stop"] });
    }
  });

  test("policies never hear of it, and a block drops what was not read yet", () => {
    const heard: (string | null | undefined)[] = [];
    const transform: ComposedTransform = {
      push(chunk: ChatCompletionChunk) {
        for (const { finish_reason } of chunk.choices ?? []) heard.push(finish_reason);
        return [chunk];
      },
      flush: () => [],
      close() {},
      discard() {},
    };
    const { feed, events } = feeder({ transform });
    feed(piece(0, "a", "stop"), piece(0, "b", "stop"), piece(0, "c", "stop"), DONE);
    expect(heard).toEqual([null, null, "stop"]);
    expect(assembled(events()).get(0)).toEqual({ text: "abc", finishes: ["stop"] });
    const blocked = feeder({ transform });
    blocked.feed(piece(0, "a", "stop"), piece(0, "b", "stop"));
    blocked.state.closeBlocked(blocked.out);
    expect(assembled(blocked.events()).get(0)).toEqual({ text: "a", finishes: ["content_filter"] });
  });
});

test("whatever is said by the way, the whole text arrives, each choice finishes once, and nothing comes behind", () => {
  const choice = fc.record({
    words: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
    liar: fc.constantFrom(null, "stop", "null", ""),
  });
  fc.assert(
    fc.property(choice, fc.boolean(), fc.boolean(), ({ words, liar }, separate, done) => {
      const { feed, events, state, out } = feeder();
      words.forEach((word, at) => {
        const last = at === words.length - 1 && !separate;
        feed(piece(0, word, last ? "stop" : liar));
      });
      if (separate) feed(piece(0, null, "stop"));
      if (done) feed(DONE);
      else state.end(out);
      expect(assembled(events()).get(0)?.text).toBe(words.join(""));
      const reasons = assembled(events())
        .get(0)
        ?.finishes.filter((reason) => reason !== "");
      expect(reasons).toEqual(["stop"]);
      expect(events().at(-1)).toBe("[DONE]");
    }),
  );
});
