import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/cli.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { until } from "../support/until.ts";
import { startUpstream, UPSTREAM_TEXT } from "../support/upstream.ts";
import { fakeIo } from "./fake-io.ts";
import { type Running, serving } from "./running.ts";

const LISTEN = ["--listen", "127.0.0.1:0"];

interface Changes {
  readonly extra?: object;
  readonly model?: string;
}
function yaml(baseUrl: string, { extra = {}, model = "small" }: Changes = {}): string {
  return JSON.stringify({
    pack: { name: "t", version: "1.0.0", enabled: true },
    policies: { chain: ["audit-logger"] },
    policy: { "audit-logger": {} },
    providers: { targets: [{ id: "up", provider: "openai-compatible", model, base_url: baseUrl }] },
    ...extra,
  });
}

async function start(
  baseUrl: string,
  flags: readonly string[] = [],
  changes: Changes = {},
  env = {},
): Promise<Running> {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "policy-config.yaml"), yaml(baseUrl, changes));
  return serving(["gateway", "run", ...LISTEN, "--state-dir", join(cwd, "state"), ...flags], { cwd, env });
}
const stop = (running: Running): Promise<number> => {
  running.io.stop();
  return running.exit;
};
const ask = (url: string, body: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "small", messages: [{ role: "user", content: "hi" }], ...body }),
  });

describe("gateway run", () => {
  test("answers through the upstream, writes the ledger, and ends in order", async () => {
    using upstream = startUpstream();
    const running = await start(upstream.baseUrl);
    const response = await ask(running.url);
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(body.choices[0]!.message.content).toBe(UPSTREAM_TEXT);
    const id = response.headers.get("x-request-id")!;
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    expect(await stop(running)).toBe(0);
    expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
    const io = fakeIo();
    expect(await main(["explain", id, "--state-dir", join(running.cwd, "state")], io)).toBe(0);
    expect(io.written.out).toContain("small");
  });

  test("its API shows an event as soon as the request is answered", async () => {
    using upstream = startUpstream();
    const running = await start(
      upstream.baseUrl,
      [],
      { extra: { server: { admin_token_ref: { env: "TOKEN" } } } },
      { TOKEN: "t0p" },
    );
    const id = (await ask(running.url)).headers.get("x-request-id")!;
    const headers = { authorization: "Bearer t0p" };
    const event = (await (await fetch(`${running.url}/api/events/${id}`, { headers })).json()) as object;
    expect(event).toMatchObject({ id, target: "up", status: 200 });
    const targets = (await (await fetch(`${running.url}/api/targets`, { headers })).json()) as object;
    expect(targets).toMatchObject({ targets: [{ id: "up", available: true, requests: 1 }] });
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('weir_requests_total{endpoint="chat",status="200",target="up"} 1');
    expect(metrics).toContain('weir_target_available{target="up"} 1');
    expect(await stop(running)).toBe(0);
  });

  test("an admin token made beside it counts at once", async () => {
    const running = await start("http://127.0.0.1:9/v1");
    expect((await fetch(`${running.url}/api/config`)).status).toBe(503);
    const io = fakeIo();
    await main(["admin", "token", "--state-dir", join(running.cwd, "state")], io);
    const headers = { authorization: `Bearer ${io.written.out.trim()}` };
    const response = await fetch(`${running.url}/api/config`, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("config.providers.targets.0.id", "up");
    expect(await stop(running)).toBe(0);
  });

  test("makes and shows a token at the first start in front of a person, and not again", async () => {
    const cwd = emptyFolder();
    writeFileSync(
      join(cwd, "policy-config.yaml"),
      yaml("http://127.0.0.1:9/v1", { extra: { telemetry: { log: { format: "json" } } } }),
    );
    const args = ["gateway", "run", ...LISTEN, "--state-dir", join(cwd, "state")];
    const first = await serving(args, { cwd, terminal: true, env: { NO_COLOR: "1" } });
    const [token] = /weir_admin_\S+/.exec(first.io.written.err)!;
    expect((await fetch(`${first.url}/api/targets`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      200,
    );
    await stop(first);
    const second = await serving(args, { cwd, terminal: true });
    expect(second.io.written.err).not.toContain("weir_admin_");
    await stop(second);
  });

  test("requires its flags to make sense, before anything is opened", async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "policy-config.yaml"), yaml("http://127.0.0.1:9/v1"));
    const cases: [string[], string][] = [
      [["--listen", "8080"], "127.0.0.1:8080"],
      [["--fail-mode", "open"], "block, allow"],
      [["--workers", "0"], "--workers"],
      [["--workers", "many"], "--workers"],
      [["--max-concurrency", "0"], "--max-concurrency"],
      [["--policy-config", "missing.yaml"], "no such file"],
    ];
    for (const [args, hint] of cases) {
      const io = fakeIo({ cwd });
      expect(await main(["gateway", "run", "--state-dir", join(cwd, "s"), ...args], io)).toBe(2);
      expect(io.written.err).toContain(hint);
    }
  });

  test("without a configuration says how to get one", async () => {
    const io = fakeIo({ cwd: emptyFolder() });
    expect(await main(["gateway", "run"], io)).toBe(2);
    expect(io.written.err).toContain("weir init");
    expect(io.written.err).toContain("weir demo");
  });

  test("an invalid configuration: every problem with its place, exit 2", async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "policy-config.yaml"), "pack: {name: t, version: one, enabled: true}\nprovidrs: {}\n");
    const io = fakeIo({ cwd });
    expect(await main(["gateway", "run"], io)).toBe(2);
    expect(io.written.err).toMatch(/policy-config\.yaml:1:\d+.*E005/);
    expect(io.written.err).toMatch(/policy-config\.yaml:2:\d+.*E002/);
  });

  test("a port in use and a state directory that cannot be had: exit 1, saying so", async () => {
    const running = await start("http://127.0.0.1:9/v1");
    const config = join(running.cwd, "policy-config.yaml");
    const { port } = new URL(running.url);
    const taken = fakeIo({ cwd: running.cwd });
    const args = ["gateway", "run", "--policy-config", config];
    expect(await main([...args, "--listen", `127.0.0.1:${port}`, "--state-dir", emptyFolder()], taken)).toBe(1);
    expect(taken.written.err).toContain(`Cannot listen on http://127.0.0.1:${port}`);
    const shared = fakeIo({ cwd: running.cwd });
    expect(await main([...args, ...LISTEN, "--state-dir", join(running.cwd, "state")], shared)).toBe(1);
    expect(shared.written.err).toContain("ledger");
    const blocked = fakeIo({ cwd: running.cwd });
    expect(await main([...args, ...LISTEN, "--state-dir", join(config, "below-a-file")], blocked)).toBe(1);
    expect(blocked.written.err).toContain("--state-dir");
    expect(await stop(running)).toBe(0);
  });

  test("a missing secret is a warning, and readiness says no", async () => {
    const extra = {
      providers: {
        targets: [{ id: "up", provider: "openai", model: "m", secret_key_ref: { env: "NOT_SET" } }],
      },
    };
    const running = await start("", [], { extra });
    expect(running.log()).toContainEqual(expect.objectContaining({ level: "warn", code: "W002" }));
    expect((await fetch(`${running.url}/readyz`)).status).toBe(503);
    expect((await ask(running.url, { model: "m" })).status).toBe(503);
    expect(await stop(running)).toBe(0);
  });
});

describe("reload", () => {
  const names = async (url: string) =>
    ((await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }).data.map(({ id }) => id);

  test("--watch takes a changed file on; an invalid one changes nothing", async () => {
    const running = await start("http://127.0.0.1:9/v1", ["--watch"]);
    const file = join(running.cwd, "policy-config.yaml");
    expect(await names(running.url)).toContain("small");
    writeFileSync(file, yaml("http://127.0.0.1:9/v1", { model: "large" }));
    await running.io.saw("configuration reloaded");
    expect(await names(running.url)).toContain("large");
    writeFileSync(file, "nonsense: [");
    await running.io.saw("reload refused");
    expect(await names(running.url)).toContain("large");
    expect(await stop(running)).toBe(0);
  }, 60_000);

  test("POST /api/config/reload, and what needs a restart is refused by name", async () => {
    const server = { admin_token_ref: { env: "TOKEN" } };
    const running = await start("http://127.0.0.1:9/v1", [], { extra: { server } }, { TOKEN: "t0p" });
    const file = join(running.cwd, "policy-config.yaml");
    const reload = () =>
      fetch(`${running.url}/api/config/reload`, { method: "POST", headers: { authorization: "Bearer t0p" } });
    writeFileSync(file, yaml("http://127.0.0.1:9/v1", { model: "large", extra: { server } }));
    const good = await reload();
    expect(await good.json()).toMatchObject({ ok: true, changed: ["providers.targets[0].model"] });
    writeFileSync(file, yaml("http://127.0.0.1:9/v1", { extra: { server, store: { url: "memory:" } } }));
    const refused = await reload();
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("store: changed");
    expect(await names(running.url)).toContain("large");
    expect(await stop(running)).toBe(0);
  });
});

describe("the end", () => {
  test("a stream under way is finished, readiness fails, new connections are refused", async () => {
    using upstream = startUpstream({ held: true });
    const running = await start(upstream.baseUrl);
    const response = await ask(running.url, { stream: true });
    await upstream.waiting(1);
    running.io.stop();
    await running.io.saw("stopping");
    // for a moment those who come are told to leave
    const isRefused = async (): Promise<boolean> => {
      const answer = await fetch(`${running.url}/readyz`).catch(() => null);
      if (answer !== null) expect([answer.status, answer.headers.get("connection")]).toEqual([503, "close"]);
      return answer === null;
    };
    await until(isRefused);
    upstream.release();
    const text = await response.text();
    expect(text).toContain("gate");
    expect(text.trimEnd()).toEndWith("data: [DONE]");
    expect(await running.exit).toBe(0);
    const io = fakeIo();
    const state = join(running.cwd, "state");
    expect(await main(["events", "export", "--format", "json", "--state-dir", state], io)).toBe(0);
    expect(JSON.parse(io.written.out.trim().split("\n").at(-1)!)).toMatchObject({ outcome: "ok" });
  });

  test("what does not end within drain_seconds is cut, and its caller and the ledger are told why", async () => {
    using upstream = startUpstream({ held: true });
    const running = await start(upstream.baseUrl, [], { extra: { server: { drain_seconds: 1 } } });
    const response = await ask(running.url, { stream: true });
    await upstream.waiting(1);
    const text = response.text();
    expect(await stop(running)).toBe(0);
    expect(running.io.written.err).toContain("drain_seconds are over");
    expect(await text).toContain("The gateway is stopping");
    const io = fakeIo();
    const state = join(running.cwd, "state");
    expect(await main(["events", "export", "--format", "json", "--state-dir", state], io)).toBe(0);
    const event: unknown = JSON.parse(io.written.out.trim().split("\n").at(-1)!);
    expect(event).toMatchObject({ outcome: "overloaded", status: 200 });
  });

  test("a second signal ends it at once", async () => {
    using upstream = startUpstream({ held: true });
    const running = await start(upstream.baseUrl);
    const response = await ask(running.url, { stream: true });
    await upstream.waiting(1);
    running.io.stop();
    await running.io.saw("stopping");
    let code: number | null = null;
    void running.exit.then((ended) => {
      code = ended;
    });
    await until(() => {
      running.io.stop("SIGINT");
      return code !== null;
    });
    expect(await running.exit).toBe(1);
    await response.text().catch(() => {});
  });
});
