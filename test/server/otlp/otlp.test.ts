import { describe, expect, test } from "bun:test";
import { secret } from "../../../src/lib/secret.ts";
import type { RequestEvent } from "../../../src/schema/event.ts";
import type { Destination } from "../../../src/server/otlp/exporters.ts";
import { headersOf, MAX_QUEUED, OtlpExport, type OtlpParts } from "../../../src/server/otlp/otlp.ts";
import { fakeClock, settled } from "../../support/clock.ts";
import { anEvent } from "../../support/events.ts";

const traced = (over: Partial<RequestEvent> = {}): RequestEvent =>
  anEvent({
    trace: { trace_id: "1".repeat(32), span_id: "2".repeat(16), parent_span_id: null, sampled: true },
    attempts: [],
    ...over,
  });

interface Collecting {
  readonly send?: () => Promise<void>;
  readonly secretOf?: OtlpParts["secretOf"];
}

function exporting({ send = () => Promise.resolve(), secretOf = () => null }: Collecting = {}) {
  const clock = fakeClock();
  const opened: Destination[] = [];
  const lines: string[] = [];
  const spans: number[] = [];
  const sentTo: string[] = [];
  const count = { metrics: 0, closed: 0 };
  const say = (_: object, message: string) => void lines.push(message);
  const otlp = new OtlpExport({
    clock,
    log: { debug: say, info: say, warn: say, error: say },
    build: { version: "1", commit: "c", bun: "b", target: "t" },
    families: () => [],
    secretOf,
    open: async (to) => {
      opened.push(to);
      return {
        async traces(all) {
          await send();
          spans.push(all.length);
          sentTo.push(to.endpoint);
        },
        async metrics() {
          await send();
          count.metrics++;
        },
        async close() {
          count.closed++;
        },
      };
    },
  });
  return { otlp, clock, opened, lines, spans, sentTo, count };
}

const TO = { endpoint: "http://collector.test", metrics_interval_seconds: 30 };

describe("OtlpExport", () => {
  test("without settings nothing is opened, kept or timed", async () => {
    const { otlp, clock, opened } = exporting();
    otlp.configure(null);
    otlp.push(traced());
    expect(otlp.stats()).toEqual({ queued: 0, sent: 0, lost: 0, failing: false });
    expect([clock.waiting, opened.length]).toEqual([0, 0]);
    await otlp.close();
  });

  test("sends spans within a second, all that came together at once, and metrics at their interval", async () => {
    const { otlp, clock, spans, count } = exporting();
    otlp.configure(TO);
    otlp.push(traced());
    otlp.push(traced());
    otlp.push(traced({ trace: { ...traced().trace!, sampled: false } }));
    otlp.push(anEvent());
    await clock.advance(999);
    expect(spans).toEqual([]);
    await clock.advance(1);
    expect(spans).toEqual([2]);
    expect(otlp.stats()).toMatchObject({ queued: 0, sent: 2, lost: 0 });
    await clock.advance(59_000);
    expect(count.metrics).toBe(2);
    await otlp.close();
    expect(count).toEqual({ metrics: 3, closed: 1 });
  });

  test("keeps a bounded queue before a collector that hangs, counts the rest, and ends in time", async () => {
    const { otlp, clock } = exporting({ send: () => new Promise(() => {}) });
    otlp.configure(TO);
    for (let i = 0; i < MAX_QUEUED + 7; i++) otlp.push(traced());
    expect(otlp.stats()).toMatchObject({ queued: MAX_QUEUED, lost: 7 });
    const closed = otlp.close();
    await clock.advance(3000);
    await closed;
  });

  test("says that a collector fails once, and that it works again", async () => {
    let fails = true;
    const send = () => (fails ? Promise.reject(new Error("no")) : Promise.resolve());
    const { otlp, clock, lines } = exporting({ send });
    otlp.configure(TO);
    for (let i = 0; i < 3; i++) {
      otlp.push(traced());
      await clock.advance(1000);
    }
    expect(lines).toEqual(["telemetry could not be exported"]);
    expect(otlp.stats()).toMatchObject({ queued: 0, sent: 0, lost: 3, failing: true });
    fails = false;
    otlp.push(traced());
    await clock.advance(1000);
    expect(lines).toEqual(["telemetry could not be exported", "telemetry can be exported again"]);
    expect(otlp.stats()).toMatchObject({ sent: 1, lost: 3, failing: false });
    await otlp.close();
  });

  test("a reload sends what waits to the old collector, and begins and ends the export", async () => {
    const { otlp, clock, opened, spans, count } = exporting();
    otlp.configure(TO);
    otlp.configure({ ...TO });
    expect(opened).toHaveLength(1);
    otlp.push(traced());
    otlp.configure({ ...TO, endpoint: "http://other.test" });
    await settled();
    expect([opened.length, spans, count.closed]).toEqual([2, [1], 1]);
    otlp.configure(null);
    otlp.push(traced());
    await settled();
    expect(otlp.stats().queued).toBe(0);
    expect([clock.waiting, count.closed]).toEqual([0, 2]);
  });

  test("a reload leaves a collector that hangs, however much comes meanwhile", async () => {
    let hangs: PromiseWithResolvers<void> | null = Promise.withResolvers<void>();
    const { otlp, clock, opened, sentTo } = exporting({ send: () => hangs?.promise ?? Promise.resolve() });
    otlp.configure(TO);
    otlp.push(traced());
    await clock.advance(1000);
    otlp.configure({ ...TO, endpoint: "http://other.test" });
    for (let i = 0; i < 600; i++) otlp.push(traced());
    const { reject } = hangs;
    hangs = null;
    reject(new Error("no answer"));
    await settled();
    expect(opened.map(({ endpoint }) => endpoint)).toEqual([TO.endpoint, "http://other.test"]);
    expect(sentTo).toEqual(["http://other.test", "http://other.test", "http://other.test"]);
    expect(otlp.stats()).toMatchObject({ queued: 0, sent: 600, lost: 1 });
    await otlp.close();
  });

  test("a reload takes the headers of a secret that has changed", async () => {
    let text = "authorization=Bearer%20one";
    const { otlp, opened, count } = exporting({ secretOf: () => secret(text) });
    const settings = { ...TO, headers_ref: { file: "/run/secrets/otlp" } };
    otlp.configure(settings);
    otlp.configure(settings);
    text = "authorization=Bearer%20two";
    otlp.configure(settings);
    await settled();
    expect(opened.map(({ headers }) => headers)).toEqual([
      { authorization: "Bearer one" },
      { authorization: "Bearer two" },
    ]);
    expect(count.closed).toBe(1);
    await otlp.close();
  });

  test("sends the headers a secret holds, and nothing where it cannot be read", () => {
    const headers_ref = { env: "H" };
    const read = exporting({ secretOf: () => secret("authorization=Bearer%20x") });
    read.otlp.configure({ ...TO, headers_ref });
    expect(read.opened).toEqual([{ endpoint: TO.endpoint, headers: { authorization: "Bearer x" } }]);
    for (const secretOf of [() => null, () => secret("Bearer x")]) {
      const { otlp, opened, lines } = exporting({ secretOf });
      otlp.configure({ ...TO, headers_ref });
      otlp.push(traced());
      expect([opened.length, lines.length, otlp.stats().queued]).toEqual([0, 1, 0]);
      expect(lines[0]).not.toContain("Bearer");
    }
  });
});

describe("headersOf", () => {
  test.each([
    ["a=b", { a: "b" }],
    [" a = b , c=d%2Ce= ", { a: "b", c: "d,e=" }],
    ["", {}],
    ["a", null],
    ["=b", null],
    ["a=%zz", null],
    ["a b=c", null],
    ["a=x%0Ay", null],
  ])("%p", (text, headers) => {
    expect(headersOf(text)).toEqual(headers);
  });
});
