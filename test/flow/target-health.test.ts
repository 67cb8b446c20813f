import { expect, test } from "bun:test";
import { join } from "node:path";
import { CHAT } from "../support/gateway.ts";
import { chatAnswer } from "../support/raw-upstream.ts";
import { startGateway } from "../support/spawn-gateway.ts";

interface Row {
  readonly id: string;
  readonly available: boolean;
  readonly reason: string | null;
  readonly breaker: { readonly state: string; readonly consecutive_failures: number };
  readonly probe: { readonly state: string; readonly last_error: string | null; readonly latency_ms: number } | null;
}

/** Two upstreams in one: `/flaky` and `/probed`, each well or not. */
function upstreams() {
  const well = { flaky: true, probed: true };
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const [, name = ""] = new URL(request.url).pathname.split("/");
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      if (!well[name as keyof typeof well]) return Response.json({ error: { message: "down" } }, { status: 503 });
      return Response.json(request.method === "GET" ? { data: [{ id: "m" }] } : chatAnswer(name));
    },
  });
  const url = (name: string): string => `http://127.0.0.1:${server.port}/${name}/v1`;
  return { well, asked, url, [Symbol.dispose]: () => void server.stop(true) };
}

function document(url: (name: string) => string) {
  const common = { provider: "openai-compatible", model: "m", secret_key_ref: { env: "KEY" } };
  return {
    pack: { name: "health", version: "1.0.0", enabled: true },
    policies: { chain: [] },
    store: { url: "memory:" },
    server: { admin_token_ref: { env: "ADMIN" } },
    providers: {
      retry: { max_attempts: 1 },
      circuit_breaker: { failure_threshold: 2, recovery_timeout_seconds: 5, half_open_max_requests: 1 },
      targets: [
        { ...common, id: "flaky", base_url: url("flaky"), description: "fails now and then" },
        {
          ...common,
          id: "probed",
          base_url: url("probed"),
          description: "is looked after",
          health_probe: { enabled: true, interval_seconds: 1, timeout_seconds: 10 },
        },
      ],
    },
  };
}

test("breakers and probes from outside: the API, the metrics, the log, the answers, a reload", async () => {
  using up = upstreams();
  const env = { KEY: "sk-1", ADMIN: "token" };
  await using gateway = await startGateway({ config: document(up.url), env });
  const admin = { headers: { authorization: "Bearer token" } };
  const rows = async (): Promise<Record<string, Row>> => {
    const { targets } = (await (await fetch(`${gateway.url}/api/targets`, admin)).json()) as { targets: Row[] };
    return Object.fromEntries(targets.map((row) => [row.id, row]));
  };
  const until = async (is: (rows: Record<string, Row>) => boolean): Promise<void> => {
    while (!is(await rows())) await Bun.sleep(20);
  };
  const ask = async (model: string) => {
    const body = JSON.stringify({ ...CHAT, model });
    return fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
  };
  const metric = async (line: string): Promise<number> => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(
      text
        .split("\n")
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1),
    );
  };

  await until(({ probed }) => probed?.probe?.state === "healthy");
  expect(await metric('weir_probe_healthy{target="probed"}')).toBe(1);
  expect(await metric('weir_probe_latency_seconds{target="probed"}')).toBeGreaterThan(0);

  // the probed one goes away: nobody has to ask it for that to be known
  up.well.probed = false;
  await until(({ probed }) => probed?.reason === "probe unhealthy");
  expect((await rows())["probed"]).toMatchObject({ available: false, probe: { last_error: "It answers 503" } });
  expect(await metric('weir_probe_healthy{target="probed"}')).toBe(0);
  expect(await metric('weir_probe_runs_total{target="probed",outcome="failed"}')).toBeGreaterThanOrEqual(2);
  expect(await metric('weir_target_available{target="probed"}')).toBe(0);

  // the other one fails twice and is open: nobody is left
  up.well.flaky = false;
  expect([(await ask("flaky")).status, (await ask("flaky")).status]).toEqual([502, 502]);
  const before = up.asked.filter((line) => line.startsWith("POST")).length;
  const refused = await ask("flaky");
  const { error } = (await refused.json()) as { error: { code: string; message: string } };
  expect([refused.status, error.code]).toEqual([503, "service_unavailable"]);
  expect(error.message).toContain("1 × breaker open");
  expect(error.message).toContain("1 × probe unhealthy");
  expect(Number(refused.headers.get("retry-after"))).toBeWithin(1, 6);
  expect(up.asked.filter((line) => line.startsWith("POST")).length).toBe(before);
  expect((await (await fetch(`${gateway.url}/health`)).json()) as object).toMatchObject({ status: "degraded" });

  // both come back
  up.well.flaky = true;
  up.well.probed = true;
  await until(({ probed, flaky }) => probed?.available === true && flaky?.breaker.state === "half_open");
  expect(await metric('weir_breaker_state{target="flaky"}')).toBe(1);
  expect((await ask("flaky")).status).toBe(200);
  expect((await rows())["flaky"]?.breaker).toMatchObject({ state: "closed", consecutive_failures: 0 });
  for (const change of ['from="closed",to="open"', 'from="open",to="half_open"', 'from="half_open",to="closed"'])
    expect(await metric(`weir_breaker_transitions_total{target="flaky",${change}}`)).toBe(1);
  const logged = gateway
    .logs()
    .split("\n")
    .filter((line) => line.includes("circuit breaker") || line.includes("health probe"));
  expect(logged.filter((line) => line.includes("fails now and then")).length).toBe(3);
  expect(logged.filter((line) => line.includes("is looked after")).length).toBe(3);
  expect(gateway.logs()).not.toContain("sk-1");

  // a reload that takes the probe away takes its verdict away
  const changed = document(up.url);
  const without = changed.providers.targets.map(({ id, ...target }) => ({
    ...target,
    id,
    health_probe: { enabled: false },
  }));
  const policy = join(gateway.stateDir, "..", "policy.yaml");
  await Bun.write(policy, JSON.stringify({ ...changed, providers: { ...changed.providers, targets: without } }));
  expect((await fetch(`${gateway.url}/api/config/reload`, { ...admin, method: "POST" })).status).toBe(200);
  expect((await rows())["probed"]?.probe).toBeNull();
  expect(await metric('weir_probe_healthy{target="probed"}')).toBeNaN();
  expect(await gateway.stop()).toBe(0);
}, 60_000);
