import { describe, expect, test } from "bun:test";
import { arrivingBody } from "../../../src/gateway/intake/arriving-body.ts";
import { BodyRoom } from "../../../src/gateway/intake/body-room.ts";
import { type ReadRules, readBody } from "../../../src/gateway/intake/read-body.ts";
import { Ticker } from "../../../src/lib/ticker.ts";
import { type FakeClock, fakeClock } from "../../support/clock.ts";
import { failureOf } from "../../support/failure-of.ts";

const SILENCE_MS = 10_000;
const rulesOf = (limits: ReadRules["limits"], clock: FakeClock): ReadRules => ({
  limits,
  silenceMs: SILENCE_MS,
  clock,
  ticker: new Ticker(clock),
});

/** A body that comes in as somebody says, and whether the rest of it was given up. */
function body() {
  const clock = fakeClock();
  let left = false;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel() {
      left = true;
    },
  });
  return {
    clock,
    stream,
    arrive: () => arrivingBody(stream, { silenceMs: SILENCE_MS, clock }),
    send: (bytes: number) => controller.enqueue(new Uint8Array(bytes)),
    end: () => controller.close(),
    wasLeft: () => left,
  };
}

describe("a body while it comes in", () => {
  test("may take as long as it likes, as long as something comes", async () => {
    const { clock, arrive, send, end } = body();
    const arriving = arrive();
    for (let second = 0; second < 60; second++) {
      await clock.advance(1_000);
      send(4_000);
      expect((await arriving.next())?.length).toBe(4_000);
    }
    end();
    expect([await arriving.next(), arriving.bytes]).toEqual([null, 240_000]);
  });

  test("is refused after a silence, and not a moment before", async () => {
    const { clock, arrive, send, wasLeft } = body();
    const arriving = arrive();
    send(100_000);
    await arriving.next();
    const next = failureOf(arriving.next());
    await clock.advance(SILENCE_MS - 1);
    expect(wasLeft()).toBe(false);
    await clock.advance(1);
    const message = expect.stringContaining("nothing came for 10 s, and 100000 bytes");
    expect(await next).toMatchObject({ code: "invalid_request", status: 408, message });
    expect(wasLeft()).toBe(true);
  });

  test("is refused once it drips, byte by byte", async () => {
    const { clock, arrive, send, wasLeft } = body();
    const arriving = arrive();
    for (let second = 0; second < 10; second++) {
      await clock.advance(1_000);
      send(1);
      await arriving.next();
    }
    await clock.advance(100);
    send(1);
    expect(await failureOf(arriving.next())).toMatchObject({ status: 408 });
    expect(wasLeft()).toBe(true);
  });

  test("of which there is none is over", async () => {
    expect(await arrivingBody(null, { silenceMs: 1, clock: fakeClock() }).next()).toBeNull();
  });
});

describe("readBody", () => {
  const request = (stream: ReadableStream<Uint8Array>, length: number | null): Request =>
    new Request("http://weir.internal/", {
      method: "POST",
      body: stream,
      headers: { "content-type": "application/json", ...(length === null ? {} : { "content-length": String(length) }) },
    });

  test.each([
    ["a long one", 65_536, 1],
    ["one of unknown length", null, 1],
    ["a short one", 65_535, 1],
  ])("keeps the limit on silence itself for %s", async (_, length, lifts) => {
    const { clock, stream, send, end } = body();
    let lifted = 0;
    const limits = { max_body_bytes: 1_000_000 };
    const read = readBody(request(stream, length), rulesOf(limits, clock), { lift: () => lifted++ });
    send(3);
    send(4);
    end();
    expect([(await read).length, lifted]).toEqual([7, lifts]);
  });

  test("gives a short one the time of the slowest line and no more", async () => {
    const limits = { max_body_bytes: 1_000_000 };
    const served = body();
    const read = readBody(request(served.stream, 40_000), rulesOf(limits, served.clock));
    for (let second = 0; second < 10; second++) {
      served.send(4_000);
      await served.clock.advance(1_900);
    }
    served.end();
    expect((await read).length).toBe(40_000);
    const dripping = body();
    const refused = failureOf(readBody(request(dripping.stream, 40_000), rulesOf(limits, dripping.clock)));
    for (let second = 0; second < 20; second++) {
      dripping.send(1);
      await dripping.clock.advance(1_000);
    }
    await dripping.clock.advance(200);
    const message = expect.stringContaining("40000 bytes were announced, and are not in after 20 s");
    expect(await refused).toMatchObject({ code: "invalid_request", status: 408, message });
  });

  test("stops at the first byte too many", async () => {
    const { clock, stream, send, wasLeft } = body();
    const limits = { max_body_bytes: 10 };
    const read = readBody(request(stream, null), rulesOf(limits, clock));
    send(10);
    send(1);
    expect(await failureOf(read)).toMatchObject({ code: "request_too_large" });
    expect(wasLeft()).toBe(true);
  });

  test("stops at the first piece of a long one that there is no room for", async () => {
    const { clock, stream, send, wasLeft } = body();
    const room = new BodyRoom(0);
    room.take(1, 0);
    const keep = (bytes: number): void => room.take(bytes, 0);
    const read = readBody(request(stream, 100_000), rulesOf({ max_body_bytes: 1_000_000 }, clock), { keep });
    send(10);
    expect(await failureOf(read)).toMatchObject({ code: "overloaded", status: 503 });
    expect(wasLeft()).toBe(true);
  });

  test("takes room for all that is announced at once: of two together, one goes through", async () => {
    const room = new BodyRoom(0);
    const reading = (length: number | null) => {
      const { clock, stream, send, end } = body();
      const kept = { keptBytes: 0 };
      const limits = { max_body_bytes: 1_000_000 };
      const read = readBody(request(stream, length), rulesOf(limits, clock), { keep: room.keeper(kept) });
      return { send, end, read, kept };
    };
    const first = reading(100_000);
    first.send(50_000);
    while (first.kept.keptBytes === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(first.kept.keptBytes).toBe(100_000);
    for (const length of [100_000, null]) {
      const second = reading(length);
      second.send(1_000);
      expect(await failureOf(second.read)).toMatchObject({ code: "overloaded" });
      expect(second.kept.keptBytes).toBe(0);
    }
    first.send(50_000);
    first.end();
    expect((await first.read).length).toBe(100_000);
    expect(first.kept.keptBytes).toBe(100_000);
  });
});
