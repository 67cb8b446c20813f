/** Upstreams that lie, break, redirect, compress or never end, from outside. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from "node:zlib";
import {
  CHAT,
  errorFaults,
  type Outside,
  PROMPT,
  post,
  STREAM,
  send,
  startOutside,
  UPSTREAM_KEY,
} from "../support/outside.ts";
import {
  chatAnswer,
  chunkEvent,
  DONE,
  json,
  type Script,
  stream,
  usageEvent,
  type Wire,
} from "../support/raw-upstream.ts";
import { openTcp, type Tcp, type WireAnswer } from "../support/tcp.ts";
import { until } from "../support/until.ts";

const early = createServer((socket) => {
  socket.on("error", () => {});
  // answers at the first bytes of the head and reads no more
  socket.once("data", () => {
    socket.pause();
    socket.write(
      'HTTP/1.1 413 X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 41\r\n\r\n{"error":{"message":"too much for me, a"}}'.slice(
        0,
        999,
      ),
    );
  });
});

let outside: Outside;
beforeAll(async () => {
  await new Promise<void>((resolve) => early.listen(0, "127.0.0.1", resolve));
  const { port } = early.address() as { port: number };
  const base_url = `http://127.0.0.1:${port}/v1`;
  // nothing listens there: whatever goes by a proxy fails
  const proxy = "http://127.0.0.1:9";
  outside = await startOutside({
    env: { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy },
    // a busy machine takes part of them for itself
    target: { timeout_seconds: 4, stream_timeout_seconds: 4, first_token_timeout_seconds: 3, stall_timeout_seconds: 2 },
    others: [{ id: "early", provider: "openai-compatible", model: "early", base_url, timeout_seconds: 5 }],
    providers: { fallback: { enabled: false } },
    config: { size_limits: { max_response_bytes: 60_000_000 } },
  });
});
afterAll(async () => {
  await outside[Symbol.asyncDispose]();
  early.close();
});

let count = 0;

interface Outcome {
  readonly answer: WireAnswer | null;
  readonly id: string;
  /** Requests the upstream got for it. */
  readonly asked: number;
  readonly outcome: string;
  readonly attempts: readonly string[];
}

/** A script that can wait until its client has seen something: what goes out together, Bun may throw away together. */
type Followed = (wire: Wire, seen: Tcp["saw"]) => Promise<void> | void;

/** Asks once, with the upstream doing as told. Fails unless exactly one event is written and the process answers. */
async function ask(script: Followed, body: object = CHAT): Promise<Outcome> {
  const id = `up-${count++}`;
  const client = await openTcp(outside.url);
  outside.plan(id, (wire) => script(wire, client.saw));
  void client.write(post(body, { id }));
  const answer = await client.answer();
  client.close();
  const event = await outside.event(id);
  expect(await outside.aftermath(id)).toEqual({ outcomes: [event.outcome], alive: true });
  const asked = outside.upstream.filter(({ headers }) => headers["x-request-id"] === id).length;
  return { answer, id, asked, outcome: event.outcome, attempts: event.attempts.map(({ outcome }) => outcome) };
}

type Ending = "stay" | "end" | "reset";
const bytes =
  (text: string | Buffer, ending: Ending = "stay"): Script =>
  async (wire) => {
    await wire.write(text);
    if (ending === "end") wire.socket.end();
    if (ending === "reset") wire.socket.resetAndDestroy();
  };
const head = (...headers: string[]): string =>
  `HTTP/1.1 200 OK\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;
const JSON_TYPE = "content-type: application/json";
const SSE_TYPE = "content-type: text/event-stream";
const ANSWER = JSON.stringify(chatAnswer("hello"));
const withLength = (body: string | Buffer, length: number, ...headers: string[]): Buffer =>
  Buffer.concat([Buffer.from(head(JSON_TYPE, ...headers, `content-length: ${length}`)), Buffer.from(body)]);
const whole = (body: string | Buffer, ...headers: string[]): Buffer =>
  withLength(body, Buffer.byteLength(body), ...headers);
const EVENT = chunkEvent({ content: "hi" });
const FINISH = chunkEvent({}, "stop");

describe("an answer that cannot be used", () => {
  test.each<readonly [string, string, Script]>([
    [
      "a redirect elsewhere",
      "upstream_failed",
      bytes("HTTP/1.1 302 X\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\n\r\n"),
    ],
    [
      "a redirect that keeps the method",
      "upstream_failed",
      bytes("HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"),
    ],
    [
      "a permanent redirect",
      "upstream_failed",
      bytes("HTTP/1.1 308 X\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\n\r\n"),
    ],
    ["not modified", "upstream_failed", bytes("HTTP/1.1 304 X\r\n\r\n")],
    ["HTML", "upstream_invalid_answer", bytes(`${head("content-type: text/html", "content-length: 13")}<html></html>`)],
    [
      "HTML with 503",
      "upstream_failed",
      bytes("HTTP/1.1 503 X\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>"),
    ],
    ["less than it said, then the end", "upstream_cut", bytes(withLength(ANSWER, ANSWER.length + 9), "end")],
    ["less than it said, then a reset", "upstream_cut", bytes(withLength(ANSWER, ANSWER.length + 9), "reset")],
    ["more than it said", "upstream_invalid_answer", bytes(withLength(ANSWER, ANSWER.length - 9))],
    ["two lengths", "upstream_failed", bytes(whole(ANSWER, "content-length: 5"))],
    ["no length at all", "upstream_failed", bytes(head(JSON_TYPE, "content-length: soon") + ANSWER)],
    ["a chunk of no size", "upstream_cut", bytes(`${head(JSON_TYPE, "transfer-encoding: chunked")}zz\r\n{}\r\n`)],
    [
      "half a chunked body",
      "upstream_cut",
      bytes(`${head(JSON_TYPE, "transfer-encoding: chunked")}5\r\n{"a":\r\n`, "end"),
    ],
    ["gzip that is none", "upstream_cut", bytes(whole(ANSWER, "content-encoding: gzip"))],
    [
      "half of a gzip",
      "upstream_cut",
      bytes(Buffer.concat([Buffer.from(head("content-encoding: gzip")), gzipSync(ANSWER).subarray(0, 40)]), "end"),
    ],
    ["no content", "upstream_invalid_answer", bytes("HTTP/1.1 204 X\r\n\r\n")],
    ["an empty body", "upstream_invalid_answer", bytes(whole(""))],
    ["an empty object", "upstream_invalid_answer", json({})],
    ["a list", "upstream_invalid_answer", json([])],
    ["a string", "upstream_invalid_answer", json('"hello"')],
    ["half of a JSON", "upstream_invalid_answer", json(ANSWER.slice(0, -1))],
    ["two JSONs", "upstream_invalid_answer", json(ANSWER + ANSWER)],
    ["no choices", "upstream_invalid_answer", json({ choices: [] })],
    ["an object for choices", "upstream_invalid_answer", json({ choices: {} })],
    ["null for a choice", "upstream_invalid_answer", json({ choices: [null] })],
    ["a choice without a message", "upstream_invalid_answer", json({ choices: [{ index: 0, finish_reason: "stop" }] })],
    ["choices twice, once of the wrong kind", "upstream_invalid_answer", json('{"choices":7,"choices":[7]}')],
    ["an error behind a 200", "upstream_failed", json({ error: { message: "boom", code: 503 } })],
    ["an error in a word", "upstream_failed", json({ error: "boom" })],
    ["an error by its object", "upstream_failed", json({ object: "error", message: "boom" })],
    ["events", "upstream_invalid_answer", stream(EVENT, FINISH, DONE)],
    ["no HTTP", "upstream_failed", bytes("SSH-2.0-OpenSSH_9\r\n", "end")],
    ["an upgrade", "upstream_failed", bytes("HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")],
    ["a head of 3 MB", "upstream_failed", bytes(head(`x: ${"a".repeat(3_000_000)}`), "end")],
    ["a status of 999", "upstream_failed", bytes("HTTP/1.1 999 X\r\ncontent-length: 0\r\n\r\n")],
    ["a word of 500", "upstream_failed", bytes("HTTP/1.1 500 X\r\ncontent-length: 4\r\n\r\noops")],
  ])("%s", async (_, code, script) => {
    const { answer, id, asked, outcome, attempts } = await ask(script);
    expect(errorFaults(answer, { status: 502, code, id })).toEqual([]);
    expect(answer?.headers["location"]).toBeUndefined();
    expect({ asked, outcome, attempts }).toEqual({ asked: 1, outcome: code, attempts: [code] });
  });

  test.each<readonly [string, Script]>([
    ["a reset before the head", bytes("", "reset")],
    ["the end before the head", bytes("", "end")],
    ["half a head", bytes("HTTP/1.1 200 OK\r\nconten", "end")],
  ])("%s: asked once more on a fresh connection, then given up", async (_, script) => {
    // only where a connection from before may have died: whatever order the tests run in, there is one
    expect((await ask(json(chatAnswer("well")))).outcome).toBe("ok");
    const { answer, id, asked, outcome, attempts } = await ask(script);
    expect(errorFaults(answer, { status: 502, code: "upstream_failed", id })).toEqual([]);
    expect({ asked, outcome, attempts }).toEqual({
      asked: 2,
      outcome: "upstream_failed",
      attempts: ["upstream_failed"],
    });
  });

  test.each([401, 403])("%i: its words stay here", async (status) => {
    const text = `bad key ${UPSTREAM_KEY} of organisation org-77`;
    const { answer, id } = await ask(bytes(`HTTP/1.1 ${status} X\r\ncontent-length: ${text.length}\r\n\r\n${text}`));
    expect(errorFaults(answer, { status: 502, code: "upstream_auth_failed", id })).toEqual([]);
    expect(answer?.body).not.toContain("org-77");
    expect(JSON.stringify(await outside.event(id))).not.toContain("org-77");
    expect(outside.logs()).not.toContain("org-77");
  });

  test("that is not there in time is a timeout, whatever came until then", async () => {
    const scripts: readonly Script[] = [
      () => {},
      bytes("HTTP/1.1 200 OK\r\nconten"),
      bytes(withLength(ANSWER, ANSWER.length + 9)),
      bytes("HTTP/1.1 500 X\r\ncontent-length: 99\r\n\r\n{"),
    ];
    // together, since each takes its whole time
    for (const { answer, id, outcome } of await Promise.all(scripts.map((script) => ask(script)))) {
      expect(errorFaults(answer, { status: 504, code: "upstream_timeout", id })).toEqual([]);
      expect(outcome).toBe("upstream_timeout");
    }
  });

  test("what is left of a lie does not reach the next answer", async () => {
    const smuggled = whole(JSON.stringify(chatAnswer("smuggled")));
    await ask(bytes(Buffer.concat([whole(ANSWER), smuggled])));
    const { answer } = await ask(json(chatAnswer("clean")));
    expect(answer?.body).toContain('"clean"');
  });

  test("an answer before the request was sent", async () => {
    const body = JSON.stringify({ ...CHAT, model: "early", user: "a".repeat(9_000_000) });
    const answer = await send(outside, post(body, { id: "early" }));
    expect([413, 502]).toContain(answer!.status);
    const code = answer?.status === 413 ? "upstream_rejected" : "upstream_failed";
    expect(errorFaults(answer, { status: answer!.status, code, id: "early" })).toEqual([]);
    expect((await outside.aftermath("early")).outcomes.length).toBe(1);
  });
});

/** The runtime's one thread of calls unpacks what has come before it turns to others: waits until it has. */
const unpacked = (): Promise<void> => until(async () => (await send(outside, post(CHAT)))?.status === 200);

describe("an answer that can be used", () => {
  test.each<readonly [string, Script]>([
    ["gzip", bytes(whole(gzipSync(ANSWER), "content-encoding: gzip"))],
    ["brotli", bytes(whole(brotliCompressSync(ANSWER), "content-encoding: br"))],
    ["deflate", bytes(whole(deflateSync(ANSWER), "content-encoding: deflate"))],
    [
      "gzip that grows past its content-length",
      bytes(whole(gzipSync(`${ANSWER}${" ".repeat(100_000)}`), "content-encoding: gzip")),
    ],
    ["no type", bytes(head(`content-length: ${ANSWER.length}`) + ANSWER)],
    ["a type of plain text", bytes(head("content-type: text/plain", `content-length: ${ANSWER.length}`) + ANSWER)],
    ["no length", bytes(head(JSON_TYPE) + ANSWER, "end")],
    ["early hints before it", bytes(`HTTP/1.1 103 X\r\nlink: x\r\n\r\n${whole(ANSWER)}`)],
    ["a head of 100 kB", bytes(whole(ANSWER, `x-long: ${"a".repeat(100_000)}`))],
    [
      "headers of its own",
      bytes(
        whole(ANSWER, "set-cookie: a=b", "x-request-id: theirs", "server: theirs", "connection: close", "x-secret: s"),
      ),
    ],
  ])("%s", async (_, script) => {
    const { answer, id, outcome } = await ask(script);
    expect([answer?.status, answer?.body.trim(), outcome]).toEqual([200, ANSWER, "ok"]);
    const { headers } = answer!;
    expect([headers["content-type"], headers["x-request-id"]]).toEqual(["application/json", id]);
    for (const name of ["content-encoding", "set-cookie", "server", "x-secret", "x-long", "location"]) {
      expect(headers[name]).toBeUndefined();
    }
  });

  test("50 MB of it", async () => {
    outside.plan("large", json(chatAnswer("x".repeat(50_000_000))));
    const init = { method: "POST", headers: { "x-request-id": "large" }, body: JSON.stringify(CHAT) };
    const response = await fetch(`${outside.url}/v1/chat/completions`, init);
    expect((await response.bytes()).length).toBe(Buffer.byteLength(JSON.stringify(chatAnswer(""))) + 50_000_000);
    expect(await outside.aftermath("large")).toEqual({ outcomes: ["ok"], alive: true });
  });

  test.each<readonly [string, Script]>([
    [
      "without end",
      async (wire) => {
        await wire.write(head(JSON_TYPE, "transfer-encoding: chunked"));
        for (const blanks = Buffer.alloc(262_144, 0x20); !wire.socket.destroyed; ) await wire.chunk(blanks);
      },
    ],
    ["said to be large", bytes(head(JSON_TYPE, "content-length: 60000001"))],
    ["packed small", bytes(whole(gzipSync(Buffer.alloc(100_000_000, 0x20)), "content-encoding: gzip"))],
  ])("more than max_response_bytes, %s: given up, and not kept", async (_, script) => {
    const before = await outside.memory();
    const { answer, id } = await ask(script);
    expect(errorFaults(answer, { status: 502, code: "upstream_invalid_answer", id })).toEqual([]);
    await outside.memoryBelow(before + 200e6);
    await unpacked();
  });
});

describe("a stream that cannot be used", () => {
  test.each<readonly [string, string, Script]>([
    ["a redirect", "upstream_failed", bytes("HTTP/1.1 307 X\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\n\r\n")],
    ["HTML", "upstream_invalid_answer", bytes(`${head("content-type: Text/HTML", "content-length: 6")}<html>`)],
    ["JSON", "upstream_invalid_answer", json(chatAnswer("hello"))],
    ["a list", "upstream_invalid_answer", json([])],
    ["an error in JSON", "upstream_failed", json({ error: { message: "boom", code: 500 } })],
    ["no content", "upstream_invalid_answer", bytes("HTTP/1.1 204 X\r\n\r\n")],
    ["nothing", "upstream_cut", bytes(head(SSE_TYPE, "content-length: 0"))],
    ["nothing of no type", "upstream_cut", bytes(head("content-length: 0"))],
    ["only [DONE]", "upstream_cut", stream(DONE)],
    ["only a role", "upstream_cut", stream(chunkEvent({ role: "assistant", content: "" }))],
    ["half an event", "upstream_cut", stream(EVENT.slice(0, -1))],
    ["a broken event", "upstream_invalid_answer", stream(`${EVENT.slice(0, -9)}\n\n`)],
    [
      "a line without end",
      "upstream_invalid_answer",
      async (wire) => {
        await wire.streamHead();
        for (const piece = Buffer.alloc(65_536, 0x61); !wire.socket.destroyed; ) await wire.chunk(piece);
      },
    ],
    [
      "an event without end",
      "upstream_invalid_answer",
      async (wire) => {
        await wire.streamHead();
        for (const lines = "data: x\n".repeat(8000); !wire.socket.destroyed; ) await wire.chunk(lines);
      },
    ],
    [
      "a packed line without end",
      "upstream_invalid_answer",
      bytes(
        Buffer.concat([
          Buffer.from(head(SSE_TYPE, "content-encoding: gzip")),
          gzipSync(Buffer.alloc(100_000_000, 0x61)),
        ]),
      ),
    ],
  ])("%s: an error, since nothing was promised", async (_, code, script) => {
    const before = await outside.memory();
    const { answer, id, asked, outcome } = await ask(script, STREAM);
    expect(errorFaults(answer, { status: 502, code, id })).toEqual([]);
    expect({ asked, outcome }).toEqual({ asked: 1, outcome: code });
    await outside.memoryBelow(before + 300e6);
    await unpacked();
  });

  test("that has no first word in time is a timeout, whatever came until then", async () => {
    const scripts: readonly Script[] = [
      () => {},
      (wire) => wire.streamHead(),
      async (wire) => {
        await wire.streamHead();
        await wire.chunk(chunkEvent({ role: "assistant" }));
      },
      bytes(`${head(JSON_TYPE, "content-length: 99")}{`),
      async (wire) => {
        await wire.streamHead();
        while (!wire.socket.destroyed) {
          await wire.chunk(": still here\n\n");
          await Bun.sleep(50);
        }
      },
    ];
    for (const { answer, id, outcome } of await Promise.all(scripts.map((script) => ask(script, STREAM)))) {
      expect(errorFaults(answer, { status: 504, code: "upstream_timeout", id })).toEqual([]);
      expect(outcome).toBe("upstream_timeout");
    }
  });

  test.each<readonly [string, string, Script]>([
    ["a reset", "upstream_cut", (wire) => void wire.socket.resetAndDestroy()],
    ["the end of the connection", "upstream_cut", (wire) => void wire.socket.end()],
    ["the end of the body", "upstream_cut", (wire) => wire.end()],
    ["a chunk of no size", "upstream_cut", (wire) => wire.write("zz\r\nxx\r\n")],
    ["[DONE] too early", "upstream_cut", (wire) => wire.chunk(DONE)],
    [
      "an event that is not JSON",
      "upstream_invalid_answer",
      (wire) => wire.chunk(Buffer.from(EVENT.replace('"hi"', "\xff"), "latin1")),
    ],
    [
      "an error event",
      "upstream_failed",
      (wire) => wire.chunk('data: {"error":{"message":"boom","type":"server_error"}}\n\n'),
    ],
    ["silence", "upstream_timeout", () => {}],
    [
      "a line without end",
      "upstream_invalid_answer",
      async (wire) => {
        for (const piece = Buffer.alloc(65_536, 0x61); !wire.socket.destroyed; ) await wire.chunk(piece);
      },
    ],
    [
      "words without end",
      "upstream_timeout",
      async (wire) => {
        while (!wire.socket.destroyed) {
          await wire.chunk(EVENT);
          await Bun.sleep(20);
        }
      },
    ],
  ])("%s after the first word: an error event, no [DONE]", async (_, code, script) => {
    const { answer, id, asked, outcome } = await ask(async (wire, seen) => {
      await wire.streamHead();
      await wire.chunk(EVENT);
      await seen('"hi"');
      await script(wire);
    }, STREAM);
    expect([answer?.status, asked, outcome]).toEqual([200, 1, code]);
    const events = answer!.body.split("\n\n").filter((event) => event !== "");
    expect(`${events[0]}\n\n`).toBe(EVENT);
    expect(answer?.body).not.toContain("[DONE]");
    expect(JSON.parse(events.at(-1)!.slice(6)).error).toMatchObject({
      code,
      request_id: id,
      message: expect.any(String),
      type: expect.any(String),
      param: null,
    });
    expect(answer?.body).not.toContain(PROMPT);
  });
});

describe("a stream that can be used", () => {
  const EXPECTED = EVENT + FINISH + DONE;

  test.each<readonly [string, Followed]>([
    [
      "gzip, event by event",
      async (wire) => {
        await wire.streamHead("content-encoding: gzip\r\n");
        const zip = createGzip({ flush: constants.Z_SYNC_FLUSH });
        const sent: Promise<void>[] = [];
        zip.on("data", (piece: Buffer) => sent.push(wire.chunk(piece)));
        for (const event of [EVENT, FINISH, usageEvent(), DONE]) zip.write(event);
        await new Promise<void>((resolve) => zip.end(resolve));
        await Promise.all(sent);
        await wire.end();
      },
    ],
    ["of no type, ended by the connection", bytes(head("x: y") + EVENT + FINISH + DONE, "end")],
    ["of some other type", bytes(head("content-type: application/octet-stream") + EVENT + FINISH + DONE, "end")],
    ["with CRLF and a byte order mark", stream(`\ufeff${EXPECTED.replaceAll("\n", "\r\n")}`)],
    ["byte by byte", (wire) => stream(...[...Buffer.from(EXPECTED)].map((byte) => Uint8Array.of(byte)))(wire)],
    ["without [DONE]", stream(EVENT, FINISH)],
    ["with more after [DONE]", stream(EVENT, FINISH, DONE, EVENT, "garbage")],
    [
      "with nonsense in between",
      stream(EVENT, "data: nonsense\n\n: comment\n\nevent: ping\ndata: {}\n\n", FINISH, DONE),
    ],
    [
      "cut off after [DONE]",
      async (wire, seen) => {
        await wire.streamHead();
        await wire.chunk(EVENT + FINISH + DONE);
        await seen('"hi"');
        wire.socket.end();
      },
    ],
  ])("%s", async (_, script) => {
    const { answer, outcome } = await ask(script, STREAM);
    expect([answer?.status, answer?.body, outcome]).toEqual([200, EXPECTED, "ok"]);
    expect(answer?.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(answer?.headers["content-encoding"]).toBeUndefined();
  });

  test("is mended where it is not UTF-8, as whole answers are", async () => {
    const broken = Buffer.from(EVENT.replace('"hi"', '"h\xff"'), "latin1");
    const { answer, outcome } = await ask((wire) => stream(broken, FINISH, DONE)(wire), STREAM);
    expect([answer?.status, outcome]).toEqual([200, "ok"]);
    expect(answer?.body).toBe(EVENT.replace('"hi"', '"h\ufffd"') + FINISH + DONE);
  });
});

test("whatever the upstream did, nothing stays in flight, and the log has no error", async () => {
  const inFlight = async (): Promise<number> =>
    (await outside.metric("weir_requests_in_flight")) +
    (await outside.metric('weir_target_requests_in_flight{target="a"}'));
  await until(async () => (await inFlight()) === 0);
  expect(outside.logs()).not.toContain('"level":"error"');
  expect(outside.logs()).not.toContain(UPSTREAM_KEY);
  expect(outside.logs()).not.toContain(PROMPT);
});
