import type { Config, ConsumerConfig } from "../../config/config.ts";
import { resolveSecret } from "../../config/secret-ref.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/durations.ts";
import type { Logger } from "../../lib/logger.ts";
import { strategies } from "../../routing/index.ts";
import type { Meter, Unit } from "../../store/counters/counters.ts";
import type { Chain } from "../chain/chain-api.ts";
import type { RouteTable } from "../routes/route.ts";
import type { Env } from "../targets/make-target.ts";
import { allowedModels, type Consumer } from "./consumers.ts";
import { accountOf, type Kept, rateOf } from "./kept-counts.ts";

/** What consumers are made of. */
export interface ConsumerParts {
  readonly config: Config;
  readonly table: RouteTable;
  readonly env: Env;
  readonly log: Logger;
  readonly chainOf: (kinds: NonNullable<ConsumerConfig["chain"]>) => Chain;
  /** Takes down what of them is counted. */
  readonly kept: Kept;
}

/** The consumers of a configuration, by the hash of their keys and by their ids; null: callers are not known. */
export function consumersOf(
  work: ConsumerParts,
): { byHash: Map<string, Consumer>; byId: Map<string, Consumer> } | null {
  const { consumers } = work.config;
  if (consumers === undefined) return null;
  const byHash = new Map<string, Consumer>();
  const byId = new Map<string, Consumer>();
  for (const config of consumers) {
    const consumer = consumerFrom(work, config);
    byId.set(config.id, consumer);
    const hash = config.key_sha256?.toLowerCase() ?? keyHash(work, config);
    if (hash === null) work.log.warn({ consumer: config.id }, "a consumer's key is not set: nobody can use it");
    else if (byHash.has(hash)) {
      work.log.error({ consumer: config.id }, "a consumer has another one's key: it stays with the first");
    } else byHash.set(hash, consumer);
  }
  return { byHash, byId };
}

function keyHash({ env }: ConsumerParts, { key_ref: ref }: ConsumerConfig): string | null {
  const key = ref === undefined ? null : resolveSecret(ref, { env });
  // as it comes out of a header
  return key === null ? null : sha256Hex(key.reveal().trim());
}

function consumerFrom(work: ConsumerParts, config: ConsumerConfig): Consumer {
  const { id, budget, chain, pin, routing, rate_limits: rates } = config;
  const name = `consumers[${JSON.stringify(id)}]`;
  return {
    id,
    roles: config.roles,
    expiresAtMs: config.expires_at === undefined ? null : Date.parse(config.expires_at),
    models: allowedModels(config.allowed_models, work.table),
    meters: consumerMeters(work, `${name}.rate_limits`, rates ?? {}),
    maxParallel: rates?.max_parallel_requests ?? null,
    ...accountsOf(work, `${name}.budget`, budget),
    chain: chain === undefined ? null : work.chainOf(chain),
    strategy: routing === undefined || routing === "standard" ? null : strategies[routing],
    standard: routing === "standard",
    regions: config.allowed_regions === undefined ? null : new Set(config.allowed_regions),
    pin: pin === undefined ? null : { primary: pin.primary, secondary: pin.secondary ?? null },
    latencyBudgetMs: config.latency_budget_ms ?? null,
    blockStatus: config.policy_block_status,
  };
}

function accountsOf(
  work: ConsumerParts,
  name: string,
  budget: ConsumerConfig["budget"],
): Pick<Consumer, "account" | "emissions"> {
  const { gco2e_per_day: grams, ...money } = budget ?? {};
  return {
    account: Object.keys(money).length === 0 ? null : accountOf(work.kept, name, money),
    emissions: grams === undefined ? null : accountOf(work.kept, `${name}.gco2e_per_day`, { gco2e_per_day: grams }),
  };
}

function consumerMeters(
  work: ConsumerParts,
  name: string,
  rates: NonNullable<ConsumerConfig["rate_limits"]>,
): readonly Meter[] {
  const meter = (key: string, unit: Unit, rate: { max: number | undefined; windowMs: number }): Meter[] => {
    const { max, windowMs } = rate;
    if (max === undefined) return [];
    return [{ rate: rateOf(work.kept, `${name}.${key}`, { unit, max, windowMs }), key: "" }];
  };
  return [
    ...meter("requests_per_minute", "requests", { max: rates.requests_per_minute, windowMs: MINUTE_MS }),
    ...meter("tokens_per_minute", "tokens", { max: rates.tokens_per_minute, windowMs: MINUTE_MS }),
    ...meter("tokens_per_day", "tokens", { max: rates.tokens_per_day, windowMs: DAY_MS }),
  ];
}
