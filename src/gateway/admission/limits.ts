import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import { type MaybePromise, whenKnown } from "../../lib/maybe-promise.ts";
import type { Writable } from "../../lib/writable.ts";
import type { Ask, Counters, Meter } from "../../store/counters/counters.ts";
import type { Caller } from "../gateway-api.ts";
import type { RequestRecord } from "../record.ts";
import { Pass } from "./admission.ts";
import { type Consumer, identify } from "./consumers.ts";
import { accountOf, type Kept } from "./kept-counts.ts";
import { type ConsumerParts, consumersOf } from "./make-consumers.ts";
import { overRate } from "./rate-headers.ts";
import { ipRule, rulesOf, type Visitor } from "./rate-rules.ts";

/** What limits are made of. */
export interface LimitsOptions extends Omit<ConsumerParts, "kept"> {
  readonly clock: Clock;
  readonly counters: Counters;
}

/** Consumers, rates and budgets of one configuration. */
export interface Limits {
  /** The pass of a request. Throws as {@link identify} does, and `rate_limited` for an address over its rate. */
  open(visitor: Visitor): MaybePromise<Pass>;
  /** The consumer whose key these headers carry, null where callers are not authenticated; counts nothing. */
  consumerOf(headers: Headers): Consumer | null;
  /** The consumer of that id; null where there is none. */
  consumer(id: string | null): Consumer | null;
  /** What the counters are to keep of what they have counted. */
  readonly kept: Kept;
}

/** What a request holds is given back so long after its last moment, should the process be gone that holds it. */
const SLACK_MS = MINUTE_MS;

/** The limits of a configuration, or null where it has none: then a request costs nothing here. */
export function createLimits(options: LimitsOptions): Limits | null {
  const { config, clock, counters } = options;
  const kept: Kept = { rates: new Set(), owners: new Set() };
  const consumers = consumersOf({ ...options, kept });
  const ip = ipRule(config, kept);
  const rules = rulesOf(config, kept);
  const gateway = config.budgets === undefined ? [] : [accountOf(kept, "budgets", config.budgets)];
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
        return refuseStranger(ip({ ...visitor, consumer: null }), thrown, options);
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

/** Whoever tries keys is counted too: throws `rate_limited` for an address over its rate, else what was thrown. */
function refuseStranger(meter: Meter, thrown: unknown, { counters, clock }: LimitsOptions): MaybePromise<never> {
  const claim = counters.open({ meters: [meter], accounts: [], places: null, holdMs: SLACK_MS });
  const refuse = (refusal: unknown): never => {
    throw refusal === null ? thrown : overRate(claim.readings, clock.monotonic());
  };
  return whenKnown(claim.admit(), refuse);
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
    return whenKnown(pass.admit(), () => pass);
  };
  return whenKnown(limits.open({ headers, caller: of.caller }), known);
}
