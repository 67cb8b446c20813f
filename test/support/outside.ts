import type { RequestEvent } from "../../src/schema/event.ts";
import { chatAnswer, json, rawUpstream, type Script, type WireRequest } from "./raw-upstream.ts";
import { type GatewayOptions, startGateway } from "./spawn-gateway.ts";
import { askTcp, type WireAnswer } from "./tcp.ts";
import { until } from "./until.ts";

/** The key the gateway has of its upstream: it must never be seen anywhere else. */
export const UPSTREAM_KEY = "sk-of-the-upstream-42";
/** Stands in every prompt: it must never be seen in an error. */
export const PROMPT = "the-secret-of-the-prompt";
const ADMIN_TOKEN = "admin-token-of-the-tests";

/** What differs from the usual set-up. */
export interface OutsideOptions {
  /** Of the first target. */
  readonly target?: object;
  /** Targets behind the first. */
  readonly others?: readonly object[];
  /** Top-level blocks of the configuration. */
  readonly config?: object;
  readonly providers?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** A gateway process in front of a scripted upstream, seen from outside. */
export interface Outside extends AsyncDisposable {
  readonly url: string;
  /** What reached the upstream, whatever for. */
  readonly upstream: readonly WireRequest[];
  /** What the upstream does with the request of that id; without a plan it answers "hello". */
  plan(id: string, script: Script): void;
  /** The events of one request id, or of all requests, as the ledger has them. */
  events(id?: string): Promise<readonly RequestEvent[]>;
  /** The one event of a request, once it is there. */
  event(id: string): Promise<RequestEvent>;
  /** A number of `/metrics`. */
  metric(name: string): Promise<number>;
  /** How many bytes the process holds. */
  memory(): Promise<number>;
  /** Waits until it holds no more: the runtime gives back what nobody holds within seconds, not at once. */
  memoryBelow(bytes: number): Promise<void>;
  /** How a request is written down (one outcome per event), and whether the process answers. */
  aftermath(id: string): Promise<{ readonly outcomes: readonly string[]; readonly alive: boolean }>;
  logs(): string;
}

/** Starts both. The upstream tells requests apart by their `x-request-id`. */
export async function startOutside(options: OutsideOptions = {}): Promise<Outside> {
  const plans = new Map<string, Script>();
  const upstream = await rawUpstream((wire) => {
    const script = plans.get(wire.request.headers["x-request-id"] ?? "") ?? json(chatAnswer("hello"));
    return script(wire);
  });
  const gateway = await startGateway({
    config: configOf(upstream.url, options),
    env: { UPSTREAM_KEY, ADMIN_TOKEN, ...options.env },
  });
  const { url } = gateway;
  const admin = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
  const events = async (id?: string): Promise<readonly RequestEvent[]> => {
    const response = await fetch(`${url}/api/events?limit=1000`, admin);
    const page = (await response.json()) as { events: RequestEvent[] };
    return id === undefined ? page.events : page.events.filter((event) => event.id === id);
  };
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  };
  const memory = (): Promise<number> => metric("process_resident_memory_bytes");
  return {
    url,
    upstream: upstream.requests,
    plan: (id, script) => void plans.set(id, script),
    events,
    async event(id) {
      for (;;) {
        const response = await fetch(`${url}/api/events/${encodeURIComponent(id)}`, admin);
        if (response.status === 200) return (await response.json()) as RequestEvent;
        await response.body?.cancel();
        await Bun.sleep(10);
      }
    },
    metric,
    memory,
    memoryBelow: (most) => until(async () => (await memory()) < most),
    async aftermath(id) {
      const alive = (await fetch(`${url}/healthz`)).status === 200;
      return { outcomes: (await events(id)).map(({ outcome }) => outcome), alive };
    },
    logs: () => gateway.logs(),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      upstream.stop();
    },
  };
}

function configOf(
  baseUrl: string,
  { target, others = [], config, providers }: OutsideOptions,
): GatewayOptions["config"] {
  return {
    pack: { name: "outside", version: "1.0.0", enabled: true },
    policies: { chain: ["audit-logger"] },
    providers: {
      retry: { max_attempts: 1 },
      // an upstream that fails on purpose is asked again
      circuit_breaker: { enabled: false },
      targets: [
        {
          id: "a",
          provider: "openai-compatible",
          model: "m",
          base_url: baseUrl,
          secret_key_ref: { env: "UPSTREAM_KEY" },
          ...target,
        },
        ...others,
      ],
      ...providers,
    },
    ...config,
    server: { admin_token_ref: { env: "ADMIN_TOKEN" }, ...(config as { server?: object } | undefined)?.server },
  };
}

/** A whole chat request as bytes; `body` may be text, bytes or a value. */
export function post(
  body: unknown,
  { path = "/v1/chat/completions", id = "", headers = "", type = "application/json" } = {},
): Buffer {
  const bytes =
    typeof body === "string"
      ? Buffer.from(body)
      : body instanceof Uint8Array
        ? body
        : Buffer.from(JSON.stringify(body));
  const idLine = id === "" ? "" : `x-request-id: ${id}\r\n`;
  const typeLine = type === "" ? "" : `content-type: ${type}\r\n`;
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${typeLine}${idLine}${headers}content-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** A valid request. */
export const CHAT = { model: "m", messages: [{ role: "user", content: PROMPT }] };
export const STREAM = { ...CHAT, stream: true };

/** Sends one request on its own connection. */
export const send = (outside: Outside, bytes: string | Uint8Array): Promise<WireAnswer | null> =>
  askTcp(outside.url, bytes);

/** What is wrong with an answer that should be an error in the one form; empty when nothing is. */
export function errorFaults(
  answer: WireAnswer | null,
  expected: { status: number; code: string | null; id?: string },
): string[] {
  if (answer === null) return ["no answer"];
  const faults: string[] = [];
  if (answer.status !== expected.status) faults.push(`status ${answer.status}: ${answer.body.slice(0, 300)}`);
  if (answer.headers["content-type"] !== "application/json")
    faults.push(`content-type ${answer.headers["content-type"]}`);
  if (answer.body.includes(PROMPT)) faults.push("shows the prompt");
  if (answer.body.includes(UPSTREAM_KEY)) faults.push("shows the key");
  let error: Record<string, unknown> = {};
  try {
    error = (JSON.parse(answer.body) as { error: Record<string, unknown> }).error ?? {};
  } catch {
    return [...faults, `no JSON: ${answer.body.slice(0, 200)}`];
  }
  for (const key of ["message", "type", "param", "code", "request_id"]) if (!(key in error)) faults.push(`no ${key}`);
  if (typeof error["message"] !== "string" || error["message"].length < 10) faults.push("no message");
  if (error["code"] !== expected.code) faults.push(`code ${String(error["code"])}: ${String(error["message"])}`);
  if (error["request_id"] !== answer.headers["x-request-id"]) faults.push("request_id differs from the header");
  if (expected.id !== undefined && error["request_id"] !== expected.id) faults.push("another request_id than was sent");
  return faults;
}
