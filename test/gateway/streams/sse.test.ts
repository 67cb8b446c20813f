import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EventTooLarge, MAX_EVENT_BYTES, type SseEvent, SseSplitter } from "../../../src/gateway/streams/sse.ts";
import { cpuMs } from "../../support/cpu-ms.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Everything a splitter says of the bytes cut at the given places. */
function read(bytes: Uint8Array, cuts: readonly number[]): { data: string | null; name: string | null }[] {
  const splitter = new SseSplitter();
  const events: SseEvent[] = [];
  let at = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    // the network's buffers are not ours: a copy each, so that an event must not depend on what comes later
    events.push(...splitter.push(bytes.slice(at, cut)));
    at = Math.max(at, cut);
  }
  return events.map(({ data, name }) => ({ data, name }));
}

const line = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
  fc.string().map((text) => `data:${text.replace(/[\r\n]/g, "")}`),
  fc.constantFrom("event: error", ": ping", ":", "id: 1", "retry: 5", "nonsense", "data"),
);
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const event = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), lineEnd)
  .map(([lines, end]) => lines.map((l) => l + end).join("") + end);
const document = fc
  .tuple(fc.constantFrom("", "\ufeff"), fc.array(event, { maxLength: 6 }))
  .map(([mark, events]) => bytesOf(mark + events.join("")));

describe("SseSplitter", () => {
  test("gives the same events for any cut of the bytes", () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(), { maxLength: 12 }), (bytes, seeds) => {
        const cuts = bytes.length === 0 ? [] : seeds.map((seed) => seed % (bytes.length + 1));
        expect(read(bytes, cuts)).toEqual(read(bytes, []));
      }),
      { numRuns: 500 },
    );
  });

  test("gives the same events byte by byte", () => {
    fc.assert(
      fc.property(document, (bytes) => {
        expect(read(bytes, [...bytes.keys()])).toEqual(read(bytes, []));
      }),
    );
  });

  test("reads data lines, names and comments as the standard says", () => {
    const text = '\ufeff: hi\n\ndata: {"a":1}\n\nevent: x\r\ndata:1\r\ndata: 2\r\n\r\ndata\n\ndata: last';
    expect(read(bytesOf(text), [])).toEqual([
      { data: null, name: null },
      { data: '{"a":1}', name: null },
      { data: "1\n2", name: "x" },
      { data: "", name: null },
    ]);
  });

  test("keeps the bytes of a plain event, and mends those that are not UTF-8", () => {
    const [plain] = new SseSplitter().push(bytesOf("data: {}\n\n"));
    expect(new TextDecoder().decode(plain?.raw ?? undefined)).toBe("data: {}\n\n");
    for (const line of ["data: a", ": x\ndata: a"]) {
      const [broken] = new SseSplitter().push(new Uint8Array([...bytesOf(line), 0xff, 0x0a, 0x0a]));
      expect(broken).toEqual({ data: "a\ufffd", name: null, raw: null });
    }
  });

  test("one read of many events after a pause is no endless event, whatever was left before it", () => {
    const event = bytesOf(`data: ${"a".repeat(60_000)}\n\n`);
    const many = Buffer.concat(Array.from({ length: 200 }, () => event));
    expect(many.length).toBeGreaterThan(2 * MAX_EVENT_BYTES);
    const splitter = new SseSplitter();
    expect(splitter.push(many.subarray(0, 100))).toEqual([]);
    expect(splitter.push(many.subarray(100)).length).toBe(200);
    expect(splitter.push(event.subarray(0, 10))).toEqual([]);
    expect(splitter.push(event.subarray(10)).length).toBe(1);
  });

  test("the longest event is that long whatever way it comes, and one byte more is too much", () => {
    const longest = bytesOf(`data: ${"a".repeat(MAX_EVENT_BYTES - 8)}\n\n`);
    const over = bytesOf(`data: ${"a".repeat(MAX_EVENT_BYTES - 6)}\n\n`);
    for (const cut of [1, 1000, MAX_EVENT_BYTES - 1]) {
      const splitter = new SseSplitter();
      splitter.push(longest.subarray(0, cut));
      expect(splitter.push(Buffer.concat([longest.subarray(cut), bytesOf("data: 1\n\n")])).length).toBe(2);
      const other = new SseSplitter();
      other.push(over.subarray(0, cut));
      expect(() => other.push(over.subarray(cut))).toThrow(EventTooLarge);
    }
  });

  test("gives up an event that never ends, in linear time", () => {
    // small pieces are the expensive ones: each must cost what it is long, not what came before it
    for (const piece of ["a".repeat(1024), "a".repeat(16), "data: x\n"].map(bytesOf)) {
      const splitter = new SseSplitter();
      const spent = cpuMs(() => {
        expect(() => {
          for (let sent = 0; sent <= MAX_EVENT_BYTES; sent += piece.length) splitter.push(piece);
        }).toThrow(EventTooLarge);
      });
      expect(spent).toBeLessThan(4_000);
    }
  });
});
