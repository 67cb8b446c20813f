import { describe, expect, test } from "bun:test";
import { acceptInTurns } from "../../../src/gateway/streams/events-in-turns.ts";
import { frame, type SseEvent, SseSplitter } from "../../../src/gateway/streams/sse.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";

const event = (value: unknown): Uint8Array => frame(JSON.stringify(value));
const chunk = (delta: object, more: object = {}): JsonObject => ({
  id: "c",
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});

/** Accepts events on a clock on which each look takes so long; gives what was read and how often others had a turn. */
async function accepted(
  events: readonly Uint8Array[],
  options: { inspected?: boolean; stepMs?: number; until?: number },
) {
  const splitter = new SseSplitter();
  const { inspected = true, stepMs = 0, until = Number.POSITIVE_INFINITY } = options;
  const read: JsonObject[] = [];
  let nowMs = 0;
  let turns = 0;
  let running = true;
  const others = (async () => {
    while (running) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
  })();
  const monotonic = (): number => (nowMs += stepMs);
  const accept = ({ data }: SseEvent): void => {
    if (data !== null) read.push(JSON.parse(data) as JsonObject);
  };
  const clock = { now: monotonic, monotonic, after: () => () => {} };
  const reader = { splitter, state: { inspected, accept }, out: [], clock };
  const done = acceptInTurns(Buffer.concat(events), reader, () => read.length >= until);
  const atOnce = done === undefined;
  await done;
  running = false;
  await others;
  return { read, turns, atOnce, count: splitter.count };
}

const contentOf = ({ choices }: JsonObject): string => (choices as { delta: { content: string } }[])[0]!.delta.content;

describe("acceptInTurns", () => {
  test("what is soon done is done at once", async () => {
    const events = [event(chunk({ content: "a" })), event(chunk({ content: "b" }))];
    expect(await accepted(events, {})).toMatchObject({ atOnce: true, read: [{ id: "c" }, { id: "c" }] });
  });

  test("others have their turn, and every event is read in its order", async () => {
    const events = Array.from({ length: 50 }, (_, at) => event(chunk({ content: `${at}` })));
    const { read, turns, atOnce } = await accepted(events, { stepMs: 2 });
    expect(atOnce).toBe(false);
    expect(turns).toBeGreaterThan(10);
    expect(read.map(contentOf)).toEqual(events.map((_, at) => `${at}`));
  });

  test("nothing is split or put off where nobody reads along", async () => {
    const events = [event(chunk({ content: "x".repeat(30_000) })), event(chunk({ content: "y" }))];
    const { read, atOnce } = await accepted(events, { inspected: false, stepMs: 100 });
    expect({ atOnce, lengths: read.map((each) => contentOf(each).length) }).toEqual({
      atOnce: true,
      lengths: [30_000, 1],
    });
  });

  test.each([
    ["comments", ": ping\n\n", 100_000],
    ["events without a chunk", "event: ping\n\n", 100_000],
    ["blank lines", "\n", 0],
    ["lines without an end", "data: 1\n", 0],
  ])("others have their turn in a read of many %s, before its chunk", async (_, text, count) => {
    const events = [Buffer.from(text.repeat(100_000)), Buffer.from("\n\n")];
    const last = event(chunk({ content: "a" }));
    const isOpen = text.startsWith("data");
    const cut = await accepted(isOpen ? events.slice(0, 1) : [...events, last], { inspected: false, stepMs: 2 });
    expect({ atOnce: cut.atOnce, count: cut.count, read: cut.read.length }).toEqual({
      atOnce: false,
      count: isOpen ? 0 : count + 1,
      read: isOpen ? 0 : 1,
    });
    expect(cut.turns).toBeGreaterThan(1);
  });

  test("what comes before an event that is too large is read", async () => {
    const splitter = new SseSplitter();
    const bytes = Buffer.concat([event({ at: 1 }), Buffer.from("data: "), Buffer.alloc(5_000_000, "x")]);
    const read: string[] = [];
    const state = { inspected: false, accept: ({ data }: SseEvent) => void read.push(data!) };
    const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} };
    expect(() => acceptInTurns(bytes, { splitter, state, out: [], clock }, () => false)).toThrow("longer than");
    expect(read).toEqual(['{"at":1}']);
  });

  test("stops where nobody wants what follows", async () => {
    const events = Array.from({ length: 50 }, (_, at) => event(chunk({ content: `${at}` })));
    expect((await accepted(events, { stepMs: 10, until: 3 })).read).toHaveLength(3);
  });

  test("a long text is read in parts: role first, finish, usage and the rest last, no character halved", async () => {
    const text = "🌍".repeat(20_001);
    const delta = { role: "assistant", content: text, refusal: null };
    const whole = { ...chunk(delta, { finish_reason: "stop" }), usage: { total_tokens: 3 } };
    const { read } = await accepted([event(whole)], {});
    expect(read.length).toBeGreaterThan(3);
    expect(read.map(contentOf).join("")).toBe(text);
    expect(read.every((part) => contentOf(part).isWellFormed() && part["id"] === "c")).toBe(true);
    const choice = (part: JsonObject) => (part["choices"] as JsonObject[])[0]!;
    expect(read.map((part) => choice(part)["finish_reason"])).toEqual([...read.slice(1).map(() => null), "stop"]);
    expect(read.filter((part) => "usage" in part)).toEqual([read.at(-1)!]);
    expect(read.filter((part) => "role" in (choice(part)["delta"] as object))).toEqual([read[0]!]);
    expect(choice(read.at(-1)!)["delta"]).toHaveProperty("refusal", null);
  });

  test.each([
    ["of several choices", { choices: [0, 1].map((index) => ({ index, delta: { content: "x".repeat(20_000) } })) }],
    ["with token lists", chunk({ content: "x".repeat(20_000) }, { logprobs: { content: [] } })],
    ["with other texts", chunk({ reasoning_content: "x".repeat(20_000) })],
    ["that is no object", ["x".repeat(20_000)]],
  ])("a chunk %s stays whole", async (_, value) => {
    expect((await accepted([event(value)], {})).read).toEqual([value as JsonObject]);
  });
});
