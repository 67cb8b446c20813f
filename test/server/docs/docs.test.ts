import { describe, expect, test } from "bun:test";
import type { TSchema } from "@sinclair/typebox";
import { commands } from "../../../src/cli/index.ts";
import { ConfigSchema } from "../../../src/config/config.ts";
import { LINT_CODES } from "../../../src/config/problem.ts";
import { gridSources } from "../../../src/grid/index.ts";
import { ERRORS, GatewayError } from "../../../src/lib/errors.ts";
import { policies } from "../../../src/policies/index.ts";
import { providers } from "../../../src/providers/index.ts";
import { strategies } from "../../../src/routing/index.ts";
import { keysOf } from "../../../src/server/docs/keys.ts";
import { createHandler } from "../../../src/server/door/handler.ts";
import { errorResponse } from "../../../src/server/error-response.ts";
import { fakeServer } from "../fake-server.ts";

const PAGES = ["", "/config", "/policies", "/routing", "/errors", "/cli", "/http", "/metrics"].map(
  (path) => `/docs${path}`,
);
const all = Object.values(commands);
const { options } = fakeServer();
const handler = createHandler({ ...options, commands: all });
const peer = { address: () => "127.0.0.1", loopback: true, received() {}, answered() {} };

async function page(path: string): Promise<{ text: string; policy: string; status: number }> {
  const request = new Request(`http://localhost:8080${path}`, { headers: { host: "localhost:8080" } });
  const response = await handler.handle(request, peer);
  const { status, headers } = response;
  return { text: await response.text(), policy: headers.get("content-security-policy") ?? "", status };
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** What stands in the row with that anchor, without the heads that a phone shows before the cells. */
async function row(path: string, id: string): Promise<string> {
  const { text } = await page(path);
  const at = text.indexOf(`<tr id="${escaped(id)}">`);
  expect({ id, found: at >= 0 }).toEqual({ id, found: true });
  return text.slice(at, text.indexOf("</tr>", at)).replace(/ data-head="[^"]*"/g, "");
}

describe("the reference", () => {
  test("every page is whole, loads nothing, runs nothing and may do nothing", async () => {
    for (const path of PAGES) {
      const { text, policy, status } = await page(path);
      expect(status).toBe(200);
      expect(policy).toStartWith("default-src 'none'; style-src 'sha256-");
      const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!;
      expect(policy).toContain(`'sha256-${new Bun.CryptoHasher("sha256").update(style).digest("base64")}'`);
      // what scrolls by itself is reached by keys
      expect(text).not.toMatch(/<pre(?! tabindex="0")/);
      expect(text).not.toMatch(/<(?:script|link|img|iframe|form|object)|\ssrc=|\sstyle=|\son[a-z]+=/i);
      expect(text).toContain(`<a href="${path}" aria-current="page">`);
      expect(text).toEndWith("</body></html>\n");
      expect(text).not.toContain("undefined");
    }
  });

  test("a cell says on a phone what it is, where no heads are above it", async () => {
    const { text } = await page("/docs/errors");
    expect(text).toContain('<code>invalid_json</code></td><td data-head="status">400</td><td data-head="type">');
    expect(text).toContain("td[data-head]::before{content:attr(data-head)");
  });

  test("no link is dead, no anchor stands twice, and none leads elsewhere", async () => {
    const anchors = new Map<string, ReadonlySet<string>>();
    for (const path of PAGES) {
      const ids = [...(await page(path)).text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
      expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
      anchors.set(path, new Set(ids));
    }
    for (const path of PAGES) {
      for (const [, href = ""] of (await page(path)).text.matchAll(/href="([^"]*)"/g)) {
        const [to = "", anchor] = href.split("#");
        const target = to === "" ? path : to;
        expect({ href, inside: target.startsWith("/") }).toEqual({ href, inside: true });
        if (anchor !== undefined)
          expect({ href, found: anchors.get(target)?.has(anchor) }).toEqual({ href, found: true });
        else if (!PAGES.includes(target))
          expect([200, 303]).toContain(target === "/console" ? 200 : (await page(target)).status);
      }
    }
  });

  test("every key of the configuration has a meaning, and stands in it with type and default", async () => {
    const keys = keysOf(ConfigSchema, "");
    expect(keys.length).toBeGreaterThan(350);
    expect(keys.filter(({ meaning }) => meaning === "").map(({ path }) => path)).toEqual([]);
    expect(keys.filter(({ type }) => type === "" || type === "of another form").map(({ path }) => path)).toEqual([]);
    const config = (await page("/docs/config")).text;
    const settings = (await page("/docs/policies")).text;
    for (const { path } of keys) {
      const top = !path.includes(".");
      const isKind = /^policy\.[^.]+$/.test(path);
      const where = path.startsWith("policy.") ? settings : config;
      const id = escaped(isKind ? path.slice("policy.".length) : path);
      expect({ path, found: where.includes(`id="${id}"`) }).toEqual({ path, found: true });
      if (top) expect(config).toContain(`<h2 id="${path}">`);
    }
  });

  test("a row says what a value must be, what stands in for it, and what it means", async () => {
    expect(await row("/docs/config", "providers.retry.max_attempts")).toBe(
      '<tr id="providers.retry.max_attempts"><td><code>providers.retry.max_attempts</code></td><td>an integer from 1 to 10</td><td><code>2</code></td><td>Tries at one target, the first included</td>',
    );
    expect(await row("/docs/config", "providers.targets[].id")).toContain("<strong>required</strong>");
    expect(await row("/docs/config", "providers.targets[].stream_timeout_seconds")).toContain(
      "<td>timeout_seconds</td>",
    );
    expect(await row("/docs/config", "server.listen")).toContain("<td>–</td>");
    expect(await row("/docs/policies", "policy.rbac.roles.<name>.denied_tools")).toContain("whatever is allowed");
  });

  test("every kind of every registry is there", async () => {
    const kinds = (await page("/docs/policies")).text;
    for (const [name, { summary }] of Object.entries(policies)) {
      expect(kinds).toContain(`<h2 id="${name}">`);
      expect(kinds).toContain(escaped(summary));
    }
    for (const [name, { summary, aliases }] of Object.entries(strategies)) {
      const told = await row("/docs/routing", name);
      for (const word of [summary, ...aliases]) expect(told).toContain(escaped(word));
    }
    for (const name of Object.keys(providers)) expect(await row("/docs/routing", `provider-${name}`)).toContain(name);
    const routing = (await page("/docs/routing")).text;
    for (const name of Object.keys(gridSources)) expect(routing).toContain(`<h3 id="source-${name}">`);
  });

  test("every code of an error and of the linter is there, with its status", async () => {
    for (const [name, { status, type }] of Object.entries(ERRORS)) {
      const told = await row("/docs/errors", name);
      expect(told).toContain(`<td>${status}</td><td><code>${type}</code></td>`);
    }
    for (const [name, meaning] of Object.entries(LINT_CODES))
      expect(await row("/docs/config", name)).toContain(meaning);
  });

  test("what is said of a retry is what the header says", async () => {
    const { text } = await page("/docs/errors");
    const detailed = [{}, { retryAfterMs: 1_000 }, { retryAfterMs: 60_000 }, { status: 408 }, { status: 409 }];
    for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
      const final = detailed.map((details) =>
        errorResponse(new GatewayError(code, "m", details), "r").headers.has("x-should-retry"),
      );
      const [, said] = new RegExp(`id="${code}".*?<td data-head="worth a retry">([^<]*)`, "s").exec(text) ?? [];
      const always = final.every((each) => each === final[0]);
      expect([code, said]).toEqual([
        code,
        always ? (final[0] ? "no" : "yes") : expect.stringMatching(/^(where|only) /),
      ]);
    }
  });

  test("every command is there with its flags, its help and its example", async () => {
    const { text } = await page("/docs/cli");
    for (const { name, summary, options: flags, example } of all) {
      expect(text).toContain(`<h2 id="${name.replaceAll(" ", "-")}"><code>weir ${name}</code></h2>`);
      for (const told of [summary, example]) expect(text).toContain(escaped(told));
      for (const [flag, { help }] of Object.entries(flags as Record<string, { help: string }>)) {
        expect(text).toContain(`<code>--${flag}`);
        expect(text).toContain(escaped(help).replace(/`([^`]+)`/g, "<code>$1</code>"));
      }
    }
  });

  test("every route is there", async () => {
    const { text } = await page("/docs/http");
    for (const { path, method } of (await handler.app()).facts) {
      const shown = path.replace(/:([a-z]+)/, "{$1}").replace(/\*$/, "{id}");
      expect(text).toContain(`<span class="method">${method}</span> <code>${shown}</code>`);
    }
  });
});

describe("what else is said of HTTP", () => {
  test("every header that browsers may read is explained, and every header that asks for routing", async () => {
    const request = new Request("http://localhost:8080/healthz", {
      headers: { host: "localhost:8080", origin: "https://app.example" },
    });
    const browsers = createHandler(fakeServer({ cors: { allow_origins: ["*"], max_age_seconds: 1 } }).options);
    const exposed = (await browsers.handle(request, peer)).headers.get("access-control-expose-headers") ?? "";
    expect(exposed.split(", ").length).toBeGreaterThan(10);
    const { text } = await page("/docs/http");
    const rest = text.slice(text.indexOf('id="headers"'));
    for (const name of [...exposed.split(", "), "x-weir-routing", "traceparent"])
      expect(rest).toContain(`<code>${name}</code>`);
  });

  test("every family of /metrics is explained", async () => {
    const { text } = await page("/docs/metrics");
    for (const { spec } of options.metrics.read()) expect(text).toContain(`<tr id="${spec.name}">`);
    expect(text).toContain("gen_ai.client.token.usage");
  });
});

describe("keysOf", () => {
  test("walks maps, lists, choices and keys of one's own, and names each path once", () => {
    const schema = {
      type: "object",
      properties: {
        a: {
          type: "array",
          items: { anyOf: [{ properties: { b: { description: "x" } } }, { properties: { b: {} } }] },
        },
        c: { patternProperties: { "^.*$": { properties: { d: {} } } } },
      },
    } as unknown as TSchema;
    expect(keysOf(schema, "").map(({ path, meaning }) => [path, meaning])).toEqual([
      ["a", ""],
      ["a[].b", "x"],
      ["c", ""],
      ["c.<name>.d", ""],
    ]);
  });
});
