/** Heads, methods, paths and framing of every kind of nonsense, from outside. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHAT, errorFaults, type Outside, post, send, startOutside } from "../support/outside.ts";
import { openTcp } from "../support/tcp.ts";

let outside: Outside;
beforeAll(async () => {
  outside = await startOutside({ config: { size_limits: { max_header_bytes: 4_096 } } });
});
afterAll(() => outside[Symbol.asyncDispose]());

const head = (line: string, ...headers: string[]): Buffer =>
  Buffer.from(`${line}\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`, "latin1");
const get = (path: string, ...headers: string[]): Buffer => head(`GET ${path} HTTP/1.1`, "Host: x", ...headers);
const alive = async () => (await outside.aftermath("none")).alive;
const HEALTHY = '{"status":"ok"}';

test("headers are refused from the first byte above size_limits.max_header_bytes on", async () => {
  const others = "Host: x\r\nContent-Type: application/json\r\nContent-Length: \r\n";
  const body = JSON.stringify(CHAT);
  const padded = (bytes: number): Buffer => {
    const left = bytes - others.length - String(body.length).length - "X-Pad: \r\n".length;
    const lines = ["Host: x", "Content-Type: application/json", `Content-Length: ${body.length}`];
    const top = head("POST /v1/chat/completions HTTP/1.1", ...lines, `X-Pad: ${"a".repeat(left)}`);
    return Buffer.concat([top, Buffer.from(body)]);
  };
  expect((await send(outside, padded(4_096)))?.status).toBe(200);
  const refused = await send(outside, padded(4_097));
  expect(errorFaults(refused, { status: 413, code: "request_too_large" })).toEqual([]);
  expect(refused?.body).toContain("size_limits.max_header_bytes");
  expect(await alive()).toBe(true);
});

describe("the Host header", () => {
  test.each(["x", "a", "1", "_", "xn--bcher-kva.example", "127.0.0.1:8080", "[::1]:80", "UPPER.example", "a.b.c."])(
    "%s is served, on the right route",
    async (host) => {
      expect((await send(outside, head("GET /healthz HTTP/1.1", `Host: ${host}`)))?.body).toBe(HEALTHY);
      const missing = await send(outside, head("GET /x/healthz HTTP/1.1", `Host: ${host}`));
      expect(errorFaults(missing, { status: 404, code: "not_found" })).toEqual([]);
      const chat = Buffer.from(post(CHAT).toString("latin1").replace("Host: x", `Host: ${host}`), "latin1");
      expect((await send(outside, chat))?.status).toBe(200);
    },
  );

  test.each([
    "a b",
    "a/b",
    "a/healthz",
    "a?b",
    "a#b",
    "user@a",
    "a, b",
    "-",
    ".",
    "*",
    "a\tb",
    "h:",
    "h:123456",
    "h:80:80",
    "[::1",
    "::1",
    "\xe9",
    "\xff\xfe",
    "a\\b",
    "%61",
    "a;b",
    `${"a".repeat(300)}`,
  ])("%p is refused", async (host) => {
    const answer = await send(outside, head("GET /healthz HTTP/1.1", `Host: ${host}`));
    expect(errorFaults(answer, { status: 400, code: "invalid_request" })).toEqual([]);
  });

  test.each([
    ["two of them", ["Host: x", "Host: y"]],
    ["the same twice", ["Host: x", "Host: x"]],
    ["an empty one and one", ["Host:", "Host: x"]],
    ["an empty one", ["Host:"]],
  ])("%s: refused", async (_, hosts) => {
    const answer = await send(outside, head("GET /healthz HTTP/1.1", ...hosts));
    expect(errorFaults(answer, { status: 400, code: "invalid_request" })).toEqual([]);
  });

  test("HTTP/1.0 needs none, HTTP/1.1 does", async () => {
    expect((await send(outside, head("GET /healthz HTTP/1.0")))?.body).toBe(HEALTHY);
    const chat = post(CHAT, { id: "old" }).toString("latin1").replace("HTTP/1.1\r\nHost: x", "HTTP/1.0");
    expect((await send(outside, Buffer.from(chat, "latin1")))?.status).toBe(200);
    expect(await outside.aftermath("old")).toEqual({ outcomes: ["ok"], alive: true });
    expect((await send(outside, head("GET /healthz HTTP/1.1")))?.status).toBe(400);
  });

  test("of an absolute target decides nothing", async () => {
    expect((await send(outside, get("http://elsewhere.example/healthz")))?.body).toBe(HEALTHY);
    const bytes = post(CHAT, { path: "http://elsewhere.example/v1/chat/completions" });
    expect((await send(outside, bytes))?.status).toBe(200);
  });
});

describe("the Authorization header", () => {
  test.each([
    ["two keys", ["Authorization: Bearer a", "Authorization: Bearer b"]],
    ["the same key twice", ["Authorization: Bearer a", "Authorization: Bearer a"]],
    ["an empty one first", ["Authorization:", "Authorization: Bearer a"]],
    ["two in one", ["Authorization: Bearer a, Bearer b"]],
  ])("%s: refused on every route", async (_, lines) => {
    const expected = { status: 400, code: "invalid_request" };
    expect(errorFaults(await send(outside, get("/healthz", ...lines)), expected)).toEqual([]);
    expect(errorFaults(await send(outside, get("/api/config", ...lines)), expected)).toEqual([]);
    const asked = outside.upstream.length;
    const chat = post(CHAT, { headers: lines.map((line) => `${line}\r\n`).join("") });
    expect(errorFaults(await send(outside, chat), expected)).toEqual([]);
    expect(outside.upstream.length).toBe(asked);
  });

  test("the caller's key, cookies and hop-by-hop headers stay here", async () => {
    const headers =
      "Authorization: Bearer of-the-caller\r\nx-api-key: of-the-caller\r\nCookie: a=of-the-caller\r\nConnection: keep-alive, x-hop\r\nx-hop: of-the-caller\r\nProxy-Authorization: of-the-caller\r\nTE: trailers\r\n";
    expect((await send(outside, post(CHAT, { id: "own-key", headers })))?.status).toBe(200);
    const seen = outside.upstream.find((request) => request.headers["x-request-id"] === "own-key");
    expect(seen?.headers["authorization"]).toBe("Bearer sk-of-the-upstream-42");
    expect(JSON.stringify(seen)).not.toContain("of-the-caller");
  });
});

describe("x-request-id", () => {
  test.each([
    ["blanks", "a b"],
    ["far too long", "a".repeat(500)],
    ["not ASCII", "\xe9t\xe9"],
    ["sent twice", "a\r\nx-request-id: b"],
    ["a quote that ends nothing", '"'],
  ])("%s: one is made or kept, and it is the same everywhere", async (_, value) => {
    const bytes = Buffer.from(post("{").toString("latin1").replace("\r\n", `\r\nx-request-id: ${value}\r\n`), "latin1");
    const answer = await send(outside, bytes);
    expect(errorFaults(answer, { status: 400, code: "invalid_json" })).toEqual([]);
    const id = answer?.headers["x-request-id"] ?? "";
    expect(id).toMatch(/^[\x21-\x7e]{1,128}$/);
    expect(await outside.aftermath(id)).toEqual({ outcomes: ["invalid_json"], alive: true });
  });
});

describe("the path", () => {
  test.each([
    "/",
    "/v1",
    "/v1/",
    "/nope",
    "/v2/chat/completions",
    "//v1/chat/completions",
    "/v1//chat/completions",
    "/v1/chat",
    "/v1/chat/completions/x",
    "/V1/chat/completions",
    "/v1/chat%2Fcompletions",
    "/v1/chat/completions%00",
    "/%61pi/config",
    "//api/config",
    "/API/config",
    "/__proto__",
    "/constructor",
    "/v1/responses",
    "/v1/messages",
    "/.env",
    "/v1/chat/completions;x=1",
    "/healthz/..%2f",
    "/\\healthz",
    "/%",
  ])("%s: 404 in the one form, for GET and POST", async (path) => {
    for (const bytes of [get(path), post(CHAT, { path })]) {
      const answer = await send(outside, bytes);
      expect(errorFaults(answer, { status: 404, code: "not_found" })).toEqual([]);
      expect(answer?.headers["x-request-id"]).toMatch(/./);
    }
  });

  test.each([
    "/chat/completions",
    "/v1/chat/completions/",
    "/v1/chat/completions///",
    "/chat/completions/?a=b",
    "/v1/chat/completions?api-version=1#x",
    "/v1/x/../chat/completions",
    "/v1/%2e%2e/v1/chat/completions",
  ])("%s is the chat route", async (path) => {
    expect((await send(outside, post(CHAT, { path })))?.status).toBe(200);
  });

  test.each([
    "/api",
    "/api/",
    "/api/nope",
    "/api/config",
    "/console",
    "/v1/../api/config",
    "/api/events/x",
    "/api/%zz",
  ])("%s needs the admin token", async (path) => {
    const answer = await send(outside, get(path));
    expect(errorFaults(answer, { status: 401, code: "invalid_api_key" })).toEqual([]);
  });
});

describe("the method", () => {
  test.each(["GET", "PUT", "PATCH", "DELETE"])("%s on a model route: 405 with Allow", async (method) => {
    const answer = await send(outside, head(`${method} /v1/chat/completions HTTP/1.1`, "Host: x"));
    expect(errorFaults(answer, { status: 405, code: "method_not_allowed" })).toEqual([]);
    expect(answer?.headers["allow"]).toBe("POST, OPTIONS");
  });

  test.each(["TRACE", "PROPFIND", "PURGE", "M-SEARCH", "MKCOL", "LOCK"])("%s: 405, nowhere known", async (method) => {
    const answer = await send(outside, head(`${method} /healthz HTTP/1.1`, "Host: x", "x-secret: of-the-caller"));
    expect(errorFaults(answer, { status: 405, code: "method_not_allowed" })).toEqual([]);
    expect(answer?.headers["allow"]).toMatch(/GET/);
    expect(answer?.body).not.toContain("of-the-caller");
  });

  test("CONNECT opens no tunnel", async () => {
    const tcp = await openTcp(outside.url);
    const target = new URL(outside.url).host;
    await tcp.write(head(`CONNECT ${target} HTTP/1.1`, `Host: ${target}`));
    expect(errorFaults(await tcp.answer(), { status: 405, code: "method_not_allowed" })).toEqual([]);
    tcp.close();
  });

  test("POST where only GET is known: 405, and the body is not taken for a request", async () => {
    const inner = get("/healthz").toString();
    const tcp = await openTcp(outside.url);
    await tcp.write(post(inner, { path: "/v1/models" }));
    const answer = await tcp.answer();
    expect(errorFaults(answer, { status: 405, code: "method_not_allowed" })).toEqual([]);
    expect(answer?.headers["allow"]).toBe("GET, HEAD, OPTIONS");
    await tcp.write(get("/readyz"));
    expect((await tcp.answer())?.body).toBe('{"status":"ready"}');
    tcp.close();
  });

  test("OPTIONS tells, HEAD answers without a body", async () => {
    const options = await send(outside, head("OPTIONS /v1/chat/completions HTTP/1.1", "Host: x"));
    expect([options?.status, options?.headers["allow"]]).toEqual([204, "POST, OPTIONS"]);
    const tcp = await openTcp(outside.url);
    await tcp.write(Buffer.concat([head("HEAD /v1/models HTTP/1.1", "Host: x"), get("/healthz")]));
    const both = await tcp.saw(HEALTHY);
    expect(both.startsWith("HTTP/1.1 200")).toBe(true);
    expect(both).not.toContain('"object"');
    tcp.close();
  });
});

describe("what the socket refuses", () => {
  test.each([
    ["a header that is too large", get("/healthz", `x: ${"a".repeat(80_000)}`), 431],
    ["too many headers", get("/healthz", ...Array.from({ length: 300 }, (_, at) => `x-${at}: a`)), 431],
    ["a path that is too long", get(`/${"a".repeat(80_000)}`), 431],
    ["no HTTP", Buffer.from("\x16\x03\x01\x02\x00 hello\r\n\r\n", "latin1"), 400],
    ["HTTP/2", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400],
    [
      "two lengths",
      head("POST /v1/chat/completions HTTP/1.1", "Host: x", "Content-Length: 1", "Content-Length: 2"),
      400,
    ],
    ["a length of +5", head("POST /v1/chat/completions HTTP/1.1", "Host: x", "Content-Length: +5"), 400],
    [
      "length and chunks",
      head("POST /v1/chat/completions HTTP/1.1", "Host: x", "Content-Length: 5", "Transfer-Encoding: chunked"),
      400,
    ],
    [
      "compressed chunks",
      head("POST /v1/chat/completions HTTP/1.1", "Host: x", "Transfer-Encoding: gzip, chunked"),
      400,
    ],
    ["a folded header", head("GET /healthz HTTP/1.1", "Host: x", "a: b", " c"), 400],
    ["a blank before the colon", head("GET /healthz HTTP/1.1", "Host: x", "a : b"), 400],
    ["a NUL in a header", head("GET /healthz HTTP/1.1", "Host: x", "a: b\0c"), 400],
  ])("%s: a bare refusal, and the connection is closed", async (_, bytes, status) => {
    const tcp = await openTcp(outside.url);
    void tcp.write(bytes);
    const text = await tcp.saw("\0never");
    expect(text.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    tcp.close();
    expect(await alive()).toBe(true);
  });

  test.each([
    ["no size", "zz\r\n{}\r\n0\r\n\r\n"],
    ["more than its size", "2\r\n{}xx\r\n0\r\n\r\n"],
    ["an endless size", `${"f".repeat(40)}\r\n`],
  ])("a chunk of %s: closed, and written down once", async (name, chunks) => {
    const id = `chunk-${name.replaceAll(" ", "-")}`;
    const bytes = head(
      "POST /v1/chat/completions HTTP/1.1",
      "Host: x",
      `x-request-id: ${id}`,
      "Transfer-Encoding: chunked",
    );
    const tcp = await openTcp(outside.url);
    void tcp.write(Buffer.concat([bytes, Buffer.from(chunks)]));
    expect((await tcp.saw("\0never")).slice(0, 12)).toBe("HTTP/1.1 400");
    tcp.close();
    expect((await outside.event(id)).outcome).toBe("cancelled");
    expect(await outside.aftermath(id)).toEqual({ outcomes: ["cancelled"], alive: true });
  });
});

describe("what HTTP allows", () => {
  const body = JSON.stringify(CHAT);
  const chunks = (...pieces: string[]): string =>
    pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join("");

  test("chunks, also with extensions", async () => {
    const start = head(
      "POST /v1/chat/completions HTTP/1.1",
      "Host: x",
      "x-request-id: chunks",
      "Transfer-Encoding: chunked",
    );
    const text = `5;a=b\r\n${body.slice(0, 5)}\r\n${chunks(body.slice(5, 20), body.slice(20))}0\r\n\r\n`;
    expect((await send(outside, Buffer.concat([start, Buffer.from(text)])))?.status).toBe(200);
    expect(outside.upstream.find(({ headers }) => headers["x-request-id"] === "chunks")?.body).toBe(body);
  });

  test("trailers: not understood, so the connection is closed, and nothing of them is taken for a request", async () => {
    const start = head(
      "POST /v1/chat/completions HTTP/1.1",
      "Host: x",
      "x-request-id: trailers",
      "Transfer-Encoding: chunked",
    );
    const asked = outside.upstream.length;
    const tcp = await openTcp(outside.url);
    void tcp.write(Buffer.concat([start, Buffer.from(`${chunks(body)}0\r\nx-trailer: 1\r\n\r\n`), get("/healthz")]));
    const text = await tcp.saw("\0never");
    expect(text).not.toContain(HEALTHY);
    expect((await outside.event("trailers")).outcome).toMatch(/^(ok|cancelled)$/);
    expect(outside.upstream.length - asked).toBeLessThanOrEqual(1);
    expect(await alive()).toBe(true);
  });

  test("Expect: 100-continue", async () => {
    const tcp = await openTcp(outside.url);
    await tcp.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    expect((await tcp.answer())?.status).toBe(100);
    await tcp.write(body);
    expect((await tcp.answer())?.status).toBe(200);
    tcp.close();
  });

  test("requests sent before the first answer: in order where that one is at once, else the connection closes", async () => {
    const quick = await openTcp(outside.url);
    await quick.write(Buffer.concat([get("/healthz"), post("{", { id: "row-1" }), get("/readyz")]));
    const answers = [await quick.answer(), await quick.answer(), await quick.answer()];
    expect(answers.map((answer) => answer?.status)).toEqual([200, 400, 200]);
    quick.close();
    // Bun's socket refuses what comes while a request waits: nothing of it may be taken for another request's answer
    const slow = await openTcp(outside.url);
    await slow.write(Buffer.concat([post(CHAT, { id: "row-2" }), get("/healthz")]));
    expect(await slow.saw("\0never")).toBe("");
    slow.close();
    expect((await outside.event("row-2")).outcome).toBe("cancelled");
    expect(await outside.aftermath("row-2")).toEqual({ outcomes: ["cancelled"], alive: true });
  });

  test("a body on GET is skipped", async () => {
    const tcp = await openTcp(outside.url);
    await tcp.write(
      Buffer.concat([
        head("GET /healthz HTTP/1.1", "Host: x", "content-length: 30"),
        Buffer.alloc(30, 0x47),
        get("/readyz"),
      ]),
    );
    expect((await tcp.answer())?.body).toBe(HEALTHY);
    expect((await tcp.answer())?.body).toBe('{"status":"ready"}');
    tcp.close();
  });

  test("an empty body without a length", async () => {
    const bytes = head(
      "POST /v1/chat/completions HTTP/1.1",
      "Host: x",
      "x-request-id: empty",
      "content-type: application/json",
    );
    expect(errorFaults(await send(outside, bytes), { status: 400, code: "invalid_json", id: "empty" })).toEqual([]);
    expect(await outside.aftermath("empty")).toEqual({ outcomes: ["invalid_json"], alive: true });
  });

  test.each(["0", "-5", "soon", "1.5", "99999999999"])("x-request-timeout-ms: %s is refused", async (value) => {
    const answer = await send(outside, post(CHAT, { headers: `x-request-timeout-ms: ${value}\r\n` }));
    expect(errorFaults(answer, { status: 400, code: "invalid_request" })).toEqual([]);
  });
});
