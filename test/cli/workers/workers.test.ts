/** Several workers of one process, from outside. */

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { visitLedger } from "../../../src/store/ledger/open.ts";
import { FLEET_TOKEN, type Fleet, fleetConfig, fleetUpstream, heldUp, twoWorkers } from "../../support/fleet.ts";
import { ROOT } from "../../support/source.ts";
import { startGateway } from "../../support/spawn-gateway.ts";
import { until } from "../../support/until.ts";
import { startUpstream, UPSTREAM_TEXT } from "../../support/upstream.ts";

/** Several listeners share a port's connections on Linux alone. */
const onLinux = describe.skipIf(process.platform !== "linux");

const ADMIN = { authorization: `Bearer ${FLEET_TOKEN}` };

/** Sockets that listen on the port of a URL. */
function listening(url: string): number {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return lines.filter((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${port} [0-9A-F:]+ 0A `).test(line)).length;
}

const statusOf = async (fleet: Fleet, at: number): Promise<number> => {
  const response = await fleet.ask(at);
  await response.arrayBuffer();
  return response.status;
};

/** Answers of many requests, each on a connection of its own, so that both workers have some. */
const askMany = (fleet: Fleet, count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => statusOf(fleet, at)));

onLinux("two workers", () => {
  test("listen on one port, and are seen as one gateway", async () => {
    using upstream = fleetUpstream();
    await using fleet = await twoWorkers(fleetConfig(upstream));
    const [url] = fleet.urls;
    expect(listening(url)).toBe(2);
    expect((await askMany(fleet, 60)).every((status) => status === 200)).toBe(true);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('weir_requests_total{endpoint="chat",status="200",target="a"} 60\n');
    expect(metrics).toContain("weir_ledger_written_events_total");
    const { events } = (await fleet.api(0, "/api/events?limit=100")) as { events: unknown[] };
    expect(events).toHaveLength(60);
    const { targets } = (await fleet.api(1, "/api/targets")) as { targets: object[] };
    expect(targets[0]).toMatchObject({ requests: 60, failures: 0, in_flight: 0, available: true });
    const release = upstream.hold();
    const running = askMany(fleet, 10);
    await until(async () => upstream.most >= 10);
    expect(await fleet.api(0, "/health")).toMatchObject({ status: "ok", in_flight: 10 });
    release();
    await running;
    for (const path of ["/healthz", "/readyz", "/v1/models", "/openapi.json"]) {
      const response = await fetch(url + path);
      expect([path, response.status, response.headers.get("x-request-id") !== null]).toEqual([path, 200, true]);
    }
    expect((await fetch(`${url}/api/targets`)).status).toBe(401);
    expect((await fetch(`${url}/nothing`, { method: "POST", body: "x".repeat(100_000) })).status).toBe(404);
    const head = await fetch(`${url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  }, 60_000);

  test("count together what agents may do, over a reload too", async () => {
    using upstream = fleetUpstream();
    const config = fleetConfig(upstream, {
      policies: { chain: ["agent-firewall"] },
      policy: { "agent-firewall": { blocked_tools: ["shell"], kill_switches: { max_errors_before_halt: 6 } } },
    });
    await using fleet = await twoWorkers(config);
    const tools = [{ type: "function", function: { name: "shell" } }];
    const reasons: unknown[] = [];
    for (let at = 0; at < 12; at++) {
      const response = await fleet.ask(at, { headers: { "x-session-id": "s" }, body: { tools } });
      reasons.push(((await response.json()) as { error: { reason_code: unknown } }).error.reason_code);
      if (at === 3) await fetch(`${fleet.urls[0]}/api/config/reload`, { method: "POST", headers: ADMIN });
    }
    const blocked = Array.from({ length: 6 }, () => "agent_firewall.blocked_tool");
    const halted = Array.from({ length: 6 }, () => "agent_firewall.session_halted");
    expect(reasons).toEqual([...blocked, ...halted]);
  }, 60_000);

  test("take on a new configuration together, or none of them", async () => {
    using upstream = fleetUpstream();
    await using fleet = await twoWorkers(fleetConfig(upstream));
    const [gateway] = fleet.gateways;
    const file = join(dirname(gateway!.stateDir), "policy.yaml");
    const reload = async () => {
      const response = await fetch(`${fleet.urls[0]}/api/config/reload`, { method: "POST", headers: ADMIN });
      return response.status;
    };
    await Bun.write(
      file,
      JSON.stringify(fleetConfig(upstream, { pack: { name: "fleet", version: "1.0.0", enabled: false } })),
    );
    expect(await reload()).toBe(200);
    expect([...new Set(await askMany(fleet, 20))]).toEqual([503]);
    await Bun.write(file, "providers: 7");
    expect(await reload()).toBe(400);
    expect([...new Set(await askMany(fleet, 20))]).toEqual([503]);
    await Bun.write(file, JSON.stringify(fleetConfig(upstream)));
    expect(await reload()).toBe(200);
    expect([...new Set(await askMany(fleet, 20))]).toEqual([200]);
    await Bun.write(file, JSON.stringify(fleetConfig(upstream, { server: { workers: 3 } })));
    // the flag is over the file
    expect(await reload()).toBe(200);
  }, 60_000);

  test("end their streams before the process ends, and every event is kept", async () => {
    using upstream = startUpstream({ held: true });
    const config = fleetConfig(upstream);
    await using fleet = await twoWorkers(config);
    const [gateway] = fleet.gateways;
    const streams = Array.from({ length: 12 }, async (_, at) =>
      (await fleet.ask(at, { body: { stream: true } })).text(),
    );
    await upstream.waiting(12);
    const code = gateway!.stop();
    await until(async () => fleet.logs().includes('"msg":"stopping'));
    await until(() =>
      fetch(`${fleet.urls[0]}/healthz`, { keepalive: false }).then(
        () => false,
        () => true,
      ),
    );
    upstream.release();
    const bodies = await Promise.all(streams);
    for (const body of bodies) {
      const said = [...body.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join("");
      expect(said).toBe(UPSTREAM_TEXT);
      expect(body).toEndWith("data: [DONE]\n\n");
    }
    expect(await code).toBe(0);
    const ledger = visitLedger("sqlite:ledger.db", gateway!.stateDir);
    const { events } = await ledger.events({ limit: 100 });
    await ledger.close();
    expect(events.map(({ event }) => event.outcome)).toEqual(Array(12).fill("ok"));
  }, 60_000);

  test("keep to max_in_flight together", async () => {
    using upstream = fleetUpstream();
    const target = { id: "a", provider: "openai-compatible", model: "m", base_url: upstream.baseUrl, max_in_flight: 5 };
    await using fleet = await twoWorkers(fleetConfig(upstream, { providers: { targets: [target] } }));
    for (let round = 0; round < 2; round++) {
      const asked = Array.from({ length: 30 }, (_, at) => () => statusOf(fleet, at));
      const statuses = await heldUp(upstream, { taken: 5, asked });
      expect(statuses.filter((status) => status === 200)).toHaveLength(5);
      expect(statuses.filter((status) => status === 503)).toHaveLength(25);
    }
    expect([upstream.most, upstream.calls]).toEqual([5, 10]);
    const { targets } = (await fleet.api(0, "/api/targets")) as { targets: object[] };
    expect(targets[0]).toMatchObject({ in_flight: 0, saturation: 0, available: true });
  }, 60_000);

  test("hear of the main thread's probes", async () => {
    using upstream = fleetUpstream();
    let healthy = false;
    const probed = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        if (request.method === "GET") return new Response("{}", { status: healthy ? 200 : 500 });
        return fetch(upstream.baseUrl + new URL(request.url).pathname.slice(3), request);
      },
    });
    const config = fleetConfig({ baseUrl: `http://127.0.0.1:${probed.port}/v1` });
    const { targets } = config["providers"] as { targets: Record<string, unknown>[] };
    targets[0]!["health_probe"] = { enabled: true, interval_seconds: 1 };
    await using fleet = await twoWorkers(config);
    await until(async () => (await askMany(fleet, 10)).every((status) => status === 503));
    healthy = true;
    await until(async () => (await askMany(fleet, 10)).every((status) => status === 200));
    await probed.stop(true);
  }, 60_000);

  test("do not share a port with anybody else", async () => {
    using upstream = fleetUpstream();
    await using fleet = await twoWorkers(fleetConfig(upstream));
    const { host } = new URL(fleet.urls[0]);
    for (const workers of ["1", "2"]) {
      const config = { ...fleetConfig(upstream), server: { listen: host, workers: Number(workers) } };
      const file = join(dirname(fleet.gateways[0]!.stateDir), `other-${workers}.yaml`);
      await Bun.write(file, JSON.stringify(config));
      const run = ["gateway", "run", "--policy-config", file, "--state-dir", `${file}-state`];
      const child = Bun.spawn([process.execPath, join(ROOT, "src/main.ts"), ...run], {
        stdout: "ignore",
        stderr: "pipe",
      });
      expect(await child.exited).toBe(1);
      expect(await child.stderr.text()).toContain(`Cannot listen on http://${host}: something else listens there`);
    }
  }, 60_000);

  test("serve from the compiled binary as well", async () => {
    using upstream = fleetUpstream();
    const config = fleetConfig(upstream, { global_rate_limit: { max_requests: 7, window_seconds: 60 } });
    await using fleet = await twoWorkers(config, true);
    expect(listening(fleet.urls[0])).toBe(2);
    const statuses = await askMany(fleet, 20);
    expect(statuses.filter((status) => status === 200)).toHaveLength(7);
    expect(fleet.logs()).not.toContain('"level":"error"');
    expect(await fleet.gateways[0]!.stop()).toBe(0);
  }, 120_000);
});

test("one worker is the default: one listener, no further thread", async () => {
  using upstream = fleetUpstream();
  await using gateway = await startGateway({ config: fleetConfig(upstream), env: { FLEET_TOKEN } });
  if (process.platform === "linux") expect(listening(gateway.url)).toBe(1);
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
});
