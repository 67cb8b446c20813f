import { afterAll, describe, expect, test } from "bun:test";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { parseListen } from "../../../src/server/door/address.ts";
import { type Listener, listen } from "../../../src/server/door/listen.ts";
import { until } from "../../support/until.ts";
import { fakeServer } from "../fake-server.ts";

const open: Listener[] = [];
afterAll(() => Promise.all(open.map((listener) => listener.abort())));

async function start(fake = fakeServer(), address = "127.0.0.1:0", idleTimeoutSeconds = 10): Promise<Listener> {
  const [listener] = await listen(parseListen(address), fake.handler, { idleTimeoutSeconds });
  open.push(listener!);
  return listener!;
}

/** Sends bytes as they are and resolves to everything that came back when the other side closed or was silent. */
function raw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let got = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let timer = setTimeout(() => socket.destroy(), 20_000);
    socket.on("data", (data) => {
      got += data.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), 150);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(got);
    });
  });
}
const status = (answer: string) => answer.slice(9, 12);
const bodyOf = (answer: string) =>
  JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as { error: { code: string } };

describe("listen", () => {
  test("port 0 takes a free port and says which", async () => {
    const { address, url } = await start();
    expect(address.port).toBeGreaterThan(0);
    expect(url).toBe(`http://127.0.0.1:${address.port}`);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
  });

  test("localhost is both loopback addresses on one port, where IPv6 is there", async () => {
    const listeners = await listen(parseListen("localhost:0"), fakeServer().handler, { idleTimeoutSeconds: 10 });
    open.push(...listeners);
    const ports = new Set(listeners.map(({ address }) => address.port));
    const ipv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
    expect([listeners.length, ports.size]).toEqual([ipv6 ? 2 : 1, 1]);
    for (const { url } of listeners) expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test("a host name that nobody knows is said as that", async () => {
    const listening = listen(parseListen("no-such-host.invalid:0"), fakeServer().handler, { idleTimeoutSeconds: 10 });
    const said = await listening.then(
      () => "",
      (thrown: unknown) => (thrown as Error).message,
    );
    expect(said).toContain('"no-such-host.invalid" stands for no address, give 127.0.0.1 or 0.0.0.0');
  });

  test("a port in use is said with its address, and nothing stays open", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as { port: number };
    const second = await start();
    const addresses = [
      { hostname: "127.0.0.1", port: 0 },
      { hostname: "127.0.0.1", port },
    ];
    const { handler } = fakeServer();
    expect(listen(addresses, handler, { idleTimeoutSeconds: 10 })).rejects.toThrow(
      `Cannot listen on http://127.0.0.1:${port}: something else listens there`,
    );
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
    blocker.close();
  });

  test("an address of another machine is no address of this one", () => {
    const [foreign] = parseListen("192.0.2.1:0");
    const { handler } = fakeServer();
    expect(listen([foreign!], handler, { idleTimeoutSeconds: 10 })).rejects.toThrow("no address of this machine");
  });
});

describe("a listener that stops", () => {
  /** One that answers when it is told to. */
  async function held() {
    const answer = Promise.withResolvers<void>();
    let asked = 0;
    const handle = async (request: Request) => {
      asked++;
      if (request.url.endsWith("/held")) await answer.promise;
      return new Response("done");
    };
    const [listener] = await listen(parseListen("127.0.0.1:0"), { handle }, { idleTimeoutSeconds: 10 });
    open.push(listener!);
    return { listener: listener!, asked: () => asked, answer: answer.resolve };
  }

  test("tells whoever has a request under way that the connection ends with it", async () => {
    const { listener, asked, answer } = await held();
    const before = raw(listener.address.port, "GET /before HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await before).not.toContain("Connection: close");
    const during = raw(listener.address.port, "GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => asked() === 2);
    const stopped = listener.stop();
    answer();
    expect(await during).toContain("Connection: close");
    await stopped;
  });

  test("answers what is just being sent on a connection that was idle, and takes no more then", async () => {
    const { listener } = await held();
    const { port } = listener.address;
    const ask = "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n";
    let got = "";
    const idle = connect(port, "127.0.0.1", () => idle.write(ask));
    idle.on("data", (data) => (got += data.toString("latin1")));
    await until(() => got.includes("done"));
    expect(got).not.toContain("Connection: close");
    got = "";
    const stopped = listener.stop();
    idle.write(ask);
    await stopped;
    expect(got).toContain("Connection: close");
    const refused = await new Promise((resolve) => {
      connect(port, "127.0.0.1", () => resolve("connected")).on("error", () => resolve("refused"));
    });
    expect(refused).toBe("refused");
  });
});

describe("what comes over the socket", () => {
  const get = (path: string, ...headers: string[]) => `GET ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`;

  test("a Host of one character is served on the right route", async () => {
    const { address } = await start();
    expect(await raw(address.port, get("/healthz", "Host: x"))).toContain('{"status":"ok"}');
    expect(await raw(address.port, get("/pub/healthz", "Host: x"))).toStartWith("HTTP/1.1 404");
  });

  test.each([
    ["two Host headers", get("/healthz", "Host: a", "Host: b"), "400", "invalid_request"],
    ["a Host with a path in it", get("/healthz", "Host: evil/pub"), "400", "invalid_request"],
    ["an empty Host", get("/healthz", "Host: "), "400", "invalid_request"],
    [
      "two Authorization headers",
      get("/healthz", "Host: x", "Authorization: Bearer a", "Authorization: Bearer b"),
      "400",
      "invalid_request",
    ],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "405", "method_not_allowed"],
    ["CONNECT", "CONNECT upstream:443 HTTP/1.1\r\nHost: upstream:443\r\n\r\n", "405", "method_not_allowed"],
    ["PROPFIND", "PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n", "405", "method_not_allowed"],
    ["an unknown path", get("/a%00b", "Host: x"), "404", "not_found"],
    ["a path that climbs", get("/v1/../api/config", "Host: x"), "401", "invalid_api_key"],
    ["a path that climbs in disguise", get("/v1/%2e%2e/api/config", "Host: x"), "401", "invalid_api_key"],
  ])("%s: an error in the usual form", async (_, bytes, expected, code) => {
    const { address } = await start();
    const answer = await raw(address.port, bytes);
    expect(status(answer)).toBe(expected);
    expect(bodyOf(answer).error.code).toBe(code);
  });

  test.each([
    ["no Host", "GET /healthz HTTP/1.1\r\n\r\n"],
    [
      "two lengths",
      "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "length and chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a header that is too large", get("/healthz", "Host: x", `X: ${"a".repeat(40_000)}`)],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"],
  ])("%s: refused by the socket, and the server lives on", async (_, bytes) => {
    const { address, url } = await start();
    expect(await raw(address.port, bytes)).not.toContain("200 OK");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test("HEAD has the head of GET and no body", async () => {
    const { address } = await start();
    const [head, body] = (await raw(address.port, "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).split("\r\n\r\n");
    expect([head!.toLowerCase(), body]).toEqual([expect.stringContaining("content-length: 15"), ""]);
  });

  test("an error inside shows neither its text nor a page of sources", async () => {
    const fake = fakeServer({ answer: () => Promise.reject(new Error("secret-xyz")) });
    const { url } = await start(fake);
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("content-type")]).toEqual([500, "application/json"]);
    expect(await response.text()).not.toContain("secret-xyz");
  });

  test("a body that nobody reads is dropped, however large it says it is", async () => {
    const { address } = await start();
    const head = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n";
    const answer = await raw(address.port, head + "a".repeat(1000));
    expect(bodyOf(answer).error.code).toBe("not_found");
  });

  test("pipelined requests are answered in order", async () => {
    const { address } = await start();
    const answer = await raw(address.port, get("/healthz", "Host: x") + get("/readyz", "Host: x"));
    expect(answer.indexOf('"ok"')).toBeGreaterThan(0);
    expect(answer.indexOf('"ready"')).toBeGreaterThan(answer.indexOf('"ok"'));
  });
});

describe("the limit on silence", () => {
  test("closes a sender that does not go on, and not a request that waits for its answer", async () => {
    // timers of the socket move in steps of four seconds
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const fake = fakeServer({
      async answer(_, request, caller) {
        await request.text();
        caller.bodyRead?.();
        await finished;
        return Response.json({ late: true });
      },
    });
    const { address, url } = await start(fake, "127.0.0.1:0", 1);
    const late = fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{}" });
    const closed = await new Promise<boolean>((resolve) => {
      const socket = connect(address.port, "127.0.0.1", () => socket.write("GET /healthz HTTP/1.1\r\nHo"));
      socket.on("close", () => resolve(true));
      socket.on("error", () => {});
    });
    expect(closed).toBe(true);
    finish();
    expect(await (await late).json()).toEqual({ late: true });
  }, 60_000);
});
