import type { Clock } from "../../lib/clock.ts";
import type { Services } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import { endpointUrl } from "../../providers/index.ts";
import { connectionError } from "../attempts/failure.ts";
import { callUpstream, readFailure } from "../attempts/upstream.ts";
import type { ProbeResult } from "./probe-state.ts";
import type { Target } from "./target.ts";

/**
 * How long the measurement of the network is waited for after the answer: both opened a connection, at about the same
 * time.
 */
const GRACE_MS = 250;

/** What one probe is made with. */
export interface ProbeCall {
  readonly services: Services;
  /** How long it may take. */
  readonly limitMs: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/**
 * Asks a target once how it is: for its list of models (or `health_probe.path` on its own origin), which costs no tokens,
 * or for one token. Redirects are never followed, so the credential goes nowhere else. Never rejects.
 */
export async function probeTarget(target: Target, { services, limitMs, signal }: ProbeCall): Promise<ProbeResult> {
  const { clock } = services;
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const late = new GatewayError("upstream_timeout", `No answer in ${limitMs / 1000} s`);
  const cancel = clock.after(limitMs, () => controller.abort(late));
  signal.addEventListener("abort", stop, { once: true });
  const startedMs = clock.monotonic();
  const result = (error: string | null): ProbeResult => ({ error, latencyMs: clock.monotonic() - startedMs });
  try {
    const network = timeNetwork(target, services, controller.signal);
    const error = await ask(target, services, controller.signal);
    // a head in time with a body that never ends is no answer in time
    const answered = result(controller.signal.aborted ? late.message : error);
    const connectMs = await withinGrace(network, clock);
    return connectMs === null ? answered : { ...answered, connectMs };
  } catch (thrown) {
    return result(connectionError(thrown, controller.signal.reason).message);
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}

/** A measurement; null once its grace is over. */
function withinGrace(network: Promise<number | null>, clock: Clock): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const cancel = clock.after(GRACE_MS, () => resolve(null));
  void network.then(resolve).finally(cancel);
  return promise;
}

/** Times a connection to a target in a region; null where none stands in time, and where nobody asks. Never rejects. */
async function timeNetwork(target: Target, { connectTime }: Services, signal: AbortSignal): Promise<number | null> {
  const address = target.config.base_url ?? target.provider.baseUrl;
  // the way there would be another than a request's
  if (target.config.proxy !== undefined) return null;
  if (connectTime === undefined || target.place === null || target.urls.chat === undefined || address === null)
    return null;
  const { protocol, hostname, port } = new URL(address);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  try {
    return await connectTime(host, Number(port) || (protocol === "https:" ? 443 : 80), signal);
  } catch {
    // that nobody is there is the probe's own to say
    return null;
  }
}

/** Why the target cannot serve, or null. Rejects with what the connection breaks with. */
async function ask(target: Target, services: Services, signal: AbortSignal): Promise<string | null> {
  const { provider, config } = target;
  if (config.health_probe?.kind === "completion") return askForOneToken(target, services, signal);
  if (provider.localProbe !== undefined) {
    return judge(await provider.localProbe({ clock: services.clock, signal, settings: config as JsonObject }), false);
  }
  const path = config.health_probe?.path;
  const proxy = config.proxy ?? false;
  const init = { headers: target.headers, signal, redirect: "manual", proxy, timeout: false, keepalive: false };
  const response = await services.fetch(probeUrl(target, path), init as RequestInit);
  await readFailure(response);
  return judge(response.status, path === undefined);
}

/** A path stands below the origin, whatever it begins with: the credential is meant for nobody else. */
function probeUrl({ config, provider }: Target, path: string | undefined): string {
  const baseUrl = config.base_url ?? provider.baseUrl!;
  return path === undefined ? endpointUrl(baseUrl, "/models") : `${new URL(baseUrl).origin}${path}`;
}

/** `optional`: nobody said that there is something at this place, so its absence is no fault. */
function judge(status: number, optional: boolean): string | null {
  if ((status >= 200 && status < 300) || status === 429) return null;
  if (optional && (status === 404 || status === 405 || status === 501)) return null;
  if (status === 401 || status === 403) return `It refuses the key (${status})`;
  if (status >= 300 && status < 400) return `It redirects (${status}), which is never followed`;
  return `It answers ${status}`;
}

async function askForOneToken(target: Target, services: Services, signal: AbortSignal): Promise<string | null> {
  const { provider, model } = target;
  const value = { model, messages: [{ role: "user", content: "ping" }], max_tokens: 1 };
  const response = await callUpstream(
    {
      target,
      endpoint: "chat",
      body: JSON.stringify(value),
      value: () => value,
      requestId: `probe-${Bun.randomUUIDv7()}`,
      traceparent: null,
      signal,
      keepalive: false,
    },
    services,
  );
  const body = await readFailure(response);
  if (response.ok) return null;
  const { code } = provider.decodeError({ status: response.status, headers: response.headers, body });
  // it has read the request and refused it for what it asks: it is there
  if (code === "upstream_rejected" || code === "context_length_exceeded") return null;
  if (code === "upstream_model_missing") return `It does not know the model "${model}" (${response.status})`;
  return judge(response.status, false);
}
