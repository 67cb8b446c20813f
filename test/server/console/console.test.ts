import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../../src/config/load.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { hashToken } from "../../../src/server/admin-token.ts";
import { ADMIN_TOKEN, asAdmin, fakeServer } from "../fake-server.ts";

const ORIGIN = "http://localhost";
const html = { accept: "text/html,application/xhtml+xml" };
type Fake = ReturnType<typeof fakeServer>;

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: new URLSearchParams(fields).toString(),
});

async function logIn(fake: Fake): Promise<{ cookie: string; csrf: string }> {
  const answer = await fake.send("/console/login", form({ token: ADMIN_TOKEN }));
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/console"]);
  const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
  const shell = await fake.send("/console", { headers: { cookie } });
  return { cookie, csrf: /name="weir-csrf" content="([^"]+)"/.exec(await shell.text())![1]! };
}

describe("without a session", () => {
  test("a browser is led to the form and from there to where it wanted to go; a program gets the error", async () => {
    const { send } = fakeServer();
    const page = await send("/console/events?verdict=block&range=1h", { headers: html });
    expect(page.status).toBe(303);
    const form = page.headers.get("location")!;
    expect(form).toBe(`/console/login?next=${encodeURIComponent("/console/events?verdict=block&range=1h")}`);
    expect(await (await send(form)).text()).toContain('value="/console/events?verdict=block&amp;range=1h"');
    expect((await send("/console")).status).toBe(401);
    expect((await send("/api/events", { headers: html })).status).toBe(401);
  });

  test("the page that says how to name a token names it in a form that a configuration accepts", async () => {
    const page = await fakeServer({ adminToken: null }).send("/console", { headers: html });
    expect(page.status).toBe(503);
    const shown = [...(await page.text()).matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text]) => text!);
    const snippet = shown.find((text) => text.includes("admin_token_ref"))!;
    const text = `pack: { name: t, version: 1.0.0, enabled: true }
policies: { chain: [] }
providers: { targets: [{ id: a, provider: simulated, model: m }] }
${snippet}
`;
    const readFile = () => new TextEncoder().encode(text);
    const loaded = loadConfig({ files: ["weir.yaml"], env: { WEIR_ADMIN_TOKEN: "t" }, readFile });
    expect(loaded.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(loaded.ok && loaded.config.server.admin_token_ref).toEqual({ env: "WEIR_ADMIN_TOKEN" });
  });

  test("a browser at the bare address is led to the console; a program is told that there is nothing", async () => {
    const { send } = fakeServer();
    const page = await send("/", { headers: html });
    expect([page.status, page.headers.get("location")]).toEqual([303, "/console"]);
    expect((await send("/")).status).toBe(404);
    expect((await send("/", { method: "POST", headers: html })).status).toBe(404);
    expect((await send("/nowhere", { headers: html })).status).toBe(404);
  });

  test("the files are not given either", async () => {
    const fake = fakeServer();
    const { cookie } = await logIn(fake);
    const files = (await (await fake.send("/console", { headers: { cookie } })).text()).match(
      /console-\w+\.(?:js|css)/g,
    )!;
    expect(files).toHaveLength(2);
    for (const file of files) expect((await fake.send(`/console/${file}`)).status).toBe(401);
  });

  test("where no token is set up, a page says how to get one, in both ways", async () => {
    const { send } = fakeServer({ adminToken: null });
    for (const path of ["/console", "/console/events", "/console/login"]) {
      const page = await send(path, { headers: html });
      const text = await page.text();
      expect([page.status, text.includes("weir admin token"), text.includes("admin_token_ref")]).toEqual([
        503,
        true,
        true,
      ]);
    }
    expect((await send("/console/login", form({ token: "" }))).status).toBe(503);
  });
});

describe("the log-in", () => {
  test("sets a cookie that scripts cannot read and other sites cannot send", async () => {
    const { send } = fakeServer();
    const plain = (await send("/console/login", form({ token: ` ${ADMIN_TOKEN}\n` }))).headers.get("set-cookie")!;
    expect(plain).toMatch(/^weir_session_8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const proxied = await send("/console/login", form({ token: ADMIN_TOKEN }, { "x-forwarded-proto": "https" }));
    expect(proxied.headers.get("set-cookie")).toEndWith("; Secure");
    const byName = await send("/console/login", form({ token: ADMIN_TOKEN }, { host: "gateway.example" }));
    expect(byName.headers.get("set-cookie")).toStartWith("weir_session=");
  });

  test("at one gateway does not end that at another one on the same machine", async () => {
    const [first, second] = [fakeServer(), fakeServer()];
    const at = async ({ send }: typeof first, host: string) => {
      const answer = await send("/console/login", form({ token: ADMIN_TOKEN }, { host }));
      return answer.headers.get("set-cookie")!.split(";")[0]!;
    };
    // as a browser keeps them: by name, whatever the port
    const cookies = [await at(first, "localhost:8080"), await at(second, "localhost:8081")];
    const cookie = [...new Map(cookies.map((each) => [each.split("=")[0], each])).values()].join("; ");
    expect((await first.send("/console", { headers: { cookie, host: "localhost:8080" } })).status).toBe(200);
    expect((await second.send("/console", { headers: { cookie, host: "localhost:8081" } })).status).toBe(200);
    const out = { method: "POST", headers: { cookie, host: "localhost:8081", authorization: `Bearer ${ADMIN_TOKEN}` } };
    expect((await second.send("/console/logout", out)).headers.get("set-cookie")).toStartWith("weir_session_8081=;");
  });

  test.each([{}, { token: "" }, { token: "guess" }, { token: `${ADMIN_TOKEN}x` }, { token: "<script>" }])(
    "refuses %p without repeating it",
    async (fields: Record<string, string>) => {
      const { send, logged } = fakeServer();
      const answer = await send("/console/login", form({ next: "/console/costs", ...fields }));
      const text = await answer.text();
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
      expect(text).toContain("not the admin token");
      expect(text).toContain('value="/console/costs"');
      expect(text).not.toContain("<script>");
      expect(logged.map(({ fields }) => Object.keys(fields))).toEqual([["request_id", "path", "address", "reason"]]);
    },
  );

  test.each([
    "https://evil.example/",
    "//evil.example/console",
    "/console/../../evil",
    "/consolex",
    "/console//evil.example",
    "/api/config",
    "javascript:alert(1)",
    "/console/login",
    '/console/"><script>alert(1)</script>',
    "/console\r\nset-cookie: a=b",
    "/console/\\evil",
  ])("never leads to %p", async (next) => {
    const { send } = fakeServer();
    const answer = await send("/console/login", form({ token: ADMIN_TOKEN, next }));
    const url = new URL(answer.headers.get("location")!, ORIGIN);
    expect([answer.status, url.origin]).toEqual([303, ORIGIN]);
    expect(url.pathname).toMatch(/^\/console(?:$|\/)/);
    const page = await (await send(`/console/login?next=${encodeURIComponent(next)}`)).text();
    expect(page).not.toContain("<script>");
  });

  test("from another site is refused, with the right token too", async () => {
    const { send } = fakeServer();
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ] as Record<string, string>[]) {
      const answer = await send("/console/login", form({ token: ADMIN_TOKEN }, headers));
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([403, null]);
    }
  });

  test("of more than a form holds is refused, as the documents say", async () => {
    const { send } = fakeServer();
    const answer = await send("/console/login", form({ token: "x".repeat(9_000) }));
    expect(answer.status).toBe(413);
    const { paths } = (await (await send("/openapi.json")).json()) as { paths: Record<string, { post: object }> };
    expect(paths["/console/login"]!.post).toHaveProperty("responses.413");
  });

  test("is taken through a proxy that rewrites Host and says what it was", async () => {
    const { send } = fakeServer();
    const from = (origin: string, passedOn: string) => ({
      origin,
      host: "upstream:8080",
      "x-forwarded-host": passedOn,
    });
    const statusOf = async (headers: Record<string, string>) =>
      (await send("/console/login", form({ token: ADMIN_TOKEN }, headers))).status;
    expect(await statusOf(from("http://gateway.lan", "Gateway.lan"))).toBe(303);
    expect(await statusOf(from("http://gateway.lan:81", "gateway.lan:81, inner.lan"))).toBe(303);
    expect(await statusOf(from("http://evil.example", "gateway.lan"))).toBe(403);
    expect(await statusOf(from("null", ""))).toBe(403);
  });

  test("is rate-limited by address, and then refuses the right token too", async () => {
    const { send } = fakeServer();
    const from = (address: string) => ({ peer: { address: () => address } });
    for (let i = 0; i < 10; i += 1) {
      expect((await send("/console/login", { ...form({ token: "guess" }), ...from("10.0.0.1") })).status).toBe(401);
    }
    const refused = await send("/console/login", { ...form({ token: ADMIN_TOKEN }), ...from("10.0.0.1") });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(1, 61);
    expect((await send("/console/login", { ...form({ token: ADMIN_TOKEN }), ...from("10.0.0.2") })).status).toBe(303);
  });

  test("is rate-limited by the client behind a trusted proxy, an IPv6 network being one", async () => {
    const { send, logged } = fakeServer({ config: { server: { trust_proxy_depth: 1 } } });
    const log = (address: string, token: string) =>
      send("/console/login", {
        ...form({ token }, { "x-forwarded-for": `6.6.6.6, ${address}` }),
        peer: { address: () => "10.0.0.1" },
      });
    for (let i = 0; i < 10; i += 1) expect((await log(`2001:db8::${i + 1}`, "guess")).status).toBe(401);
    expect((await log("2001:db8::99", ADMIN_TOKEN)).status).toBe(429);
    expect((await log("2001:db8:0:1::1", ADMIN_TOKEN)).status).toBe(303);
    expect(logged[0]?.fields).toMatchObject({ address: "2001:db8:0:0" });
  });

  test("reads no more than a form", async () => {
    const answer = await fakeServer().send("/console/login", form({ token: "x".repeat(10_000) }));
    expect(answer.status).toBe(413);
  });
});

describe("a session", () => {
  test("reads by its cookie; changes need the page's token as well", async () => {
    const fake = fakeServer();
    const { cookie, csrf } = await logIn(fake);
    expect((await fake.send("/api/targets", { headers: { cookie } })).status).toBe(200);
    const change = (headers: Record<string, string>) =>
      fake.send("/api/config/reload", { method: "POST", headers: { cookie, ...headers } });
    expect((await change({})).status).toBe(401);
    expect((await change({ "x-weir-csrf": "guess" })).status).toBe(401);
    expect((await change({ "x-weir-csrf": csrf, "sec-fetch-site": "cross-site" })).status).toBe(401);
    expect((await change({ "x-weir-csrf": csrf, origin: "https://evil.example" })).status).toBe(401);
    expect((await change({ "x-weir-csrf": csrf })).status).toBe(200);
  });

  test("of one log-in does not open another's changes", async () => {
    const fake = fakeServer();
    const [one, two] = [await logIn(fake), await logIn(fake)];
    expect(one.cookie).not.toBe(two.cookie);
    const headers = { cookie: one.cookie, "x-weir-csrf": two.csrf };
    expect((await fake.send("/api/config/reload", { method: "POST", headers })).status).toBe(401);
  });

  test("ends with the log-out, and with the token", async () => {
    const fake = fakeServer();
    const { cookie, csrf } = await logIn(fake);
    const left = await fake.send("/console/logout", { method: "POST", headers: { cookie, "x-weir-csrf": csrf } });
    expect([left.status, left.headers.get("set-cookie")]).toEqual([303, expect.stringContaining("Max-Age=0")]);
    expect((await fake.send("/api/targets", { headers: { cookie } })).status).toBe(401);
  });

  test("ends with the token that opened it, and after twelve hours", async () => {
    let token = ADMIN_TOKEN;
    let now = 1_000_000;
    const clock = { ...systemClock, now: () => now };
    const fake = fakeServer({ adminHash: () => hashToken(token), clock });
    const { cookie } = await logIn(fake);
    const status = async () => (await fake.send("/api/targets", { headers: { cookie } })).status;
    now += 12 * 3_600_000 - 1;
    expect(await status()).toBe(200);
    now += 1;
    expect(await status()).toBe(401);
    const second = await logIn(fake);
    token = "another";
    expect((await fake.send("/api/targets", { headers: { cookie: second.cookie } })).status).toBe(401);
    token = ADMIN_TOKEN;
    expect((await fake.send("/api/targets", { headers: { cookie: second.cookie } })).status).toBe(401);
  });

  test("has nothing to do with model routes: its cookie goes nowhere", async () => {
    const fake = fakeServer();
    const { cookie } = await logIn(fake);
    await fake.send("/v1/chat/completions", { method: "POST", headers: { cookie }, body: "{}" });
    expect(fake.asked).toHaveLength(1);
  });
});

describe("the page", () => {
  test("may run its own script and style only, and nothing is loaded from elsewhere", async () => {
    const fake = fakeServer();
    const { cookie } = await logIn(fake);
    const pages = await Promise.all([1, 2].map(() => fake.send("/console/events", { headers: { cookie } })));
    const policies = pages.map(({ headers }) => headers.get("content-security-policy")!);
    expect(policies[0]).not.toBe(policies[1]);
    for (const policy of policies) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    }
    const text = await pages[0]!.text();
    const nonce = /'nonce-([^']+)'/.exec(policies[0]!)![1]!;
    expect(text.match(/<script[^>]*>/g)).toEqual([expect.stringContaining(`nonce="${nonce}"`)]);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const [name, value] of [
      ["cache-control", "no-store"],
      ["x-frame-options", "DENY"],
      ["x-content-type-options", "nosniff"],
      ["referrer-policy", "same-origin"],
    ] as const)
      expect(pages[0]!.headers.get(name)).toBe(value);
  });

  test("by the Bearer token is the page too, without a change's token", async () => {
    const page = await fakeServer().send("/console", { headers: asAdmin });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('name="weir-csrf" content=""')]);
  });

  test("loads less than 150 kB compressed at first, and keeps it", async () => {
    const fake = fakeServer();
    const { cookie } = await logIn(fake);
    const page = await (await fake.send("/console", { headers: { cookie } })).text();
    let bytes = Bun.gzipSync(page).length;
    for (const [file] of page.matchAll(/console-\w+\.(?:js|css)/g)) {
      const packed = await fake.send(`/console/${file}`, { headers: { cookie, "accept-encoding": "br, gzip" } });
      expect([packed.headers.get("content-encoding"), packed.headers.get("vary")]).toEqual(["gzip", "accept-encoding"]);
      expect(packed.headers.get("cache-control")).toContain("immutable");
      const body = new Uint8Array(await packed.arrayBuffer());
      bytes += body.length;
      const plain = await fake.send(`/console/${file}`, { headers: { cookie, "accept-encoding": "identity" } });
      expect(await plain.text()).toBe(new TextDecoder().decode(Bun.gunzipSync(body)));
    }
    expect(bytes).toBeWithin(10_000, 150_000);
  });

  test.each([
    ["POST", "/console", "GET, HEAD, OPTIONS"],
    ["DELETE", "/console/events", "GET, HEAD, OPTIONS"],
    ["PUT", "/console/login", "GET, POST, HEAD, OPTIONS"],
    ["GET", "/console/logout", "POST, OPTIONS"],
  ])("%s %s names the methods there are", async (method, path, allow) => {
    const answer = await fakeServer().send(path, { method, headers: asAdmin });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  });

  test("of a file that is not there is an error, and so is a way out of the folder", async () => {
    const fake = fakeServer();
    const { cookie } = await logIn(fake);
    for (const path of ["/console/console-0000.js", "/console/main.tsx", "/console/..%2fpackage.json"])
      expect((await fake.send(path, { headers: { cookie } })).status).toBe(404);
  });
});
