import { isObject, type JsonPath, showPath } from "../lib/json/json.ts";
import type { Config } from "./config.ts";
import type { Provenance } from "./provenance.ts";
import { isSecretName } from "./sensitive.ts";

/** What stands where a secret would. */
export const MASKED = "[masked]";

/** Addresses that may hold a user, a password or a token in any part of them. */
const ADDRESSES: readonly string[] = ["store.url", "store.counters.url", "telemetry.otlp.endpoint"];

/** Addresses that are shown, but for a user, a password and a query. */
const SHOWN_ADDRESSES: readonly string[] = [
  "providers.targets[].base_url",
  "providers.targets[].proxy",
  "providers.targets[].health_probe.path",
];

/** Per configuration, the paths of values that were made from a variable whose name says that it holds a secret. */
const expandedSecrets = new WeakMap<Config, ReadonlySet<string>>();

/** Remembers which values of a configuration were expanded from secrets, so that {@link maskConfig} hides them too. */
export function rememberSecrets(config: Config, provenance: Provenance): void {
  const paths = [...provenance].flatMap(([path, origin]) => {
    const variables = "variables" in origin ? (origin.variables ?? []) : [];
    return variables.some(isSecretName) ? [path] : [];
  });
  expandedSecrets.set(config, new Set(paths));
}

/**
 * A copy of a configuration that may be shown: header values, the addresses of stores and of the collector, users,
 * passwords and queries in URLs, and everything that was expanded from a secret are masked. Names of variables and
 * files that hold secrets stay.
 */
export function maskConfig(config: Config): Record<string, unknown> {
  const hidden = expandedSecrets.get(config) ?? new Set<string>();
  return maskValue(config, [], hidden) as Record<string, unknown>;
}

/** The text that stands at a path of a configuration, as it may be shown alone: masked as {@link maskConfig} does it. */
export function maskText(config: Config, path: JsonPath, text: string): string {
  return maskValue(text, path, expandedSecrets.get(config) ?? new Set()) as string;
}

function maskValue(value: unknown, path: JsonPath, hidden: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => maskValue(item, [...path, index], hidden));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, maskValue(each, [...path, key], hidden)]),
    );
  }
  if (typeof value !== "string") return value;
  const pattern = patternOf(path);
  if (pattern.startsWith("providers.targets[].headers.") || pattern === "consumers[].key_sha256") return MASKED;
  const isSecret = hidden.has(showPath(path));
  if (ADDRESSES.includes(pattern)) return isSecret && isHere(value) ? MASKED : maskAddress(value);
  if (isSecret) return MASKED;
  return SHOWN_ADDRESSES.includes(pattern) ? maskUrl(value) : value;
}

/** `postgres://[masked]`; what is on this machine is shown. */
function maskAddress(url: string): string {
  return isHere(url) ? url : url.replace(/^([a-z]+:\/\/).*$/is, `$1${MASKED}`);
}

function isHere(url: string): boolean {
  return url.startsWith("sqlite:") || url === "memory:";
}

function maskUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${MASKED}@`).replace(/\?.*$/s, `?${MASKED}`);
}

/** `providers.targets[].model` for `["providers", "targets", 3, "model"]`. */
function patternOf(path: JsonPath): string {
  let pattern = "";
  for (const step of path) pattern += typeof step === "number" ? "[]" : pattern === "" ? step : `.${step}`;
  return pattern;
}
