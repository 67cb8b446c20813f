import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/lib/errors.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

interface WireError {
  readonly error: { message: string; code: string; type: string; request_id: string; param: string | null };
}
const errorOf = async (response: Response) => ((await response.json()) as WireError).error;

describe("createHandler", () => {
  test.each([
    ["/v1/chat/completions", "chat"],
    ["/chat/completions", "chat"],
    ["/v1/chat/completions/", "chat"],
    ["/v1/completions", "completions"],
    ["/v1/fim/completions", "fim"],
    ["/v1/embeddings?x=1", "embeddings"],
    ["/moderations//", "moderations"],
  ] as const)("POST %s goes straight to the gateway as %s", async (path, endpoint) => {
    const { send, asked } = fakeServer();
    const response = await send(path, { method: "POST", body: "{}" });
    expect(await response.json()).toEqual({ answered: endpoint });
    expect(asked.map((one) => one.endpoint)).toEqual([endpoint]);
  });

  test("hands on the caller's request id, its address and the way to lift the idle limit", async () => {
    const { send, asked } = fakeServer();
    let lifted = 0;
    const received = () => {
      lifted += 1;
    };
    const peer = { address: () => "10.0.0.7", received };
    await send("/v1/embeddings", { method: "POST", headers: { "x-request-id": "mine" }, peer });
    expect(asked[0]!.caller.id).toBe("mine");
    expect(asked[0]!.caller.address).toBe("10.0.0.7");
    asked[0]!.caller.bodyRead?.();
    expect(lifted).toBe(1);
  });

  test("lifts the limit on silence for whoever has no more to say, and not again for a feed", async () => {
    const { send } = fakeServer();
    const told: string[] = [];
    const peer = { received: () => void told.push("received"), answered: () => void told.push("answered") };
    await send("/healthz", { peer });
    expect(told).toEqual(["received", "answered"]);
    await send("/console/login", { method: "POST", body: "token=x", peer });
    expect(told).toEqual(["received", "answered", "answered"]);
    const feed = await send("/api/events/stream", { headers: asAdmin, peer });
    expect(feed.headers.get("content-type")).toContain("event-stream");
    expect(told.slice(3)).not.toContain("answered");
    expect(told.slice(3)).toContain("received");
    await feed.body?.cancel();
  });

  test("makes a request id where none was given or the given one cannot be shown", async () => {
    const { send } = fakeServer();
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;
    expect((await send("/healthz")).headers.get("x-request-id")).toMatch(uuid);
    expect((await send("/healthz", { headers: { "x-request-id": "has space" } })).headers.get("x-request-id")).toMatch(
      uuid,
    );
    expect((await send("/healthz", { headers: { "x-request-id": "ok-1" } })).headers.get("x-request-id")).toBe("ok-1");
  });

  test("what the gateway refuses becomes the error form", async () => {
    const { send } = fakeServer({
      answer: () => Promise.reject(new GatewayError("model_not_found", "no such model", { param: "model" })),
    });
    const response = await send("/v1/chat/completions", { method: "POST", headers: { "x-request-id": "r1" } });
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: "model_not_found", param: "model", request_id: "r1" });
  });

  test("what it throws otherwise stays in the log", async () => {
    const { send, logged } = fakeServer({ answer: () => Promise.reject(new TypeError("secret-xyz")) });
    const response = await send("/v1/chat/completions", { method: "POST" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain('"internal"');
    expect(text).not.toContain("secret-xyz");
    expect(JSON.stringify(logged)).toContain("secret-xyz");
  });

  test("a Host of one character reaches the right route", async () => {
    const { send } = fakeServer();
    const response = await send("http://x/healthz", { headers: { host: "x" } });
    expect(await response.json()).toEqual({ status: "ok" });
    expect((await send("http://x/v1/models", { headers: { host: "x" } })).status).toBe(200);
  });

  test.each(["", "a, b", "evil/pub", "x y", "a@b", "[::1", "x:123456"])("refuses the Host %p", async (host) => {
    const { handler } = fakeServer();
    const request = { url: "/healthz", method: "GET", headers: new Headers() } as unknown as Request;
    request.headers.set("host", host);
    const peer = { address: () => null, loopback: true, received() {}, answered() {} };
    const response = await handler.handle(request, peer);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe("invalid_request");
  });

  test("refuses two Authorization headers, which arrive joined", async () => {
    const { send, asked } = fakeServer();
    const headers = { authorization: "Bearer a, Bearer b" };
    expect((await send("/v1/chat/completions", { method: "POST", headers })).status).toBe(400);
    expect((await send("/healthz", { headers })).status).toBe(400);
    expect(asked).toEqual([]);
  });

  test.each(["TRACE", "CONNECT", "PROPFIND"])("refuses %s in the error form", async (method) => {
    const { handler } = fakeServer();
    const request = { url: "http://x/healthz", method, headers: new Headers({ host: "x" }) } as unknown as Request;
    const response = await handler.handle(request, {
      address: () => null,
      loopback: true,
      received() {},
      answered() {},
    });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toContain("GET");
    expect((await errorOf(response)).code).toBe("method_not_allowed");
  });

  test.each([
    ["GET", "/v1/chat/completions", "POST, OPTIONS"],
    ["HEAD", "/chat/completions", "POST, OPTIONS"],
    ["DELETE", "/v1/embeddings/", "POST, OPTIONS"],
    ["POST", "/v1/models", "GET, HEAD, OPTIONS"],
    ["PUT", "/v1/models/x/y", "GET, HEAD, OPTIONS"],
    ["POST", "/healthz", "GET, HEAD, OPTIONS"],
    ["PATCH", "/openapi.json", "GET, HEAD, OPTIONS"],
  ])("%s %s: 405 with Allow", async (method, path, allow) => {
    const response = await fakeServer().send(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    if (method !== "HEAD") expect((await errorOf(response)).code).toBe("method_not_allowed");
  });

  test("OPTIONS says what a path knows; HEAD answers as GET", async () => {
    const { send } = fakeServer();
    const options = await send("/v1/chat/completions", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST, OPTIONS"]);
    const head = await send("/v1/models", { method: "HEAD" });
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect((await send("/nowhere", { method: "OPTIONS" })).status).toBe(404);
  });

  test.each(["/", "/nowhere", "/v1", "/v2/chat/completions", "//v1/models", "/v1/chat", "/V1/MODELS", "/__proto__"])(
    "%s: 404 that says what is there",
    async (path) => {
      const response = await fakeServer().send(`${path}?secret=1`);
      expect(response.status).toBe(404);
      const error = await errorOf(response);
      expect(error.code).toBe("not_found");
      expect(error.message).toContain("/v1/chat/completions");
      expect(error.message).not.toContain("secret");
    },
  );

  test.each([
    ["/v1/v1/chat/completions", "/v1/chat/completions"],
    ["//v1/chat/completions", "/v1/chat/completions"],
    ["/v1//embeddings", "/v1/embeddings"],
    ["/v1/chat/completions/chat/completions", "/v1/chat/completions"],
    ["/openai/deployments/gpt-4o/chat/completions", "/v1/chat/completions"],
    ["/openai/v1/completions", "/v1/completions"],
    ["/V1/fim/completions", "/v1/fim/completions"],
    ["/v1/chat/completions/models", "/v1/models"],
  ])("POST %s: 404 that says which path was meant", async (path, meant) => {
    const response = await fakeServer().send(path, { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
    const { message } = await errorOf(response);
    expect(message).toStartWith(`POST ${path} is not there, but ${meant} is: set the client's base URL so that it`);
  });

  test.each([
    ["/api/v1/chat/completions", "/v1/chat/completions"],
    ["/api/chat/completions", "/v1/chat/completions"],
    ["/api/v1/models", "/v1/models"],
  ])("POST %s: behind the admin token, and told which path was meant", async (path, meant) => {
    const hint = `. Where ${meant} was meant: set the client's base URL so that it asks for that`;
    for (const [headers, status] of [
      [{ authorization: "Bearer sk-app" }, 401],
      [asAdmin, 404],
    ] as const) {
      const response = await fakeServer().send(path, { method: "POST", body: "{}", headers });
      expect(response.status).toBe(status);
      expect((await errorOf(response)).message).toEndWith(hint);
    }
  });

  test.each(["/api/v1/chats", "/api/overview"])("POST %s: no other path is guessed behind it", async (path) => {
    const { message } = await errorOf(await fakeServer().send(path, { method: "POST", body: "{}" }));
    expect(message).not.toContain("base URL");
  });

  test.each(["/v1/chat", "/v1/xchat/completion", "/v1/chatcompletions", "/v1/models2"])(
    "POST %s: nothing is guessed",
    async (path) => {
      const { message } = await errorOf(await fakeServer().send(path, { method: "POST", body: "{}" }));
      expect(message).toStartWith(`POST ${path} is not there: served are`);
    },
  );

  test("whose SDK begins elsewhere is told which of its doors opens", async () => {
    const asked = (path: string) => fakeServer().send(path, { method: "POST", body: "{}" }).then(errorOf);
    expect((await asked("/v1/responses")).message).toContain("can be told to use chat completions");
    expect((await asked("/v1/messages")).message).toContain("an SDK that speaks OpenAI's chat completions");
    expect((await asked("/v1/ocr")).message).toStartWith("POST /v1/ocr is not served by this version: served are");
  });

  test.each([
    "/v1/responses",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/audio/transcriptions",
    "/v1/images/generations",
    "/v1/ocr",
    "/v1/chat/moderations",
    "/v1/classifications",
    "/responses",
  ])("POST %s: 404 naming what is served", async (path) => {
    const error = await errorOf(await fakeServer().send(path, { method: "POST", body: "{}" }));
    expect(error.message).toContain("not served by this version");
    expect(error.message).toContain("POST /v1/chat/completions");
  });
});

describe("a page in a browser", () => {
  const ask = (headers: Record<string, string>, config: object = {}, loopback = true) => {
    const { send } = fakeServer({ config: { server: { trust_proxy_depth: 0 }, ...config } });
    return send("/v1/chat/completions", { method: "POST", headers, body: "{}", peer: { loopback } });
  };
  const host = "localhost:8080";
  const json = { "content-type": "application/json" };
  const evil = "http://evil.example:8080";

  test.each([
    ["by Origin", { host, origin: "https://evil.example" }],
    ["hidden", { host, origin: "null" }],
    ["by Sec-Fetch-Site", { host, "sec-fetch-site": "cross-site" }],
    ["at another port", { host, origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
  ])("of another site sends nothing that it was not asked for: %s", async (_name, headers: Record<string, string>) => {
    const bare = await fakeServer().send("/v1/chat/completions", { method: "POST", headers, body: new Blob(["{}"]) });
    expect([bare.status, (await errorOf(bare)).code]).toEqual([415, "unsupported_media_type"]);
  });

  test("whose own name leads here is refused where nobody needs a key", async () => {
    const rebound = await ask({ ...json, host: "evil.example:8080", origin: evil });
    expect(rebound.status).toBe(400);
    expect((await errorOf(rebound)).message).toContain("server.cors.allow_origins");
  });

  test.each([
    ["a program", { ...json, host: "evil.example:8080" }, {}, true],
    ["a page of this machine", { ...json, host, origin: "http://localhost:8080" }, {}, true],
    ["by address", { ...json, host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080" }, {}, true],
    ["by IPv6 address", { ...json, host: "[::1]:8080", origin: "http://[::1]:8080" }, {}, true],
    ["by a local name", { ...json, host: "weir.local", origin: "http://weir.local" }, {}, true],
    ["one letter", { ...json, host: "a", origin: "http://a" }, {}, true],
    ["behind a proxy with TLS", { ...json, host: "app.example", origin: "https://app.example" }, {}, true],
    ["with keys", { ...json, host: "evil.example:8080", origin: evil }, { consumers: [] }, true],
    [
      "behind a known proxy",
      { ...json, host: "evil.example:8080", origin: evil },
      { server: { trust_proxy_depth: 1 } },
      true,
    ],
    [
      "allowed",
      { ...json, host: "evil.example:8080", origin: evil },
      { server: { trust_proxy_depth: 0, cors: { allow_origins: [evil] } } },
      true,
    ],
    ["not on loopback", { ...json, host: "evil.example:8080", origin: evil }, {}, false],
  ])("is served otherwise: %s", async (_name, headers: Record<string, string>, config, loopback) => {
    expect((await ask(headers, config, loopback)).status).toBe(200);
  });
});

describe("cors", () => {
  const cors = { allow_origins: ["https://app.example.com"], max_age_seconds: 60 };
  const origin = "https://app.example.com";

  test("answers the preflight of an allowed page only", async () => {
    const { send } = fakeServer({ cors });
    const ask = (from: string) =>
      send("/v1/chat/completions", {
        method: "OPTIONS",
        headers: {
          origin: from,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type",
        },
      });
    const allowed = await ask(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin);
    expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization,content-type");
    expect(allowed.headers.get("access-control-max-age")).toBe("60");
    expect((await ask("https://evil.example")).headers.has("access-control-allow-origin")).toBe(false);
  });

  test("lets an allowed page read answers and errors", async () => {
    const { send } = fakeServer({ cors });
    const asked = await send("/v1/chat/completions", { method: "POST", headers: { origin } });
    const missing = await send("/nowhere", { headers: { origin } });
    const foreign = await send("/v1/models", { headers: { origin: "null" } });
    expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
    expect(missing.headers.get("access-control-allow-origin")).toBe(origin);
    expect(foreign.headers.has("access-control-allow-origin")).toBe(false);
    expect([asked, missing, foreign].map(({ headers }) => headers.get("vary"))).toEqual(["origin", "origin", "origin"]);
  });

  test("varies with nobody where every page may call", async () => {
    const { send } = fakeServer({ cors: { ...cors, allow_origins: ["*"] } });
    const { headers } = await send("/v1/models", { headers: { origin } });
    expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual(["*", null]);
  });

  test("does not open the admin API to pages", async () => {
    const { send } = fakeServer({ cors });
    const headers = { origin, "access-control-request-method": "GET" };
    const response = await send("/api/config", { method: "OPTIONS", headers });
    expect(response.status).toBe(401);
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  });

  test("is silent where it is not configured", async () => {
    const response = await fakeServer().send("/v1/models", { headers: { origin } });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});
