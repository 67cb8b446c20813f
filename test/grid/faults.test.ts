import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { numberOf, utcOf } from "../../src/grid/_values.ts";
import { gridSources } from "../../src/grid/index.ts";
import type { GridSource } from "../../src/grid/source.ts";
import { GatewayError } from "../../src/lib/errors.ts";
import { askAt, KEY, serve } from "./served.ts";

const AT = "2026-05-19T10:10:00Z";
const registry: Readonly<Record<string, GridSource>> = gridSources;
const asking = Object.values(registry).filter(({ baseUrl }) => baseUrl !== null);
const names = asking.map(({ name }) => name as keyof typeof gridSources);

/** The error of a source whose service answers so; fails where it gives a reading. */
async function errorOf(name: keyof typeof gridSources, url: string, timeoutMs = 5_000): Promise<GatewayError> {
  const thrown: unknown = await askAt(url, name, { at: AT, timeoutMs }).then(
    (reading) => reading,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(GatewayError);
  expectNoKey(thrown as GatewayError);
  return thrown as GatewayError;
}

/** Neither the key nor the address with its query may be seen, however somebody looks. */
function expectNoKey(error: GatewayError): void {
  const all = [error.message, error.stack, Bun.inspect(error, { depth: 9 }), JSON.stringify(error.details)].join("\n");
  for (const shape of [KEY, encodeURIComponent(KEY), KEY.replaceAll(" ", "+"), "securityToken="])
    expect(all).not.toContain(shape);
}

describe.each(names)("%s", (name) => {
  test("cannot be reached", async () => {
    const { code, message } = await errorOf(name, "http://127.0.0.1:1");
    expect([code, message]).toEqual(["upstream_failed", `${name} at 127.0.0.1:1 cannot be reached (ECONNREFUSED)`]);
  });

  test("does not accept the key", async () => {
    for (const status of [401, 403]) {
      const { url } = serve((asked) => new Response(`bad key ${asked.search}`, { status }));
      expect((await errorOf(name, url)).code).toBe("upstream_auth_failed");
    }
  });

  test("wants us to stay away", async () => {
    const { url } = serve(() => new Response("slow down", { status: 429, headers: { "retry-after": "120" } }));
    expect(await errorOf(name, url)).toMatchObject({
      code: "upstream_rate_limited",
      details: { retryAfterMs: 120_000 },
    });
  });

  test("fails", async () => {
    for (const status of [404, 500, 503]) {
      const { url } = serve((asked) => new Response(`<html>${asked.search}</html>`, { status }));
      expect((await errorOf(name, url)).code).toBe("upstream_failed");
    }
  });

  test("sends us elsewhere: the key stays here", async () => {
    const thief = serve(() => new Response("{}"));
    const { url } = serve(() => new Response(null, { status: 302, headers: { location: `${thief.url}/stolen` } }));
    expect((await errorOf(name, url)).code).toBe("upstream_failed");
    expect(thief.requests).toEqual([]);
  });

  test.each([
    "garbage",
    "{",
    "",
    "null",
    "[]",
    "{}",
    "<html></html>",
    '{"data":3,"results":{},"records":"x"}',
    "\u0000\ufffd",
  ])("answers with %p", async (body) => {
    const { url } = serve(() => new Response(body));
    expect((await errorOf(name, url)).code).toBe("upstream_invalid_answer");
  });

  test("answers with more than anybody has to say: it is not read to the end", async () => {
    // far more than two sockets, and a server that is ahead of its client, can hold
    const whole = 1_000_000_000;
    let sent = 0;
    const block = new TextEncoder().encode(" ".repeat(65_536));
    const { url } = serve(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              sent += block.length;
              controller.enqueue(block);
              if (sent >= whole) controller.close();
            },
          }),
        ),
    );
    expect((await errorOf(name, url, 30_000)).code).toBe("upstream_invalid_answer");
    expect(sent).toBeLessThan(whole);
  });

  test("begins an answer and does not end it", async () => {
    const { url } = serve(
      () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode(" "));
            },
          }),
        ),
    );
    expect((await errorOf(name, url, 150)).code).toBe("upstream_timeout");
  });

  test("does not answer", async () => {
    const { url } = serve(() => new Promise<Response>(() => {}));
    const { code, message } = await errorOf(name, url, 100);
    expect(code).toBe("upstream_timeout");
    expect(message).toContain("did not answer within 0.1 s");
  });

  test("survives whatever JSON it is given", async () => {
    let body = "";
    const { url } = serve(() => new Response(body));
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 3 }), async (value) => {
        body = value;
        await askAt(url, name, { at: AT }).catch((error: unknown) => expect(error).toBeInstanceOf(GatewayError));
      }),
      { numRuns: 30 },
    );
  });
});

describe("values", () => {
  test.each([
    ["1 234", 1234],
    ["1\u00a0234", 1234],
    ["1\u202f234.5", 1234.5],
    ["-12", -12],
    ["\u221212", -12],
    [7, 7],
    ["1e3", 1000],
    ["1,234", null],
    ["1.234,5", null],
    ["ND", null],
    ["-", null],
    ["", null],
    [null, null],
    [true, null],
    [Number.NaN, null],
    ["0x10", null],
    ["Infinity", null],
  ])("%p is the number %p", (value, expected) => {
    expect(numberOf(value)).toBe(expected);
  });

  test.each([
    ["2026-07-19T15:53:23.729935", "2026-07-19T15:53:23.729Z"],
    ["2026-07-19T15:53", "2026-07-19T15:53:00.000Z"],
    ["2026-07-19T15:53Z", "2026-07-19T15:53:00.000Z"],
    ["2026-07-19T15:53:00+02:00", "2026-07-19T13:53:00.000Z"],
    ["2026-07-19T15:53:00+0200", "2026-07-19T13:53:00.000Z"],
    ["2026-07-19", null],
    ["2026-13-19T15:53", null],
    ["yesterday", null],
    [1784476403000, null],
  ])("%p is the moment %p", (value, expected) => {
    const at = utcOf(value);
    expect(at === null ? null : new Date(at).toISOString()).toBe(expected);
  });
});
