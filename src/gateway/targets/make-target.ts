import type { ProviderName, TargetConfig } from "../../config/config.ts";
import { resolveSecret, showSecretRef } from "../../config/secret-ref.ts";
import { ENDPOINTS, type Endpoint } from "../../lib/context.ts";
import { ENDPOINT_PATHS } from "../../lib/endpoint-paths.ts";
import { type Secret, secret } from "../../lib/secret.ts";
import { endpointUrl, providers } from "../../providers/index.ts";
import type { Provider } from "../../providers/provider.ts";
import type { RegionRules } from "../carbon/regions.ts";
import { freshLive, type Target, type TargetLive } from "./target.ts";

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

type SecretRef = TargetConfig["secret_key_ref"];

/** What a header can carry (RFC 9110, 5.5); anything else in a key is a mistake, such as a second line of its file. */
const HEADER_TEXT = /^[\x20-\x7e\x80-\xff]+$/;

/** The key a reference leads to, without the blanks around it that shells and editors leave; or why there is none. */
function keyOf(ref: NonNullable<SecretRef>, env: Env): Secret | string {
  const key = resolveSecret(ref, { env })?.reveal().trim();
  if (key === undefined) return `secret missing: ${showSecretRef(ref)}`;
  return HEADER_TEXT.test(key)
    ? secret(key)
    : `secret unusable: ${showSecretRef(ref)} holds a character that no header can carry`;
}

/** Turns one target of the configuration into what attempts need. `live` is carried over from an earlier configuration. */
export function makeTarget(
  config: TargetConfig,
  position: number,
  from: { env: Env; live?: TargetLive; regions?: RegionRules },
): Target {
  const provider: Provider = providers[config.provider_type as ProviderName];
  const ref = config.secret_key_ref ?? (provider.apiKeyEnv === null ? undefined : { env: provider.apiKeyEnv });
  const found = ref === undefined ? null : keyOf(ref, from.env);
  const key = typeof found === "string" ? null : found;
  const seconds = (value: number): number => value * 1000;
  return {
    id: config.id,
    position,
    provider,
    model: config.model,
    models: new Map(config.models.map(({ name, upstream }) => [name, upstream])),
    unavailable: typeof found === "string" ? found : null,
    weight: config.weight,
    maxInFlight: config.max_in_flight ?? null,
    maxContextTokens: config.max_context_tokens ?? null,
    reasoning: config.reasoning,
    timeoutMs: seconds(config.timeout_seconds),
    streamTimeoutMs: seconds(config.stream_timeout_seconds),
    firstTokenMs: seconds(config.first_token_timeout_seconds),
    stallMs: seconds(config.stall_timeout_seconds),
    streamUsage: config.stream_usage === "off" && provider.streamUsage === "ask" ? "off" : provider.streamUsage,
    headers: requestHeaders(config, key),
    urls: urlsOf(provider, config.base_url ?? provider.baseUrl),
    place: from.regions?.place(config.region) ?? null,
    config,
    live: from.live ?? freshLive(),
  };
}

function requestHeaders(config: TargetConfig, key: Secret | null): Record<string, string> {
  const headers: Record<string, string> = {
    accept: "application/json, text/event-stream",
    // an answer is read and relayed as text: compressing it between data centres costs more CPU than it saves
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": "weir",
  };
  for (const name in config.headers) headers[name.toLowerCase()] = config.headers[name]!;
  if (key !== null) headers[config.api_key_header.toLowerCase()] = `${config.api_key_prefix}${key.reveal()}`;
  return headers;
}

function urlsOf(provider: Provider, baseUrl: string | null): { [E in Endpoint]?: string } {
  const urls: { [E in Endpoint]?: string } = {};
  if (baseUrl === null) return urls;
  for (const endpoint of ENDPOINTS) {
    // a base URL has the /v1 in it
    const path = ENDPOINT_PATHS[endpoint].slice("/v1".length);
    if (provider.codecs[endpoint] !== undefined) urls[endpoint] = endpointUrl(baseUrl, path);
  }
  return urls;
}
