import { providers } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { ProviderName } from "./config.ts";

/** What a target says about its provider. */
export interface ProviderClaim {
  readonly provider: string | undefined;
  readonly providerType: string | undefined;
  readonly baseUrl: string | undefined;
}

/**
 * Which provider file a target uses: `provider_type`; else the provider of that name; else, for a name of one's own, the
 * one whose host `base_url` names; else `openai-compatible`. Undefined where the name is unknown and there is no
 * `base_url`, or `provider_type` is not served.
 */
export function resolveProvider({ provider, providerType, baseUrl }: ProviderClaim): ProviderName | undefined {
  const name = providerType ?? provider;
  if (name !== undefined && isProvider(name)) return name;
  if (providerType !== undefined || provider === undefined || baseUrl === undefined) return undefined;
  const host = hostOf(baseUrl);
  const known = Object.values(providers as Readonly<Record<string, Provider>>).find(
    (each) => host !== undefined && each.baseUrl !== null && hostOf(each.baseUrl) === host,
  );
  return (known?.name ?? "openai-compatible") as ProviderName;
}

/** Whether a provider of this name is registered. */
export function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

/** The provider a target uses. */
export function providerOf(name: ProviderName): Provider {
  return providers[name];
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
