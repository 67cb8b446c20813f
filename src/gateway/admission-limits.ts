import type { Config, ConsumerConfig, StrategyName } from "../config/config.ts";
import { resolveSecret } from "../config/secret-ref.ts";
import type { Clock } from "../lib/clock.ts";
import type { RequestContext } from "../lib/context.ts";
import { sha256Hex } from "../lib/digest.ts";
import { DAY_MS, MINUTE_MS } from "../lib/durations.ts";
import type { Logger } from "../lib/logger.ts";
import type { MaybePromise } from "../lib/maybe-promise.ts";
import type { Writable } from "../lib/writable.ts";
import type { Strategy } from "../routing/strategy.ts";
import type {
  Account,
  Ask,
  BudgetLimits,
  Counters,
  EmissionLimits,
  Meter,
  Rate,
  Unit,
} from "../store/counters/counters.ts";
import { Pass } from "./admission.ts";
import { addressKey, clientAddress, proxyDepth } from "./admission-address.ts";
import type { Chain } from "./chain.ts";
import { allowedModels, type Consumer, identify } from "./consumers.ts";
import type { Caller } from "./gateway-api.ts";
import type { Env } from "./make-target.ts";
import { overRate } from "./rate-limits-headers.ts";
import type { RequestRecord } from "./record.ts";
import type { RouteTable } from "./route.ts";

/** What limits are made of. */
export interface LimitsOptions {
  readonly config: Config;
  readonly table: RouteTable;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Logger;
  readonly chainOf: (kinds: NonNullable<ConsumerConfig["chain"]>) => Chain;
  readonly strategyOf: (name: StrategyName) => Strategy;
  readonly counters: Counters;
}

/** Who is at the door. The address is looked up only where a limit needs it: that costs more than all the rest. */
export interface Visitor {
  readonly headers: Headers;
  readonly caller: { readonly address: string | null };
}

/** Consumers, rates and budgets of one configuration. */
export interface Limits {
  /** Whom a request comes from: throws as {@link identify} does, and `rate_limited` for an address over its rate. */
  open(visitor: Visitor): MaybePromise<Pass>;
  /** The consumer whose key these headers carry, null where callers are not authenticated; counts nothing. */
  consumerOf(headers: Headers): Consumer | null;
  /** The consumer of that id; null where there is none. */
  consumer(id: string | null): Consumer | null;
  /** What the counters are to keep of what they have counted. */
  readonly kept: Kept;
}

/** Ids of rates and owners of accounts. */
export interface Kept {
  readonly rates: Set<string>;
  readonly owners: Set<string>;
}

/** A rule whose meter depends on who asks. */
type Rule = (visitor: Visitor & { readonly consumer: Consumer | null }) => Meter;

/** What a request holds is given back so long after its last moment, should the process be gone that holds it. */
const SLACK_MS = 60_000;

/** The limits of a configuration, or null where it has none: then a request costs nothing here. */
export function createLimits(options: LimitsOptions): Limits | null {
  const { config, clock, counters } = options;
  const kept: Kept = { rates: new Set(), owners: new Set() };
  const work: Work = { ...options, kept };
  const consumers = consumersOf(work);
  const ip = ipRule(work);
  const rules = rulesOf(work);
  const gateway = config.budgets === undefined ? [] : [account(work, "budgets", config.budgets)];
  if (consumers === null && ip === null && rules.length === 0 && gateway.length === 0) return null;
  const holdMs = config.providers.total_timeout_seconds * 1000 + SLACK_MS;
  const open = (ask: Omit<Ask, "accounts" | "holdMs">, consumer: Consumer | null): Pass => {
    const money = consumer?.account == null ? gateway : [...gateway, consumer.account];
    const emissions = consumer?.emissions ?? null;
    const accounts = emissions === null ? money : [...money, emissions];
    return new Pass({
      consumer,
      claim: counters.open({ ...ask, accounts, holdMs }),
      accounts: money,
      emissions,
      countsTokens: ask.meters.some(({ rate }) => rate.unit === "tokens"),
      clock,
    });
  };
  const consumerOf = (headers: Headers) =>
    consumers === null ? null : identify(consumers.byHash, headers, clock.now());
  return {
    kept,
    consumerOf,
    consumer: (id) => (id === null ? null : (consumers?.byId.get(id) ?? null)),
    open(visitor) {
      let consumer: Consumer | null;
      try {
        consumer = consumerOf(visitor.headers);
      } catch (thrown) {
        if (ip === null) throw thrown;
        return refuseStranger(ip({ ...visitor, consumer: null }), thrown, work);
      }
      const asked = { headers: visitor.headers, caller: visitor.caller, consumer };
      const meters = ip === null ? [] : [ip(asked)];
      if (consumer !== null) meters.push(...consumer.meters);
      for (const rule of rules) meters.push(rule(asked));
      const places = consumer === null ? null : { key: consumer.id, max: consumer.maxParallel };
      return open({ meters, places }, consumer);
    },
  };
}

type Work = LimitsOptions & { readonly kept: Kept };

/** Whoever tries keys is counted too: throws `rate_limited` for an address over its rate, else what was thrown. */
function refuseStranger(meter: Meter, thrown: unknown, { counters, clock }: Work): MaybePromise<never> {
  const claim = counters.open({ meters: [meter], accounts: [], places: null, holdMs: SLACK_MS });
  const refuse = (refusal: unknown): never => {
    throw refusal === null ? thrown : overRate(claim.readings, clock.monotonic());
  };
  const refusal = claim.admit();
  return refusal instanceof Promise ? refusal.then(refuse) : refuse(refusal);
}

function rateOf(work: Work, setting: string, rate: Omit<Rate, "id" | "setting">): Rate {
  const id = JSON.stringify([setting, rate.unit, rate.windowMs]);
  work.kept.rates.add(id);
  return { id, setting, ...rate };
}

function account<Limits extends BudgetLimits | EmissionLimits>(
  work: Work,
  owner: string,
  limits: Limits,
): Account<Limits> {
  work.kept.owners.add(owner);
  return { owner, limits };
}

function ipRule(work: Work): Rule | null {
  const { ip_rate_limit: rate } = work.config;
  if (rate === undefined) return null;
  const counted = rateOf(work, "ip_rate_limit", requestsOf(rate));
  const address = addressOf(work.config);
  return (visitor) => ({ rate: counted, key: address(visitor) });
}

function rulesOf(work: Work): readonly Rule[] {
  const { global_rate_limit: everybody, user_rate_limit: user, token_rate_limit: tokens } = work.config;
  const rules: Rule[] = [];
  if (everybody !== undefined) {
    const meter = { rate: rateOf(work, "global_rate_limit", requestsOf(everybody)), key: "" };
    rules.push(() => meter);
  }
  if (user !== undefined) {
    const rate = rateOf(work, "user_rate_limit", requestsOf(user));
    const key = userOf(work.config);
    rules.push((visitor) => ({ rate, key: key(visitor) }));
  }
  if (tokens !== undefined) {
    const limit = { unit: "tokens", max: tokens.max_tokens, windowMs: tokens.window_seconds * 1000 } as const;
    const rate = rateOf(work, "token_rate_limit", limit);
    const key = scopeOf(work.config, tokens.scope);
    rules.push((visitor) => ({ rate, key: key(visitor) }));
  }
  return rules;
}

function requestsOf({ max_requests, window_seconds }: { max_requests: number; window_seconds: number }) {
  return { unit: "requests", max: max_requests, windowMs: window_seconds * 1000 } as const;
}

type KeyOf = (visitor: Parameters<Rule>[0]) => string;

function addressOf(config: Config): KeyOf {
  const depth = proxyDepth(config);
  return ({ headers, caller }) => addressKey(clientAddress(headers, caller, depth));
}

/** The first named header a request has; without one the consumer, else the address, so that leaving it out evades nothing. */
function userOf(config: Config): KeyOf {
  const names = config.user_rate_limit?.header_names ?? ["x-user-id"];
  const address = addressOf(config);
  return (visitor) => {
    for (const name of names) {
      const value = visitor.headers.get(name);
      if (value !== null && value !== "") return `header ${name.toLowerCase()} ${value}`;
    }
    return visitor.consumer === null ? `address ${address(visitor)}` : `consumer ${visitor.consumer.id}`;
  };
}

function scopeOf(config: Config, scope: "global" | "consumer" | "user" | "ip"): KeyOf {
  switch (scope) {
    case "global":
      return () => "";
    case "consumer":
      return ({ consumer }) => consumer?.id ?? "";
    case "user":
      return userOf(config);
    case "ip":
      return addressOf(config);
  }
}

function consumersOf(work: Work): { byHash: Map<string, Consumer>; byId: Map<string, Consumer> } | null {
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

function keyHash({ env }: Work, { key_ref: ref }: ConsumerConfig): string | null {
  const key = ref === undefined ? null : resolveSecret(ref, { env });
  // as it comes out of a header
  return key === null ? null : sha256Hex(key.reveal().trim());
}

function consumerFrom(work: Work, config: ConsumerConfig): Consumer {
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
    strategy: routing === undefined || routing === "standard" ? null : work.strategyOf(routing),
    standard: routing === "standard",
    regions: config.allowed_regions === undefined ? null : new Set(config.allowed_regions),
    pin: pin === undefined ? null : { primary: pin.primary, secondary: pin.secondary ?? null },
    latencyBudgetMs: config.latency_budget_ms ?? null,
    blockStatus: config.policy_block_status,
  };
}

function accountsOf(
  work: Work,
  name: string,
  budget: ConsumerConfig["budget"],
): Pick<Consumer, "account" | "emissions"> {
  const { gco2e_per_day: grams, ...money } = budget ?? {};
  return {
    account: Object.keys(money).length === 0 ? null : account(work, name, money),
    emissions: grams === undefined ? null : account(work, `${name}.gco2e_per_day`, { gco2e_per_day: grams }),
  };
}

function consumerMeters(work: Work, name: string, rates: NonNullable<ConsumerConfig["rate_limits"]>): readonly Meter[] {
  const meter = (key: string, unit: Unit, rate: { max: number | undefined; windowMs: number }): Meter[] => {
    const { max, windowMs } = rate;
    if (max === undefined) return [];
    return [{ rate: rateOf(work, `${name}.${key}`, { unit, max, windowMs }), key: "" }];
  };
  return [
    ...meter("requests_per_minute", "requests", { max: rates.requests_per_minute, windowMs: MINUTE_MS }),
    ...meter("tokens_per_minute", "tokens", { max: rates.tokens_per_minute, windowMs: MINUTE_MS }),
    ...meter("tokens_per_day", "tokens", { max: rates.tokens_per_day, windowMs: DAY_MS }),
  ];
}

/** Lets a request in, or throws what keeps it out; from then on the record knows whose it is. */
export function openPass(
  limits: Limits,
  { headers }: Request,
  of: { context: Writable<RequestContext>; record: RequestRecord; caller: Caller },
): MaybePromise<Pass> {
  const known = (pass: Pass): MaybePromise<Pass> => {
    of.record.pass = pass;
    of.context.consumer = pass.consumer?.id ?? null;
    of.context.roles = pass.consumer?.roles ?? [];
    const admitted = pass.admit();
    return admitted instanceof Promise ? admitted.then(() => pass) : pass;
  };
  const opened = limits.open({ headers, caller: of.caller });
  return opened instanceof Promise ? opened.then(known) : known(opened);
}
