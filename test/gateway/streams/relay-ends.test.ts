import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ComposedTransform } from "../../../src/gateway/chain/chain-api.ts";
import { Relay, type StreamEnd } from "../../../src/gateway/streams/relay.ts";
import type { StreamLimits } from "../../../src/gateway/streams/relay-options.ts";
import type { StreamRules } from "../../../src/gateway/streams/stream-rules.ts";
import { StreamState } from "../../../src/gateway/streams/stream-state.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { Ticker } from "../../../src/lib/ticker.ts";
import { type FakeClock, fakeClock, settled } from "../../support/clock.ts";
import { assembled, DONE, eventsOf, piece, rulesFor, textOf, USAGE, USAGE_EVENT } from "./streams.ts";

const HEARTBEAT = ": keepalive\n\n";
const COMMENT = ": thinking\n\n";
const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" });

/** A relay over a body that the test writes, under a clock that the test moves. */
function setUp(
  more: { limits?: Partial<StreamLimits>; rules?: Partial<StreamRules>; headMs?: number; clock?: FakeClock } = {},
) {
  const clock = more.clock ?? fakeClock();
  const startedMs = clock.monotonic() - (more.headMs ?? 0);
  let source!: ReadableStreamDefaultController<Uint8Array>;
  const up = { cancelled: false, aborts: [] as unknown[] };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
    },
    cancel() {
      up.cancelled = true;
    },
  });
  const state = new StreamState(rulesFor(more.rules));
  const ends: StreamEnd[] = [];
  const relay = new Relay({
    body,
    state,
    limits: { firstTokenMs: 30_000, stallMs: 30_000, deadlineMs: startedMs + 600_000, ...more.limits },
    startedMs,
    clock,
    ticker: new Ticker(clock),
    requestId: "req-1",
    abort(reason) {
      up.aborts.push(reason);
      // as fetch does
      if (!up.cancelled) source.error(reason);
    },
  });
  return {
    clock,
    relay,
    state,
    up,
    ends,
    send: (...texts: string[]) => void source.enqueue(new TextEncoder().encode(texts.join(""))),
    end: () => source.close(),
    breakOff: () => source.error(reset),
    stream: () => relay.stream((end) => void ends.push(end)),
  };
}

/** A client that takes everything as soon as it comes. */
function reading(body: ReadableStream<Uint8Array>) {
  const pieces: Uint8Array[] = [];
  const reader = body.getReader();
  let closed = false;
  const done = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
    closed = true;
  })();
  return { text: () => textOf(pieces), events: () => eventsOf(textOf(pieces)), done, closed: () => closed };
}

/** A stream that has sent one word, read by a client that takes everything. */
async function begun(more: Parameters<typeof setUp>[0] = {}) {
  const all = setUp(more);
  all.send(piece(0, "a"));
  await all.relay.open();
  const client = reading(all.stream());
  await settled();
  expect(client.text()).toBe(piece(0, "a"));
  return { ...all, client };
}

const failureOf = (opening: Promise<void>): Promise<string> =>
  opening.then(
    () => "opened",
    (thrown: unknown) => (thrown instanceof GatewayError ? thrown.code : String(thrown)),
  );

describe("before the first real event", () => {
  test.each<[string, string, (all: ReturnType<typeof setUp>) => void]>([
    ["an end", "upstream_cut", ({ end }) => end()],
    ["a broken connection", "upstream_cut", ({ breakOff }) => breakOff()],
    ["[DONE]", "upstream_cut", ({ send }) => send(DONE)],
    ["an error event", "upstream_failed", ({ send }) => send('data: {"error":{"message":"no"}}\n\n')],
    ["text that is no JSON", "upstream_invalid_answer", ({ send }) => send('data: {"choices":\n\n')],
    ["an event without end", "upstream_invalid_answer", ({ send }) => send(`data: ${"x".repeat(5_000_000)}`)],
  ])("%s is %s, and lets the upstream go", async (_name, code, fault) => {
    const all = setUp();
    const opening = failureOf(all.relay.open());
    fault(all);
    expect(await opening).toBe(code);
    expect(all.up.aborts).toHaveLength(1);
    await all.clock.advance(200);
    expect(all.clock.waiting).toBe(0);
  });

  test("the first-token limit counts from the request, the wait for the head included", async () => {
    const all = setUp({ limits: { firstTokenMs: 5_000 }, headMs: 4_000 });
    const opening = failureOf(all.relay.open());
    all.send(COMMENT, piece(0, ""));
    await all.clock.advance(900);
    expect(all.up.aborts).toEqual([]);
    await all.clock.advance(100);
    expect(await opening).toBe("upstream_timeout");
    expect(all.up.aborts[0]).toMatchObject({ code: "upstream_timeout" });
  });

  test("the first-token limit also holds where there is always something to read", async () => {
    let dropped = 0;
    const all = setUp({ limits: { firstTokenMs: 5_000 }, rules: { onDropped: () => void dropped++ } });
    // every event takes 10 ms
    const { monotonic } = all.clock;
    Object.assign(all.clock, { monotonic: () => monotonic() + 10 * dropped });
    const opening = failureOf(all.relay.open());
    all.send("data: nothing\n\n".repeat(4_000));
    while (all.up.aborts.length === 0 && dropped < 4_000) await all.clock.advance(100);
    expect(await opening).toBe("upstream_timeout");
    expect(dropped).toBeLessThan(1_000);
  });
});

describe("the stall limit", () => {
  test("starts anew with every event and comment, but not with pieces of an event that never ends", async () => {
    const { clock, client, send, ends } = await begun({ limits: { stallMs: 5_000 } });
    for (const sent of [COMMENT, piece(0, "b"), COMMENT]) {
      await clock.advance(4_000);
      send(sent);
    }
    for (let drips = 0; drips < 4; drips++) {
      await clock.advance(1_000);
      expect(ends).toEqual([]);
      send("data: x");
    }
    await clock.advance(1_100);
    await client.done;
    expect(ends).toEqual([expect.objectContaining({ code: "upstream_timeout" })]);
  });

  test("leaves a slow client in peace", async () => {
    const { clock, relay, send, stream, ends } = setUp({ limits: { stallMs: 5_000 } });
    send(piece(0, "a"));
    await relay.open();
    const reader = stream().getReader();
    expect((await reader.read()).done).toBe(false);
    await clock.advance(60_000);
    const next = reader.read();
    await clock.advance(4_000);
    // the wire was silent for a minute, whoever is to blame
    expect(textOf([(await next).value!])).toBe(HEARTBEAT);
    send(piece(0, "b"));
    expect(textOf([(await reader.read()).value!])).toBe(piece(0, "b"));
    expect(ends).toEqual([]);
    await reader.cancel();
  });
});

describe("the deadline", () => {
  test("makes no error of a stream that is complete, read or not", async () => {
    const held = await begun({ limits: { deadlineMs: 1_500 } });
    held.send(piece(0, null, "stop"));
    await held.clock.advance(600);
    await held.client.done;
    expect(held.client.text()).toEndWith(piece(0, null, "stop") + DONE);
    const unread = setUp({ limits: { deadlineMs: 1_500 } });
    unread.send(piece(0, "a"), piece(0, null, "stop"), DONE);
    await unread.relay.open();
    const body = unread.stream();
    await unread.clock.advance(600);
    const client = reading(body);
    await client.done;
    expect(client.text()).toEndWith(DONE);
    expect([...held.ends, ...unread.ends]).toEqual(["ok", "ok"]);
  });
});

describe("a stream that another goes on with", () => {
  test("ends at the deadline where its client has stopped reading, and is recorded once", async () => {
    const first = setUp();
    const next = setUp({ clock: first.clock, limits: { deadlineMs: 5_000 } });
    first.send(piece(0, "a"));
    next.send(piece(0, "b"));
    await Promise.all([first.relay.open(), next.relay.open()]);
    const reader = first.relay
      .stream(
        (end) => void first.ends.push(end),
        () => Promise.resolve(next.relay),
      )
      .getReader();
    await reader.read();
    first.breakOff();
    expect(textOf([(await reader.read()).value!])).toBe(piece(0, "b"));
    await first.clock.advance(10_000);
    expect(first.ends).toEqual([expect.objectContaining({ code: "upstream_timeout" })]);
    expect([first.up.aborts.length, next.up.aborts.length]).toEqual([1, 1]);
    expect(first.clock.waiting).toBe(0);
  });

  test("takes the place of one that a policy does not want, also where its connection broke behind the finish", async () => {
    let wants = true;
    const transform: ComposedTransform = {
      push: () => [],
      flush: () => {
        if (wants) throw new GatewayError("output_blocked", "no", { another: true });
        return [];
      },
      close: () => {},
      discard: () => {},
    };
    const first = setUp({ rules: { transform } });
    const next = setUp({ clock: first.clock });
    first.send(piece(0, "a"));
    next.send(piece(0, "b"), piece(0, null, "stop"), DONE);
    await Promise.all([first.relay.open(), next.relay.open()]);
    const resume = () => {
      wants = false;
      return Promise.resolve(next.relay);
    };
    const client = reading(first.relay.stream((end) => void first.ends.push(end), resume));
    first.send(piece(0, null, "stop"));
    await settled();
    first.breakOff();
    await settled();
    expect(client.text()).toBe(piece(0, "b") + piece(0, null, "stop") + DONE);
    expect(first.ends).toEqual(["ok"]);
  });
});

describe("waiting for usage", () => {
  test("lasts a second, however many comments come in it", async () => {
    const { clock, client, send, ends } = await begun({ rules: { includeUsage: true } });
    send(piece(0, null, "stop"));
    await clock.advance(400);
    send(COMMENT);
    await clock.advance(500);
    expect(client.closed()).toBe(false);
    await clock.advance(200);
    await client.done;
    expect(client.events().at(-2)).toMatchObject({ choices: [], usage: { estimated: true } });
    expect(ends).toEqual(["ok"]);
  });

  test("ends with the usage, the end of the upstream, or its connection", async () => {
    for (const last of ["send", "end", "breakOff"] as const) {
      const all = await begun();
      all.send(piece(0, null, "stop"));
      await settled();
      if (last === "send") all.send(USAGE_EVENT);
      else all[last]();
      await all.client.done;
      expect(all.client.text()).toBe(piece(0, "a") + piece(0, null, "stop") + DONE);
      expect(all.ends).toEqual(["ok"]);
      expect(all.state.usage).toEqual(last === "send" ? USAGE : null);
    }
  });

  test("takes no time from a slow client: what lies ready is still read", async () => {
    const { clock, relay, send, stream, state, ends } = setUp();
    send(piece(0, "a"), piece(0, null, "stop"));
    await relay.open();
    const body = stream();
    send(USAGE_EVENT, DONE);
    await clock.advance(20_000);
    const client = reading(body);
    await client.done;
    expect([state.usage, ends]).toEqual([USAGE, ["ok"]]);
  });

  test("is over where another choice turns up, and begins again after it", async () => {
    const { clock, client, send, ends } = await begun();
    send(piece(0, null, "stop"));
    await clock.advance(500);
    send(piece(1, "b"));
    await clock.advance(5_000);
    expect(ends).toEqual([]);
    send(piece(1, null, "stop"));
    await clock.advance(1_200);
    await client.done;
    expect([...assembled(client.events())].map(([index, { finishes }]) => [index, finishes])).toEqual([
      [0, ["stop"]],
      [1, ["stop"]],
    ]);
  });

  test("that a policy ends with a block ends the stream, its upstream and its timers", async () => {
    const transform: ComposedTransform = {
      push: (chunk) => [chunk],
      flush: () => {
        throw new GatewayError("output_blocked", "no");
      },
      close: () => {},
      discard: () => {},
    };
    const { clock, client, send, ends, up } = await begun({ rules: { transform } });
    send(piece(0, null, "stop"));
    await clock.advance(1_200);
    await client.done;
    expect(assembled(client.events().slice(0, -1)).get(0)?.finishes).toEqual(["content_filter"]);
    expect(client.events().at(-1)).toMatchObject({ error: { code: "output_blocked", type: "policy_violation" } });
    expect(ends).toEqual([expect.objectContaining({ code: "output_blocked" })]);
    expect(up.aborts).not.toEqual([]);
    await clock.advance(2_000);
    expect(clock.waiting).toBe(0);
  });
});

describe("a client that goes", () => {
  const states: Readonly<Record<string, (all: ReturnType<typeof setUp>) => Promise<void>>> = {
    "before it has read anything": async ({ stream }) => void stream(),
    "while the upstream is waited for": async ({ stream }) => {
      reading(stream());
      await settled();
    },
    "while usage is waited for": async ({ stream, send }) => {
      reading(stream());
      send(piece(0, null, "stop"));
      await settled();
    },
  };

  test.each(Object.keys(states))("%s ends the upstream's work at once, and is recorded once", async (name) => {
    const all = setUp();
    all.send(piece(0, "a"));
    await all.relay.open();
    await states[name]!(all);
    all.relay.cancel();
    all.relay.cancel();
    await settled();
    expect(all.up.aborts).toHaveLength(1);
    expect(all.ends).toEqual(["cancelled"]);
    await all.clock.advance(60_000);
    expect([all.ends, all.clock.waiting]).toEqual([["cancelled"], 0]);
  });

  test("by cancelling its stream does the same", async () => {
    const all = setUp();
    all.send(piece(0, "a"));
    await all.relay.open();
    const reader = all.stream().getReader();
    await reader.read();
    const pending = reader.read();
    await reader.cancel();
    expect((await pending).done).toBe(true);
    expect([all.ends, all.up.aborts.length]).toEqual([["cancelled"], 1]);
  });

  test("without its stream being cancelled leaves one that ends", async () => {
    const all = setUp();
    all.send(piece(0, "a"));
    await all.relay.open();
    const body = all.stream();
    all.relay.cancel();
    expect(await new Response(body).text()).toBe("");
  });

  test("after the end changes nothing", async () => {
    const { client, send, end, ends, relay, up } = await begun();
    send(piece(0, null, "stop"), DONE);
    await client.done;
    end();
    await settled();
    relay.cancel();
    expect([ends, up.aborts]).toEqual([["ok"], []]);
  });
});

describe("after a complete stream", () => {
  test("the rest is read, so that the connection can serve again", async () => {
    const { clock, client, send, end, up } = await begun();
    send(piece(0, null, "stop", { usage: USAGE }));
    await client.done;
    send(USAGE_EVENT, DONE);
    end();
    await clock.advance(5_000);
    expect([up.aborts, up.cancelled, clock.waiting]).toEqual([[], false, 0]);
  });

  test("a connection that breaks behind a finish ends it, but not where the upstream said stop before", async () => {
    for (const [said, code] of [
      [[piece(0, "b", "stop")], "ok"],
      [[piece(0, "b", "stop"), piece(0, "c", "stop")], "upstream_cut"],
    ] as const) {
      const { client, send, breakOff, ends } = await begun();
      for (const each of said) {
        send(each);
        await settled();
      }
      breakOff();
      await client.done;
      expect(ends.map((end) => (end instanceof GatewayError ? end.code : end))).toEqual([code]);
      expect(client.text().includes(DONE)).toBe(code === "ok");
    }
  });

  test("an upstream that does not end is let go after a second", async () => {
    const { clock, client, send, up, ends } = await begun();
    send(piece(0, null, "stop"), DONE);
    await client.done;
    await clock.advance(900);
    expect(up.aborts).toEqual([]);
    await clock.advance(200);
    expect([up.aborts.length, ends]).toEqual([1, ["ok"]]);
  });
});

describe("any course of events", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(piece(0, "b"), COMMENT, piece(1, "c"), "data: x\n", USAGE_EVENT) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(piece(0, null, "stop"), piece(1, null, "stop"), DONE, 'data: {"error":{}}\n\n'),
    },
    { weight: 2, arbitrary: fc.constantFrom(100, 900, 14_000, 29_000) },
    { weight: 1, arbitrary: fc.constantFrom("end", "break", "cancel") },
  );

  test("ends exactly once, and well only with [DONE] as the last word", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const all = await begun({ rules: { choices: 2 } });
        let open = true;
        for (const next of steps) {
          if (typeof next === "number") await all.clock.advance(next);
          else if (next === "cancel") all.relay.cancel();
          else if (!open || all.up.cancelled || all.up.aborts.length > 0) continue;
          else if (next === "end" || next === "break") {
            open = false;
            if (next === "end") all.end();
            else all.breakOff();
          } else all.send(next);
          await settled();
        }
        await all.clock.advance(60_000);
        await all.client.done;
        expect(all.ends).toHaveLength(1);
        expect(all.clock.waiting).toBe(0);
        const [end] = all.ends;
        const text = all.client.text();
        expect(text.endsWith(DONE)).toBe(end === "ok");
        expect(text.includes("[DONE]")).toBe(end === "ok");
        expect(text.includes('"error"')).toBe(end instanceof GatewayError);
        for (const { finishes } of assembled(all.client.events().filter((value) => value !== "[DONE]")).values())
          expect(finishes.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
