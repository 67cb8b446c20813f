import { DEFAULT_FRESHNESS } from "../../src/carbon/signals.ts";
import type { Config } from "../../src/config/config.ts";
import { GridBook } from "../../src/gateway/carbon/grid-book.ts";
import type {
  Caller,
  Gateway,
  ModelView,
  Readiness,
  RegionView,
  ReloadResult,
  TargetView,
} from "../../src/gateway/gateway-api.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Endpoint } from "../../src/lib/context.ts";
import { createMetrics, type Metrics } from "../../src/lib/metrics/metrics.ts";
import { BUCKET_MS, sumRows } from "../../src/lib/sums/sum-rows.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { hashToken } from "../../src/server/admin-token.ts";
import type { Watched } from "../../src/server/alarms.ts";
import { createHandler, type Handler } from "../../src/server/door/handler.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { Peer } from "../../src/server/route.ts";
import { WELL } from "../../src/store/counters/counters.ts";
import type { Access, EventQuery, StoredEvent } from "../../src/store/store.ts";

export const ADMIN_TOKEN = "weir_admin_test";

/** What a test may set, and what it can read afterwards. */
export interface Fake {
  readonly handler: Handler;
  readonly options: ServerOptions;
  readonly metrics: Metrics;
  /** Requests that reached the gateway. */
  readonly asked: { endpoint: Endpoint; request: Request; caller: Caller }[];
  readonly queries: EventQuery[];
  readonly accesses: Access[];
  readonly logged: { fields: object; message: string }[];
  /** Sends one request; a path or a whole URL. */
  send(path: string, init?: RequestInit & { peer?: Partial<Peer> }): Promise<Response>;
}

interface Settings {
  readonly adminToken?: string | null;
  readonly adminHash?: ServerOptions["adminHash"];
  readonly clock?: ServerOptions["clock"];
  readonly metricsToken?: string;
  readonly metrics?: object;
  readonly cors?: object;
  readonly draining?: () => boolean;
  readonly answer?: Gateway["answer"];
  readonly targets?: readonly TargetView[];
  readonly models?: readonly ModelView[];
  readonly readiness?: () => Readiness;
  readonly reload?: () => Promise<ReloadResult>;
  readonly events?: readonly StoredEvent[];
  readonly receipts?: Partial<ServerOptions["receipts"]>;
  readonly escalations?: Partial<ServerOptions["escalations"]>;
  readonly consumer?: Gateway["consumer"];
  readonly regions?: readonly RegionView[];
  /** Parts that take the place of those of the usual configuration. */
  readonly config?: object;
  /** One that was loaded, instead of the usual one. */
  readonly loaded?: Config;
  readonly loadConfig?: ServerOptions["loadConfig"];
  readonly spending?: Gateway["spending"];
  readonly watched?: Partial<Watched>;
}

const TARGET: TargetView = {
  id: "large",
  provider: "mistral",
  model: "mistral-large-latest",
  models: ["mistral-large-latest"],
  description: "the big one",
  base_url: "https://upstream.invalid/v1",
  region: null,
  available: true,
  reason: null,
  in_flight: 0,
  max_in_flight: null,
  saturation: null,
  requests: 3,
  failures: 1,
  speed: { answer_ms: null, first_token_ms: null, tokens_per_second: null },
  last_error: null,
  last_success_at: null,
  breaker: {
    state: "closed",
    since: null,
    half_open_at: null,
    consecutive_failures: 0,
    resting_until: null,
    history: [],
  },
  probe: null,
};

export const EVENT: RequestEvent = {
  id: "req-1",
  at: 1_000,
  endpoint: "chat",
  stream: false,
  consumer: null,
  model: "m",
  answered_model: "m",
  target: "large",
  verdict: "allow",
  policies: [],
  route: null,
  attempts: [],
  status: 200,
  outcome: "ok",
  finish_reasons: ["stop"],
  usage: {
    prompt_tokens: 1,
    completion_tokens: 1,
    cached_tokens: null,
    reasoning_tokens: null,
    basis: "exact",
  },
  first_token_ms: null,
  duration_ms: 5,
  degraded: [],
  config: "abc",
};

const QUIET = { queued: 0, written: 0, lost: 0, failures: 0, failing: false };

/** A server in front of a gateway that a test wrote, without a socket. */
export function fakeServer(settings: Settings = {}): Fake {
  const asked: Fake["asked"] = [];
  const queries: EventQuery[] = [];
  const accesses: Access[] = [];
  const logged: Fake["logged"] = [];
  const metrics = createMetrics();
  const log = (fields: object, message: string) => void logged.push({ fields, message });
  const usual = {
    pack: { name: "test", version: "1.0.0", enabled: true },
    providers: { retry: { max_retry_after_seconds: 20 }, targets: [] },
    policies: { chain: [] },
    policy: {},
    model_groups: [],
    server: { cors: settings.cors },
    telemetry: { metrics: { enabled: true, public: false, ...settings.metrics } },
    ...settings.config,
  } as unknown as Config;
  const config = settings.loaded ?? usual;
  const targets = settings.targets ?? [TARGET];
  const gateway: Gateway = {
    config,
    configHash: "abc",
    answer: async (endpoint, request, caller) => {
      asked.push({ endpoint, request, caller });
      return settings.answer?.(endpoint, request, caller) ?? Response.json({ answered: endpoint });
    },
    targets: () => targets,
    tryPolicies: async ({ text }) => ({
      verdict: "allow",
      left: text,
      steps: [
        {
          policy: "p",
          phase: "input",
          verdict: "allow",
          mode: "enforce",
          reason_code: null,
          findings: 0,
          score: null,
          saw: text,
        },
      ],
    }),
    probes: () => [],
    regions: () => settings.regions ?? [],
    spending: settings.spending ?? (() => null),
    consumer: settings.consumer ?? (() => null),
    models: () => settings.models ?? [{ id: "mistral-large-latest", owned_by: "mistral" }],
    readiness: settings.readiness ?? (() => ({ ready: true, reasons: [] })),
    inFlight: () => 2,
    queued: () => 1,
    drained: () => Promise.resolve(),
    cut() {},
  };
  const events = settings.events ?? [{ seq: 1, hash: "00ff", event: EVENT }];
  const adminToken = settings.adminToken === undefined ? ADMIN_TOKEN : settings.adminToken;
  const { metricsToken } = settings;
  const options: ServerOptions = {
    runtime: {
      gateway,
      ledger: undefined as never,
      loadedAtMs: 1_700_000_000_000,
      lastReloadErrors: [],
      reload: settings.reload ?? (async () => ({ ok: true, configHash: "def", changed: ["providers"] })),
    },
    ledger: {
      async events(query) {
        queries.push(query);
        return { events, cursor: null };
      },
      event: async (id) => events.find(({ event }) => event.id === id) ?? null,
      head: async () => null,
      sums: async ({ kind, sinceMs, untilMs, after, limit }) =>
        sumRows(events.map(({ event }) => event))
          .filter((row) => row.kind === kind && row.at + BUCKET_MS > sinceMs && row.at <= untilMs)
          .filter(({ at, key }) => after === undefined || at > after.at || (at === after.at && key > after.key))
          .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
          .slice(0, limit),
      rowsAfter: async (seq) =>
        events
          .filter((event) => event.seq > seq)
          .map(({ event, ...place }) => ({ ...place, kind: "request" as const, entry: event })),
    },
    grid: new GridBook(DEFAULT_FRESHNESS),
    receipts: { keys: [], find: () => null, ...settings.receipts },
    watched: () => ({ ledger: QUIET, counters: WELL, grid: [], ...settings.watched }),
    ledgerHead: async () => null,
    escalations: {
      list: () => [],
      find: () => null,
      decide: () => Promise.reject(new Error("nobody waits")),
      ...settings.escalations,
    },
    recordAccess: (access) => void accesses.push(access),
    loadConfig: settings.loadConfig ?? (() => ({ ok: true, config, problems: [], provenance: new Map() })),
    metrics,
    adminHash: settings.adminHash ?? (() => (adminToken === null ? null : hashToken(adminToken))),
    metricsHash: () => (metricsToken === undefined ? null : hashToken(metricsToken)),
    build: { version: "0.0.1", commit: "c", bun: "1", target: "source" },
    commands: [],
    clock: settings.clock ?? systemClock,
    log: { debug: log, info: log, warn: log, error: log },
    draining: settings.draining ?? (() => false),
  };
  const handler = createHandler(options);
  return {
    handler,
    options,
    metrics,
    asked,
    queries,
    accesses,
    logged,
    send(path, { peer, ...init } = {}) {
      const url = path.startsWith("http") ? path : `http://localhost:8080${path}`;
      const request = new Request(url, init);
      if (!request.headers.has("host")) request.headers.set("host", "localhost:8080");
      return handler.handle(request, {
        address: () => "127.0.0.1",
        loopback: true,
        received() {},
        answered() {},
        ...peer,
      });
    },
  };
}

/** Headers with the right admin token. */
export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` };
