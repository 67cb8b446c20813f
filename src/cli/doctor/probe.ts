import { MASKED } from "../../config/mask.ts";
import type { Target } from "../../gateway/targets/target.ts";
import { certificateFault } from "../../lib/tls-failure.ts";
import { endpointUrl } from "../../providers/index.ts";
import type { Io } from "../command.ts";
import type { Check, Status } from "./check.ts";

/** How long one target may take to answer a probe. */
const PROBE_TIMEOUT_MS = 5_000;
/** A list of models is read up to this size. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/**
 * Asks a target for its list of models, with its own key, headers and proxy: one request, at most five seconds, redirects
 * not followed. `shownUrl` is its `base_url` as it may be shown; `env` may name a proxy that is not used.
 */
export async function probe(target: Target, shownUrl: string | null, env: Io["env"]): Promise<Check> {
  const name = `target ${target.id}`;
  const baseUrl = target.config.base_url ?? target.provider.baseUrl;
  if (target.provider.transport !== undefined) return { name, status: "ok", detail: "answers inside the gateway" };
  if (target.unavailable !== null) return { name, status: "broken", detail: `not available: ${target.unavailable}` };
  if (baseUrl === null) return { name, status: "broken", detail: "not available: no base_url" };
  const url = endpointUrl(baseUrl, "/models");
  const address = shownUrl === MASKED ? MASKED : hostOf(url);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const response = await fetch(url, {
      headers: target.headers,
      redirect: "manual",
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      proxy: target.config.proxy ?? false,
    } as RequestInit);
    const ms = elapsed();
    const verdict = judge(response.status, sendsKey(target));
    const extra = response.ok ? await missingModel(target, response) : null;
    if (!response.bodyUsed) await response.body?.cancel();
    const status = extra === null ? verdict.status : "warning";
    return { name, status, detail: `${address}: ${extra ?? verdict.detail}`, ms };
  } catch (error) {
    const detail = `${address}: ${reason(error)}${proxyHint(target, { url, env })}`;
    return { name, status: "broken", detail, ms: elapsed() };
  }
}

/** Whether one goes along: by `secret_key_ref` or the provider's own variable, or among the constant `headers`. */
function sendsKey({ headers, config }: Target): boolean {
  const names = new Set([config.api_key_header.toLowerCase(), "authorization", "x-api-key", "api-key"]);
  return Object.keys(headers).some((name) => names.has(name.toLowerCase()));
}

function judge(status: number, withKey: boolean): { status: Status; detail: string } {
  if (status >= 200 && status < 300) {
    return { status: "ok", detail: withKey ? "reachable, the key is accepted" : "reachable, without a key" };
  }
  if (status === 401 || status === 403) {
    const detail = withKey ? `refuses the key (${status})` : `wants a key (${status}): name one with secret_key_ref`;
    return { status: "broken", detail };
  }
  if (status === 404 || status === 405) return { status: "ok", detail: `reachable, lists no models (${status})` };
  if (status >= 300 && status < 400) {
    return { status: "broken", detail: `redirects (${status}), which is never followed: correct base_url` };
  }
  if (status === 429) return { status: "warning", detail: "reachable, but limits us now (429)" };
  return { status: "broken", detail: `answers ${status}` };
}

/** A sentence where the list of models is there and ours is not on it. */
async function missingModel(target: Target, response: Response): Promise<string | null> {
  if (Number(response.headers.get("content-length") ?? 0) > MAX_LIST_BYTES) return null;
  try {
    const { data } = (await response.json()) as { data?: readonly { id?: unknown }[] };
    if (!Array.isArray(data) || data.length === 0 || data.some(({ id }) => isListed(id, target.model))) return null;
    return `reachable, but does not list the model "${target.model}"`;
  } catch {
    return "reachable, but its list of models is no JSON: is base_url right?";
  }
}

/** Ollama lists `llama3` as `llama3:latest`, Google's service in OpenAI's form a model as `models/NAME`; both take the bare name. */
function isListed(id: unknown, model: string): boolean {
  return id === model || id === `${model}:latest` || id === `models/${model}`;
}

function hostOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Behind a firewall nothing else says why a target that everything else reaches cannot be had. */
function proxyHint({ config }: Target, { url, env }: { url: string; env: Io["env"] }): string {
  if (config.proxy !== undefined) return " (asked by its proxy)";
  const names = url.startsWith("https:") ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const set = [...names, "ALL_PROXY", "all_proxy"].find((name) => env[name]);
  return set === undefined ? "" : `; ${set} is not used: a proxy is named by the target's own key proxy`;
}

function reason(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown };
  if (name === "TimeoutError") return `no answer in ${PROBE_TIMEOUT_MS / 1000} s`;
  const known: Readonly<Record<string, string>> = {
    ConnectionRefused: "nothing listens there",
    ECONNREFUSED: "nothing listens there",
    FailedToOpenSocket: "its name does not resolve, or there is no way to it",
    ENOTFOUND: "its name does not resolve",
    EAI_AGAIN: "its name cannot be looked up now",
    ECONNRESET: "it closed the connection",
    EPROTO: "the TLS handshake failed: is it http, or does it ask for a certificate of ours",
    ERR_PROXY_TUNNEL: "its proxy opens no way to it, or refuses user and password",
  };
  const fault = certificateFault(String(code));
  if (fault !== undefined) return `${CERTIFICATE_FAULTS[fault]} (${String(code)})`;
  return known[String(code)] ?? `not reachable (${String(code ?? name)})`;
}

const CERTIFICATE_FAULTS = {
  untrusted:
    "its certificate is not trusted: the variable NODE_EXTRA_CA_CERTS names a file with authorities of your own",
  "other name": "its certificate is of another name than base_url",
  expired: "its certificate has run out or does not count yet (or this clock is wrong)",
};
