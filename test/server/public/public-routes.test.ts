import { describe, expect, test } from "bun:test";
import { ENDPOINTS } from "../../../src/lib/context.ts";
import { ERRORS } from "../../../src/lib/errors.ts";
import { modelRoute } from "../../../src/server/door/model-routes.ts";
import { MODEL_FACTS } from "../../../src/server/model-facts.ts";
import type { Peer } from "../../../src/server/route.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

describe("models", () => {
  const models = [
    { id: "mistral-large-latest", owned_by: "mistral" },
    { id: "org/model:free", owned_by: "openrouter" },
  ];

  test.each(["/v1/models", "/models", "/v1/models/"])("%s lists them in OpenAI's form", async (path) => {
    expect(await (await fakeServer({ models }).send(path)).json()).toEqual({
      object: "list",
      data: models.map((model) => ({ ...model, object: "model", created: 1_700_000_000 })),
    });
  });

  test.each(["/v1/models/org/model:free", "/v1/models/org%2Fmodel%3Afree", "/models/org/model:free/"])(
    "%s is the one with slashes",
    async (path) => {
      expect(await (await fakeServer({ models }).send(path)).json()).toMatchObject({ id: "org/model:free" });
    },
  );

  test("one that is not there is model_not_found; broken encoding is 400", async () => {
    const { send } = fakeServer({ models });
    const response = await send("/v1/models/gpt-9");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "model_not_found", param: "model" } });
    expect((await send("/v1/models/%ff")).status).toBe(400);
  });
});

describe("health", () => {
  test("/health shows status and counts only, details with the admin token", async () => {
    const { send } = fakeServer();
    const counts = { status: "ok", targets: { total: 1, available: 1 }, in_flight: 2 };
    expect(await (await send("/health")).json()).toEqual(counts);
    expect(await (await send("/health", { headers: { authorization: "Bearer sk-caller" } })).json()).toEqual(counts);
    const detailed = await (await send("/health", { headers: asAdmin })).json();
    expect(detailed).toMatchObject({ ...counts, details: { version: "0.0.1", config: "abc", reasons: [] } });
    expect(detailed).toHaveProperty("details.targets.0.description", "the big one");
  });

  test("/readyz follows the gateway and the drain, /healthz does not", async () => {
    let ready = true;
    let draining = false;
    const { send } = fakeServer({
      readiness: () => ({ ready, reasons: ready ? [] : ["no target is usable"] }),
      draining: () => draining,
    });
    expect(await (await send("/readyz")).json()).toEqual({ status: "ready" });
    ready = false;
    const down = await send("/readyz");
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({
      error: { code: "service_unavailable", reasons: ["no target is usable"] },
    });
    expect(await (await send("/health")).json()).toMatchObject({ status: "unavailable" });
    ready = true;
    draining = true;
    expect((await send("/readyz")).status).toBe(503);
    expect(await (await send("/health")).json()).toMatchObject({ status: "draining" });
    expect((await send("/healthz")).status).toBe(200);
  });
});

describe("/metrics", () => {
  const outside = { peer: { loopback: false } };

  test("is open on a loopback listener", async () => {
    const { send, metrics } = fakeServer();
    metrics.recordRoute("/healthz", "GET", 200);
    const response = await send("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain('weir_http_requests_total{route="/healthz",method="GET",status="200"} 1');
  });

  test("needs its token elsewhere, unless it is public", async () => {
    const { send } = fakeServer({ metricsToken: "scrape-me" });
    expect((await send("/metrics", outside)).status).toBe(401);
    expect((await send("/metrics", { ...outside, headers: { authorization: "Bearer no" } })).status).toBe(401);
    expect((await send("/metrics", { ...outside, headers: { authorization: "Bearer scrape-me" } })).status).toBe(200);
    expect((await send("/metrics", { ...outside, headers: asAdmin })).status).toBe(200);
    expect((await fakeServer().send("/metrics", outside)).status).toBe(401);
    expect((await fakeServer({ metrics: { public: true } }).send("/metrics", outside)).status).toBe(200);
  });

  test("is not open to who asks through a proxy on this machine", async () => {
    const behind = (client?: string): RequestInit & { peer: Partial<Peer> } => ({
      peer: { loopback: true, address: () => "127.0.0.1" },
      headers: client === undefined ? {} : { "x-forwarded-for": client },
    });
    const { send } = fakeServer({ metricsToken: "scrape-me", config: { server: { trust_proxy_depth: 1 } } });
    expect((await send("/metrics", behind("203.0.113.7"))).status).toBe(401);
    expect((await send("/metrics", behind("127.0.0.1, 203.0.113.7"))).status).toBe(401);
    const mapped = { loopback: true, address: () => "::ffff:127.0.0.1" };
    for (const here of [behind(), behind("::1"), behind("127.0.0.2"), { peer: mapped }])
      expect((await send("/metrics", here)).status).toBe(200);
    // nobody else's word is taken for it
    expect((await fakeServer().send("/metrics", behind("203.0.113.7"))).status).toBe(200);
  });

  test("is not there when switched off", async () => {
    expect((await fakeServer({ metrics: { enabled: false } }).send("/metrics")).status).toBe(404);
  });

  test("counts other routes by template, unknown ones as one", async () => {
    const { send, metrics } = fakeServer();
    await send("/v1/models/a");
    await send("/v1/models/b");
    await send("/scan/1");
    await send("/scan/2");
    expect(metrics.render()).toContain('weir_http_requests_total{route="/v1/models/*",method="GET",status="404"} 2');
    expect(metrics.render()).toContain('weir_http_requests_total{route="unknown",method="GET",status="404"} 2');
  });
});

describe("documents", () => {
  test("speak of the model routes that are answered, and of no other", () => {
    expect(MODEL_FACTS.map(({ path }) => modelRoute(path))).toEqual([
      "chat",
      "completions",
      "fim",
      "embeddings",
      "moderations",
    ]);
    expect(new Set(MODEL_FACTS.map(({ path }) => modelRoute(path)))).toEqual(new Set(ENDPOINTS));
  });

  interface Document {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, object> }>>;
    components: { schemas: Record<string, object> };
  }

  test("/openapi.json has every route, each with its errors, and every reference leads somewhere", async () => {
    const { send, handler } = fakeServer();
    const text = await (await send("/openapi.json")).text();
    const document = JSON.parse(text) as Document;
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    const { facts } = await handler.app();
    const expected = facts.map(
      ({ method, path }) => `${method} ${path.replace(/:([a-z]+)/, "{$1}").replace(/\*$/, "{id}")}`,
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(expected.sort());
    expect(document.paths["/v1/chat/completions"]!["post"]!.responses).toHaveProperty("409.content.application/json");
    expect(document.paths["/api/config"]!["get"]!.responses).toHaveProperty("401");
    expect(document.paths["/api/config"]!["get"]!.responses).toHaveProperty("503");
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name!);
    }
  });

  test("/openapi.json says of a model route which headers it reads, who may ask, and every error it can answer", async () => {
    const { send } = fakeServer();
    const document = (await (await send("/openapi.json")).json()) as Document;
    const chat = document.paths["/v1/chat/completions"]!["post"]!;
    expect(chat).toMatchObject({ security: [{}, { consumer: [] }] });
    expect(document).toHaveProperty("components.securitySchemes.consumer");
    const headers = (chat as unknown as { parameters: { name: string; in: string }[] }).parameters;
    expect(headers.filter(({ in: place }) => place === "header").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["x-weir-region", "x-weir-routing", "x-request-timeout-ms", "x-request-id"]),
    );
    const elsewhere = ["not_found", "method_not_allowed", "admin_token_missing"];
    for (const [code, { status }] of Object.entries(ERRORS)) {
      if (elsewhere.includes(code)) continue;
      const { description } = (chat.responses as Record<string, { description: string }>)[String(status)]!;
      expect(`${description},`).toContain(` ${code},`);
    }
    // whatever else an upstream says to the client's mistake
    expect(chat.responses).toHaveProperty("4XX.content.application/json");
    expect(document.paths["/.well-known/jwks.json"]!["get"]).not.toHaveProperty("security");
    expect(document.paths["/v1/vetted/receipts/{id}"]!["get"]).toMatchObject({
      security: [{}, { consumer: [] }, { admin: [] }],
    });
    expect(document.paths["/.well-known/jwks.json"]!["get"]).toHaveProperty(
      ["responses", "200", "content", "application/jwk-set+json", "schema", "type"],
      "object",
    );
  });

  test("/openapi.json says what a log-in is answered with", async () => {
    const { send } = fakeServer();
    const document = (await (await send("/openapi.json")).json()) as Document;
    const login = document.paths["/console/login"]!["post"]!;
    expect(Object.keys(login.responses)).toEqual(expect.arrayContaining(["200", "303", "401", "403", "429", "503"]));
    expect(login.responses["401"]).toHaveProperty(["content", "text/html"]);
    expect(document.paths["/console/logout"]!["post"]!.responses).toHaveProperty("303");
  });
});
