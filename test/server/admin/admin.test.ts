import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/lib/errors.ts";
import { ADMIN_TOKEN, asAdmin, EVENT, fakeServer } from "../fake-server.ts";

const guarded = (await fakeServer().handler.app()).facts.filter(({ access }) => access === "admin");
const concrete = (path: string) => path.replace(":id", "req-1");
const routes = [
  ...guarded.map(({ method, path }) => [method, concrete(path)] as const),
  ...guarded.map(({ path }) => ["OPTIONS", concrete(path)] as const),
  ...guarded.map(({ path }) => ["DELETE", concrete(path)] as const),
  ["GET", "/api"],
  ["GET", "/api/"],
  ["GET", "/api/nowhere"],
  ["POST", "/api/config/reload/x"],
  ["GET", "/console"],
  ["GET", "/console/index.html"],
] as const;
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error;

describe("the admin token", () => {
  test("guards everything below /api and nothing is declared open there", async () => {
    const { facts } = await fakeServer().handler.app();
    expect(guarded.length).toBeGreaterThanOrEqual(5);
    expect(facts.filter(({ path, access }) => path.startsWith("/api") && access !== "admin")).toEqual([]);
  });

  test.each(routes)("%s %s does not answer without it", async (method, path) => {
    const { send, queries } = fakeServer();
    const wrong: Record<string, string>[] = [
      {},
      { authorization: "" },
      { authorization: "Bearer" },
      { authorization: "Bearer " },
      { authorization: "Bearer wrong" },
      { authorization: ADMIN_TOKEN },
      { authorization: `Basic ${btoa(`admin:${ADMIN_TOKEN}`)}` },
      { authorization: `Bearer ${ADMIN_TOKEN}x` },
      { authorization: `Bearer ${ADMIN_TOKEN.slice(0, -1)}` },
      { authorization: `Bearer ${ADMIN_TOKEN.toUpperCase()}` },
      { "x-api-key": ADMIN_TOKEN, "api-key": ADMIN_TOKEN },
      { cookie: `token=${ADMIN_TOKEN}` },
    ];
    for (const headers of wrong) {
      const response = await send(`${path}?token=${ADMIN_TOKEN}&access_token=${ADMIN_TOKEN}`, { method, headers });
      expect(response.status).toBe(401);
      expect((await errorOf(response)).code).toBe("invalid_api_key");
    }
    expect(queries).toEqual([]);
  });

  test.each(routes)("%s %s says how to make one where none is set up", async (method, path) => {
    const response = await fakeServer({ adminToken: null }).send(path, { method, headers: asAdmin });
    expect(response.status).toBe(503);
    const error = await errorOf(response);
    expect(error.code).toBe("admin_token_missing");
    expect(error.message).toContain("weir admin token");
    expect(error.message).toContain("server.admin_token_ref");
  });

  test("opens /api; the scheme's name knows no case", async () => {
    const { send } = fakeServer();
    expect((await send("/api/targets", { headers: asAdmin })).status).toBe(200);
    expect((await send("/api/targets", { headers: { authorization: `bEARER ${ADMIN_TOKEN}` } })).status).toBe(200);
    const unknown = await send("/api/nowhere", { headers: asAdmin });
    expect([unknown.status, (await errorOf(unknown)).code]).toEqual([404, "not_found"]);
    const wrongMethod = await send("/api/config/reload", { headers: asAdmin });
    expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });

  test("is not guessed at unseen: refusals are logged, a flood of them counted", async () => {
    const { send, logged } = fakeServer();
    for (let i = 0; i < 50; i += 1) await send("/api/config", { headers: { authorization: "Bearer guess" } });
    expect(logged).toHaveLength(10);
    expect(logged[0]).toMatchObject({
      message: "admin access refused",
      fields: { path: "/api/config", address: "127.0.0.1", reason: "wrong token" },
    });
    expect(Object.keys(logged[0]!.fields).sort()).toEqual(["address", "path", "reason", "request_id"]);
    expect(JSON.stringify(logged)).not.toContain("guess");
  });
});

describe("/api", () => {
  test("config shows what is in force and what the last reload said", async () => {
    const body = (await (await fakeServer().send("/api/config", { headers: asAdmin })).json()) as object;
    expect(body).toMatchObject({ hash: "abc", loaded_at: 1_700_000_000_000, last_reload_errors: [] });
    expect(body).toHaveProperty("config.pack.name", "test");
  });

  test("config/reload says what changed, or why nothing did", async () => {
    const request = { method: "POST", headers: asAdmin };
    const good = await fakeServer().send("/api/config/reload", request);
    expect(await good.json()).toEqual({ ok: true, hash: "def", changed: ["providers"] });
    const { send } = fakeServer({ reload: async () => ({ ok: false, errors: ["line 3: E002 unknown key"] }) });
    const bad = await send("/api/config/reload", request);
    expect(bad.status).toBe(400);
    expect(await errorOf(bad)).toMatchObject({ code: "invalid_request", errors: ["line 3: E002 unknown key"] });
  });

  test("events hands the filters to the ledger and writes down who read", async () => {
    const { send, queries, accesses } = fakeServer();
    const query = "limit=7&since=1970-01-02&until=172800000000&verdict=block&target=large&cursor=1_1";
    const body = (await (await send(`/api/events?${query}`, { headers: asAdmin })).json()) as object;
    expect(body).toEqual({ events: [{ ...EVENT, seq: 1, hash: "00ff" }], cursor: null });
    expect(queries).toEqual([
      { limit: 7, sinceMs: 86_400_000, untilMs: 172_800_000_000, verdict: "block", target: "large", cursor: "1_1" },
    ]);
    expect(accesses).toEqual([
      {
        who: "admin from 127.0.0.1",
        via: "api",
        what: "GET /api/events",
        filter: {
          limit: "7",
          since: "1970-01-02",
          until: "172800000000",
          verdict: "block",
          target: "large",
          cursor: "1_1",
        },
      },
    ]);
  });

  test.each([
    "limit=0",
    "limit=1001",
    "limit=x",
    "limit=1&limit=2",
    "since=yesterday",
    "verdict=bad",
    "outcome=fail",
    "nonsense=1",
    "__proto__=1",
  ])("events refuses %s", async (query) => {
    const { send, queries } = fakeServer();
    const response = await send(`/api/events?${query}`, { headers: asAdmin });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: "invalid_request", param: query.split("=")[0] });
    expect(queries).toEqual([]);
  });

  test("events narrows by who asked for what, where it went and what was said of it; what is empty is no filter", async () => {
    const { send, queries } = fakeServer();
    const query = "consumer=ann&model=fast&region=fr-par&reason=pii&verdict=&target=";
    expect((await send(`/api/events?${query}`, { headers: asAdmin })).status).toBe(200);
    expect(queries).toEqual([{ limit: 50, consumer: "ann", model: "fast", region: "fr-par", reason: "pii" }]);
  });

  test.each([
    ["cancelled", ["cancelled"]],
    ["upstream_cut", ["upstream_cut"]],
    ["failed", expect.arrayContaining(["upstream_failed", "upstream_timeout", "internal", "policy_error"])],
    ["", undefined],
  ])("events narrows by the outcome %p", async (outcome, outcomes) => {
    const { send, queries } = fakeServer();
    expect((await send(`/api/events?outcome=${outcome}`, { headers: asAdmin })).status).toBe(200);
    expect(queries).toEqual([{ limit: 50, outcomes }]);
  });

  test("events/{id} shows one, decoded, or 404", async () => {
    const event = { ...EVENT, id: "a/b%" };
    const { send } = fakeServer({ events: [{ seq: 9, hash: "ab", event }] });
    const found = await send("/api/events/a%2Fb%25", { headers: asAdmin });
    expect(await found.json()).toEqual({ ...event, seq: 9, hash: "ab" });
    expect((await send("/api/events/other", { headers: asAdmin })).status).toBe(404);
    expect((await send("/api/events/%zz", { headers: asAdmin })).status).toBe(400);
  });

  test("events/{id}?row= shows the one that was meant where a caller has used its id again", async () => {
    const blocked = { ...EVENT, id: "x", verdict: "block" as const };
    const harmless = { ...EVENT, id: "x" };
    const { send, accesses } = fakeServer({
      events: [
        { seq: 4, hash: "aa", event: blocked },
        { seq: 9, hash: "ab", event: harmless },
      ],
    });
    const found = await send("/api/events/x?row=4", { headers: asAdmin });
    expect(await found.json()).toEqual({ ...blocked, seq: 4, hash: "aa" });
    expect(accesses).toMatchObject([{ filter: { id: "x", row: "4" } }]);
    for (const path of ["x?row=5", "y?row=4"])
      expect((await send(`/api/events/${path}`, { headers: asAdmin })).status).toBe(404);
    for (const row of ["0", "-1", "1e3", "x"])
      expect((await send(`/api/events/x?row=${row}`, { headers: asAdmin })).status).toBe(400);
  });

  test("an error of the ledger becomes its error form, anything else stays inside", async () => {
    const { options, send, logged } = fakeServer();
    Object.assign(options.ledger, { events: () => Promise.reject(new GatewayError("invalid_request", "bad cursor")) });
    expect((await send("/api/events", { headers: asAdmin })).status).toBe(400);
    Object.assign(options.ledger, { events: () => Promise.reject(new Error("disk on fire")) });
    const response = await send("/api/events", { headers: asAdmin });
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining("fire")]);
    expect(JSON.stringify(logged)).toContain("disk on fire");
  });
});
