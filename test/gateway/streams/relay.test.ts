import { describe, expect, test } from "bun:test";
import type { ComposedTransform } from "../../../src/gateway/chain/chain-api.ts";
import { Relay, type StreamEnd } from "../../../src/gateway/streams/relay.ts";
import type { StreamLimits } from "../../../src/gateway/streams/relay-options.ts";
import type { StreamRules } from "../../../src/gateway/streams/stream-rules.ts";
import { StreamState } from "../../../src/gateway/streams/stream-state.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { Ticker } from "../../../src/lib/ticker.ts";
import { manualClock, settled } from "../../support/clock.ts";
import { chunkEvent, DONE, usageEvent } from "../../support/raw-upstream.ts";

const KEEPALIVE = ": keepalive\n\n";
const ROLE = chunkEvent({ role: "assistant", content: "" });
const EVENT = chunkEvent({ content: "hi" });
const FINISH = chunkEvent({}, "stop");
const USAGE_WAIT_MS = 1_000;
/** What the clock shows when the attempt begins. */
const START_MS = 1_000;

/** A relay between a scripted upstream and a client that reads, on a clock that stands still. */
function relayed(more: { limits?: Partial<StreamLimits>; rules?: Partial<StreamRules> } = {}) {
  const clock = manualClock(START_MS);
  const ticker = new Ticker(clock);
  const upstream = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const aborted: unknown[] = [];
  const ends: StreamEnd[] = [];
  let text = "";
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => upstream.resolve(controller),
    cancel() {
      cancelled = true;
    },
  });
  const state = new StreamState({
    choices: 1,
    includeUsage: false,
    keepUsage: false,
    noUsage: false,
    decode: (chunk) => chunk,
    transform: null,
    decodeError: () => new GatewayError("upstream_failed", "The upstream said an error"),
    promptBytes: () => 4,
    onDropped: () => {},
    ...more.rules,
  });
  const relay = new Relay({
    body,
    state,
    limits: { firstTokenMs: 30_000, stallMs: 60_000, deadlineMs: START_MS + 600_000, ...more.limits },
    startedMs: START_MS,
    clock,
    ticker,
    requestId: "req-1",
    abort: (reason) => aborted.push(reason),
  });
  return {
    relay,
    aborted,
    ends,
    text: () => text,
    upstreamCancelled: () => cancelled,
    async send(...events: readonly string[]) {
      for (const event of events) (await upstream.promise).enqueue(new TextEncoder().encode(event));
      await settled();
    },
    /** Time passes in the ticker's steps, with all that happens on the way. */
    async pass(ms: number) {
      for (let step = 0; step < ms; step += 100) {
        clock.move(100);
        await settled();
      }
    },
    /** The client's stream, read as it comes, or not at all. */
    open({ reads = true } = {}) {
      const stream = relay.stream((end) => void ends.push(end));
      if (reads) {
        const decoder = new TextDecoder();
        void (async () => {
          for await (const piece of stream) text += decoder.decode(piece);
        })();
      }
      return settled();
    },
  };
}

describe("heartbeats", () => {
  test("none before the first event, whatever the silence", async () => {
    const { relay, send, pass, open, text } = relayed();
    const opened = relay.open();
    await send(ROLE);
    await pass(29_000);
    await send(EVENT);
    await opened;
    await open();
    expect(text()).toBe(ROLE + EVENT);
  });

  test("one after each 15 s of silence, none while events come", async () => {
    const { relay, send, pass, open, text } = relayed();
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open();
    await pass(14_800);
    expect(text()).toBe(EVENT);
    await pass(300);
    expect(text()).toBe(EVENT + KEEPALIVE);
    await pass(15_000);
    expect(text()).toBe(EVENT + KEEPALIVE + KEEPALIVE);
    await send(EVENT);
    await pass(14_800);
    await send(EVENT);
    await pass(14_800);
    expect(text()).toBe(EVENT + KEEPALIVE + KEEPALIVE + EVENT + EVENT);
    await send(FINISH, usageEvent(), DONE);
    await pass(40_000);
    expect(text()).toEndWith(EVENT + FINISH + DONE);
  });

  test("the upstream's own comments do not reach the client and do not silence ours", async () => {
    const { relay, send, pass, open, text } = relayed();
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open();
    for (let second = 0; second < 20; second++) {
      await send(": theirs\n\n");
      await pass(1_000);
    }
    expect(text()).toBe(EVENT + KEEPALIVE);
  });

  test("none pile up for a client that does not read", async () => {
    const { relay, send, pass, open, ends } = relayed();
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open({ reads: false });
    await pass(100_000);
    expect(ends).toEqual([]);
  });
});

describe("time limits", () => {
  test("no first event: the upstream is let go, and nothing was promised", async () => {
    const { relay, send, pass, aborted, upstreamCancelled } = relayed({ limits: { firstTokenMs: 2_000 } });
    const opened = relay.open().catch((error: unknown) => error);
    await send(ROLE, ": comment\n\n");
    await pass(1_900);
    expect(aborted).toEqual([]);
    await pass(200);
    expect(await opened).toMatchObject({ code: "upstream_timeout" });
    expect([aborted.length > 0, upstreamCancelled()]).toEqual([true, true]);
  });

  test("no stall before the first real event: until then the first-token limit alone counts", async () => {
    const patient = { limits: { firstTokenMs: 40_000, stallMs: 2_000 } };
    for (const sent of [[], [ROLE]]) {
      const { relay, send, pass, open, text } = relayed(patient);
      const opened = relay.open();
      await send(...sent);
      await pass(39_000);
      await send(EVENT);
      await opened;
      await open();
      await pass(1_000);
      expect(text()).toBe(sent.join("") + EVENT);
      await pass(1_200);
      expect(text()).toContain("sent no further event within 2 s");
    }
    const silent = relayed(patient);
    const failed = silent.relay.open().catch((error: unknown) => error);
    await silent.pass(40_200);
    expect(String(await failed)).toContain("sent no first event within 40 s");
  });

  test("a stall: an error event, and no more", async () => {
    const { relay, send, pass, open, text, ends, aborted } = relayed({ limits: { stallMs: 2_000 } });
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open();
    await pass(1_500);
    await send(": comment\n\n");
    await pass(1_500);
    expect(ends).toEqual([]);
    await pass(600);
    expect(ends).toMatchObject([{ code: "upstream_timeout" }]);
    expect(text()).toStartWith(`${EVENT}data: {"error":`);
    expect(aborted.length).toBeGreaterThan(0);
  });

  test("the deadline ends words without end", async () => {
    const { relay, send, pass, open, text, ends } = relayed({ limits: { deadlineMs: START_MS + 5_000 } });
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open();
    for (let step = 0; step < 49; step++) {
      await send(EVENT);
      await pass(100);
    }
    expect(ends).toEqual([]);
    await pass(100);
    expect(ends).toMatchObject([{ code: "upstream_timeout" }]);
    expect(text()).not.toContain("[DONE]");
  });

  test("the deadline also lets go of the upstream of a client that has stopped reading", async () => {
    const { relay, send, pass, open, ends, aborted, upstreamCancelled } = relayed({
      limits: { deadlineMs: START_MS + 5_000 },
    });
    const opened = relay.open();
    await send(EVENT, EVENT);
    await opened;
    await open({ reads: false });
    await pass(4_900);
    expect(ends).toEqual([]);
    await pass(200);
    expect(ends).toMatchObject([{ code: "upstream_timeout" }]);
    expect([aborted.length > 0, upstreamCancelled()]).toEqual([true, true]);
  });
});

describe("the end", () => {
  test("waits a second for usage, then does without", async () => {
    const { relay, send, pass, open, text, ends } = relayed();
    const opened = relay.open();
    await send(EVENT, FINISH);
    await opened;
    await open();
    await pass(USAGE_WAIT_MS - 200);
    expect(ends).toEqual([]);
    await pass(400);
    expect([text(), ends]).toEqual([EVENT + FINISH + DONE, ["ok"]]);
  });

  test("waits longer for an upstream that said stop before it was one, as long as it may be silent", async () => {
    const liar = chunkEvent({ content: "a" }, "stop");
    const believed = chunkEvent({ content: "a" });
    const { relay, send, pass, open, text, ends } = relayed({ limits: { stallMs: 20_000 } });
    const opened = relay.open();
    await send(liar);
    await opened;
    await open();
    await pass(4_800);
    await send(liar);
    await pass(10_000);
    await send(liar);
    await pass(19_000);
    expect(ends).toEqual([]);
    await pass(2_000);
    expect([text(), ends]).toEqual([believed + believed + KEEPALIVE + liar + DONE, ["ok"]]);
  });

  test("waits five seconds for what may follow a finish that came with text", async () => {
    const { relay, send, pass, open, text, ends } = relayed();
    const last = chunkEvent({ content: "a" }, "stop");
    const opened = relay.open();
    await send(EVENT, last);
    await opened;
    await open();
    await pass(4_800);
    expect(ends).toEqual([]);
    await pass(400);
    expect([text(), ends]).toEqual([EVENT + last + DONE, ["ok"]]);
  });

  test("that a policy refuses while usage is waited for is an error event, and other timers go on", async () => {
    const refusing: ComposedTransform = {
      push: (chunk) => [chunk],
      flush() {
        throw new GatewayError("output_blocked", "Response blocked: too short");
      },
      close() {},
      discard() {},
    };
    const { relay, send, pass, open, text, ends } = relayed({ rules: { transform: refusing } });
    const opened = relay.open();
    await send(EVENT, FINISH);
    await opened;
    await open();
    await pass(USAGE_WAIT_MS + 200);
    expect(ends).toMatchObject([{ code: "output_blocked" }]);
    expect(text()).toContain('"code":"output_blocked"');
    expect(text()).toContain('"finish_reason":"content_filter"');
    expect(text()).not.toContain("[DONE]");
  });

  test("is told once, however often the client leaves", async () => {
    const { relay, send, open, ends, aborted, upstreamCancelled } = relayed();
    const opened = relay.open();
    await send(EVENT);
    await opened;
    await open();
    relay.cancel();
    relay.cancel();
    expect([ends, aborted.length, upstreamCancelled()]).toEqual([["cancelled"], 1, true]);
  });
});
