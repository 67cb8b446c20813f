import { Value } from "@sinclair/typebox/value";
import { barredBecause, catalogueOf, type RegionEntry } from "../carbon/regions.ts";
import { type Config, ConfigSchema } from "./config.ts";
import { setOwn } from "./layers/tree.ts";
import { resolveProvider } from "./resolve-provider.ts";

/** A document whose shape was checked: every value it holds has its type, what it leaves out is filled in here. */
interface Draft {
  server: { idle_timeout_seconds: number; keep_alive_timeout_seconds?: number };
  regions: { allow: string[]; default_path: string[]; catalogue: RegionEntry[] };
  providers: {
    strategy?: string;
    total_timeout_seconds?: number;
    targets: DraftTarget[];
  };
}

interface DraftTarget {
  region?: string;
  provider: string;
  provider_type?: string;
  base_url?: string;
  timeout_seconds: number;
  stream_timeout_seconds?: number;
}

/** Longer than what balancers keep a connection for, unless they are told otherwise: 60 s (AWS, Azure, nginx, HAProxy's guides). */
const KEEP_ALIVE_SECONDS = 75;

/**
 * Fills in every default, fixed or derived, and freezes the result to the bottom. `document` must have passed the check
 * of shapes; it is used up.
 */
export function applyDefaults(document: Record<string, unknown>): Config {
  const blocks = (document["policy"] as Record<string, unknown> | undefined) ?? {};
  setOwn(document, "policy", { ...Object.fromEntries(kindsInUse(document).map((kind) => [kind, {}])), ...blocks });
  const silence = (document["server"] as { idle_timeout_seconds?: number } | undefined)?.idle_timeout_seconds;
  const path = (document["regions"] as Partial<Draft["regions"]> | undefined)?.default_path;
  const draft = Value.Default(ConfigSchema, document) as Draft;
  if (path === undefined) draft.regions.default_path = reachable(draft.regions);
  draft.server.keep_alive_timeout_seconds ??= silence ?? KEEP_ALIVE_SECONDS;
  for (const target of draft.providers.targets) {
    const { provider, provider_type: providerType, base_url: baseUrl } = target;
    target.provider_type = resolveProvider({ provider, providerType, baseUrl }) ?? provider;
    target.stream_timeout_seconds ??= target.timeout_seconds;
  }
  const longest = Math.max(
    ...draft.providers.targets.map((each) => Math.max(each.timeout_seconds, each.stream_timeout_seconds ?? 0)),
  );
  draft.providers.total_timeout_seconds ??= 2 * longest;
  draft.providers.strategy ??= usualStrategy(draft.providers.targets);
  return deepFreeze(draft) as unknown as Config;
}

/** The regions of the usual path that requests may go to: what lies behind the wall, or is none for models, is no way. */
function reachable({ allow, default_path: path, catalogue }: Draft["regions"]): string[] {
  const regions = catalogueOf(catalogue);
  return path.filter((code) => {
    const region = regions.get(code);
    return region !== undefined && barredBecause(region, allow) === null;
  });
}

function usualStrategy(targets: readonly DraftTarget[]): string {
  if (targets.some(({ region }) => region !== undefined)) return "default_path";
  return targets.length === 1 ? "single" : "fallback";
}

/** The policy kinds of every chain: the gateway's, those of model groups and those of consumers. */
function kindsInUse(document: Record<string, unknown>): readonly string[] {
  const {
    policies,
    model_groups = [],
    consumers = [],
  } = document as {
    policies?: { chain?: string[] };
    model_groups?: readonly { chain?: string[] }[];
    consumers?: readonly { chain?: string[] }[];
  };
  return [policies, ...model_groups, ...consumers].flatMap((owner) => owner?.chain ?? []);
}

/** Freezes a value and everything in it, and gives it back. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
