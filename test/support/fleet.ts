import type { Server } from "bun";
import { sharedServer } from "./redis-server.ts";
import { type SpawnedGateway, startGateway } from "./spawn-gateway.ts";
import { until } from "./until.ts";

/** What the upstream of a fleet does. */
export interface FleetUpstream extends Disposable {
  readonly baseUrl: string;
  /** Requests it got. */
  calls: number;
  /** Most requests at once. */
  most: number;
  /** Status of its answers, and further headers. */
  status: number;
  headers: Record<string, string>;
  /** How long it takes, in milliseconds. */
  delayMs: number;
  /** Holds up all requests that come from now on; what it gives lets them go on. */
  hold(): () => void;
  /** Tokens its answers say they used. */
  usage: { prompt_tokens: number; completion_tokens: number };
}

/** An upstream whose manner a test changes while it runs. */
export function fleetUpstream(): FleetUpstream {
  let running = 0;
  let held: Promise<void> | null = null;
  const server: Server<undefined> = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      await request.json();
      upstream.calls++;
      upstream.most = Math.max(upstream.most, ++running);
      if (held !== null) await held;
      if (upstream.delayMs > 0) await Bun.sleep(upstream.delayMs);
      running--;
      const { status, headers, usage } = upstream;
      if (status !== 200) return Response.json({ error: { message: "no" } }, { status, headers });
      const choices = [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }];
      const total_tokens = usage.prompt_tokens + usage.completion_tokens;
      return Response.json({
        id: "c",
        object: "chat.completion",
        model: "m",
        choices,
        usage: { ...usage, total_tokens },
      });
    },
  });
  const upstream: FleetUpstream = {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    calls: 0,
    most: 0,
    status: 200,
    headers: {},
    delayMs: 0,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = null;
        resolve();
      };
    },
    usage: { prompt_tokens: 10, completion_tokens: 10 },
    [Symbol.dispose]: () => void server.stop(true),
  };
  return upstream;
}

/**
 * What many requests at once come to while the upstream answers none of them before all others are refused: so many are
 * taken together, however long a busy machine takes to send them.
 */
export async function heldUp<T>(
  upstream: FleetUpstream,
  { taken, asked }: { readonly taken: number; readonly asked: readonly (() => Promise<T>)[] },
): Promise<T[]> {
  const release = upstream.hold();
  let over = 0;
  const all = asked.map(async (ask) => {
    const answer = await ask();
    over++;
    return answer;
  });
  await until(() => over >= asked.length - taken);
  release();
  return Promise.all(all);
}

/** Gateways that count together. */
export interface Fleet extends AsyncDisposable {
  /** One gateway's root by turns; the same twice where one process serves with several workers. */
  readonly urls: readonly [string, string];
  /** A chat request through one of them, on a connection of its own. */
  ask(node: number, more?: { headers?: Record<string, string>; body?: object }): Promise<Response>;
  /** What a route of the admin API says. */
  api(node: number, path: string): Promise<Record<string, unknown>>;
  /** What all wrote to their logs. */
  logs(): string;
  readonly gateways: readonly SpawnedGateway[];
}

/** The admin token of every fleet. */
export const FLEET_TOKEN = "fleet-token";

/** A configuration with one target at the upstream. */
export function fleetConfig(
  upstream: Pick<FleetUpstream, "baseUrl">,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const { providers, server, ...rest } = more as { providers?: object; server?: object };
  return {
    pack: { name: "fleet", version: "1.0.0", enabled: true },
    policies: { chain: ["audit-logger"] },
    server: { admin_token_ref: { env: "FLEET_TOKEN" }, ...server },
    providers: {
      strategy: "single",
      retry: { max_attempts: 1 },
      targets: [
        {
          id: "a",
          provider: "openai-compatible",
          model: "m",
          base_url: upstream.baseUrl,
          pricing: { prompt: 0, completion: 1_000 },
        },
      ],
      ...providers,
    },
    ...rest,
  };
}

/** Two gateways on one server, which is emptied before. */
export async function twoNodes(config: Record<string, unknown>, onError = "refuse"): Promise<Fleet> {
  const redis = await sharedServer();
  await redis.send("FLUSHALL");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the gateway puts the variable in
  const counters = { url: "${COUNTERS_URL}", on_error: onError };
  const shared = { ...config, store: { counters } };
  const env = { COUNTERS_URL: redis.url, FLEET_TOKEN };
  const gateways = await Promise.all([0, 1].map(() => startGateway({ config: shared, env })));
  await Promise.all(gateways.map(together));
  return fleetOf(gateways);
}

/** Resolves once a gateway has found its server: on a busy machine the first try may come too late. */
async function together({ url }: SpawnedGateway): Promise<void> {
  while (!(await (await fetch(`${url}/metrics`)).text()).includes("weir_counters_failing 0")) await Bun.sleep(10);
}

/** One gateway with two workers. */
export async function twoWorkers(config: Record<string, unknown>, fromBinary = false): Promise<Fleet> {
  return fleetOf([await startGateway({ config, env: { FLEET_TOKEN }, flags: ["--workers", "2"], fromBinary })]);
}

function fleetOf(gateways: readonly SpawnedGateway[]): Fleet {
  const [first, second = first] = gateways;
  const urls = [first!.url, second!.url] as const;
  return {
    urls,
    gateways,
    ask: (node, { headers = {}, body = {} } = {}) =>
      fetch(`${urls[node % 2]}/v1/chat/completions`, {
        method: "POST",
        // every connection may come to another worker
        headers: { "content-type": "application/json", connection: "close", ...headers },
        body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }], ...body }),
        keepalive: false,
      }),
    async api(node, path) {
      const headers = { authorization: `Bearer ${FLEET_TOKEN}` };
      const response = await fetch(`${urls[node % 2]}${path}`, { headers, keepalive: false });
      return (await response.json()) as Record<string, unknown>;
    },
    logs: () => gateways.map((gateway) => gateway.logs()).join(""),
    async [Symbol.asyncDispose]() {
      await Promise.all(gateways.map((gateway) => gateway[Symbol.asyncDispose]()));
    },
  };
}
