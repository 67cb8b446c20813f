import type { Config, ConsumerConfig, StrategyName } from "../config/config.ts";
import { resolveSecret } from "../config/secret-ref.ts";
import type { Clock } from "../lib/clock.ts";
import type { RequestContext } from "../lib/context.ts";
import type { Logger } from "../lib/logger.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import type { Strategy } from "../routing/strategy.ts";
import { Pass } from "./admission.ts";
import { addressKey, clientAddress } from "./admission-address.ts";
import { type Account, type BudgetLimits, Spending } from "./budgets.ts";
import type { Chain } from "./chain.ts";
import { allowedModels, type Consumer, hashKey, identify, type Parallel } from "./consumers.ts";
import type { Caller } from "./gateway-api.ts";
import type { Env } from "./make-target.ts";
import { type Meter, MeterBook, type Unit } from "./rate-limits.ts";
import { refuseFull } from "./rate-limits-headers.ts";
import type { RequestRecord } from "./record.ts";
import type { RouteTable } from "./route.ts";

/** What counts, by the setting it belongs to: survives a reload that leaves a rate as it is; budgets always do. */
export interface LimitState {
  readonly books: Map<string, MeterBook>;
  readonly spending: Map<string, Spending>;
  readonly parallel: Map<string, Parallel>;
}

/** What limits are made of. */
export interface LimitsOptions {
  readonly config: Config;
  readonly table: RouteTable;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Logger;
  readonly chainOf: (kinds: NonNullable<ConsumerConfig["chain"]>) => Chain;
  readonly strategyOf: (name: StrategyName) => Strategy;
  readonly previous: LimitState | null;
  /** What earlier processes spent; read where there is no gateway before this one. */
  readonly spent: SpendingRecord;
}

/** Who is at the door. The address is looked up only where a limit needs it: that costs more than all the rest. */
export interface Visitor {
  readonly headers: Headers;
  readonly caller: { readonly address: string | null };
}

/** Consumers, rates and budgets of one configuration. */
export interface Limits {
  /** Whom a request comes from: throws as {@link identify} does, and `rate_limited` for an address over its rate. */
  open(visitor: Visitor): Pass;
  /** The consumer whose key these headers carry, null where callers are not authenticated; counts nothing. */
  consumerOf(headers: Headers): Consumer | null;
  /** The consumer of that id; null where there is none. */
  consumer(id: string | null): Consumer | null;
  readonly state: LimitState;
}

/** A rule whose meter depends on who asks. */
type Rule = (visitor: Visitor & { readonly consumer: Consumer | null }, nowMs: number) => Meter;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The limits of a configuration, or null where it has none: then a request costs nothing here. */
export function createLimits(options: LimitsOptions): Limits | null {
  const { config, clock } = options;
  const state: LimitState = { books: new Map(), spending: new Map(), parallel: new Map() };
  const work: Work = { ...options, state };
  const consumers = consumersOf(work);
  const ip = ipRule(work);
  const rules = rulesOf(work);
  const gateway = config.budgets === undefined ? [] : [account(work, "budgets", config.budgets)];
  if (consumers === null && ip === null && rules.length === 0 && gateway.length === 0) return null;
  const consumerOf = (headers: Headers) =>
    consumers === null ? null : identify(consumers.byHash, headers, clock.now());
  return {
    state,
    consumerOf,
    consumer: (id) => (id === null ? null : (consumers?.byId.get(id) ?? null)),
    open(visitor) {
      const now = clock.monotonic();
      const byAddress = ip === null ? [] : [ip({ ...visitor, consumer: null }, now)];
      refuseFull(byAddress, now);
      let consumer: Consumer | null;
      try {
        consumer = consumerOf(visitor.headers);
      } catch (thrown) {
        // whoever tries keys is counted too
        for (const { window } of byAddress) window.add(now, 1);
        throw thrown;
      }
      const meters = [...byAddress, ...(consumer?.meters ?? [])];
      const asked = { headers: visitor.headers, caller: visitor.caller, consumer };
      for (const rule of rules) meters.push(rule(asked, now));
      const own = consumer?.account ?? null;
      return new Pass({ consumer, meters, accounts: own === null ? gateway : [...gateway, own], clock });
    },
  };
}

type Work = LimitsOptions & { readonly state: LimitState };

/** What is kept under a key: of the gateway before this one, or new. */
function kept<T>(
  key: string,
  { from, into, make }: { from: Map<string, T> | undefined; into: Map<string, T>; make: () => T },
): T {
  const found = into.get(key) ?? from?.get(key) ?? make();
  into.set(key, found);
  return found;
}

function book(work: Work, setting: string, rate: { unit: Unit; max: number; windowMs: number }): MeterBook {
  const { unit, ...limit } = rate;
  return kept(JSON.stringify([setting, unit, limit.max, limit.windowMs]), {
    from: work.previous?.books,
    into: work.state.books,
    make: () => new MeterBook(unit, setting, limit),
  });
}

function account(work: Work, owner: string, limits: BudgetLimits): Account {
  const spending = kept(owner, {
    from: work.previous?.spending,
    into: work.state.spending,
    make: () => new Spending(work.previous === null ? work.spent[owner] : undefined),
  });
  return { owner, limits, spending };
}

function ipRule(work: Work): Rule | null {
  const { ip_rate_limit: rate } = work.config;
  if (rate === undefined) return null;
  const meters = book(work, "ip_rate_limit", requestsOf(rate));
  const address = addressOf(work.config);
  return (visitor, now) => meters.meter(address(visitor), now);
}

function rulesOf(work: Work): readonly Rule[] {
  const { global_rate_limit: everybody, user_rate_limit: user, token_rate_limit: tokens } = work.config;
  const rules: Rule[] = [];
  if (everybody !== undefined) {
    const meters = book(work, "global_rate_limit", requestsOf(everybody));
    rules.push((_, now) => meters.meter("", now));
  }
  if (user !== undefined) {
    const meters = book(work, "user_rate_limit", requestsOf(user));
    const key = userOf(work.config);
    rules.push((visitor, now) => meters.meter(key(visitor), now));
  }
  if (tokens !== undefined) {
    const rate = { unit: "tokens", max: tokens.max_tokens, windowMs: tokens.window_seconds * 1000 } as const;
    const meters = book(work, "token_rate_limit", rate);
    const key = scopeOf(work.config, tokens.scope);
    rules.push((visitor, now) => meters.meter(key(visitor), now));
  }
  return rules;
}

function requestsOf({ max_requests, window_seconds }: { max_requests: number; window_seconds: number }) {
  return { unit: "requests", max: max_requests, windowMs: window_seconds * 1000 } as const;
}

type KeyOf = (visitor: Parameters<Rule>[0]) => string;

function addressOf({ server, ip_rate_limit: rate }: Config): KeyOf {
  const depth = rate?.trust_proxy_depth ?? server.trust_proxy_depth;
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
  return key === null ? null : hashKey(key.reveal().trim());
}

function consumerFrom(work: Work, config: ConsumerConfig): Consumer {
  const { id, budget, chain, routing, rate_limits: rates } = config;
  const name = `consumers[${JSON.stringify(id)}]`;
  const parallel = kept(id, { from: work.previous?.parallel, into: work.state.parallel, make: () => ({ count: 0 }) });
  return {
    id,
    roles: config.roles,
    expiresAtMs: config.expires_at === undefined ? null : Date.parse(config.expires_at),
    models: allowedModels(config.allowed_models, work.table),
    meters: consumerMeters(work, `${name}.rate_limits`, rates ?? {}),
    maxParallel: rates?.max_parallel_requests ?? null,
    parallel,
    account: budget === undefined ? null : account(work, `${name}.budget`, budget),
    chain: chain === undefined ? null : work.chainOf(chain),
    strategy: strategyFor(work, routing),
    blockStatus: config.policy_block_status,
  };
}

function strategyFor({ strategyOf }: Work, routing: ConsumerConfig["routing"]): Strategy | null {
  // carbon_aware is refused when the configuration is loaded, until regions bring it
  if (routing === undefined || routing === "standard" || routing === "carbon_aware") return null;
  return strategyOf(routing);
}

function consumerMeters(work: Work, name: string, rates: NonNullable<ConsumerConfig["rate_limits"]>): readonly Meter[] {
  const meter = (key: string, unit: Unit, rate: { max: number | undefined; windowMs: number }): Meter[] => {
    const { max, windowMs } = rate;
    if (max === undefined) return [];
    return [book(work, `${name}.${key}`, { unit, max, windowMs }).meter("", work.clock.monotonic())];
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
  of: { context: { -readonly [K in keyof RequestContext]: RequestContext[K] }; record: RequestRecord; caller: Caller },
): Pass {
  const pass = limits.open({ headers, caller: of.caller });
  of.record.pass = pass;
  of.context.consumer = pass.consumer?.id ?? null;
  of.context.roles = pass.consumer?.roles ?? [];
  pass.admit();
  return pass;
}
