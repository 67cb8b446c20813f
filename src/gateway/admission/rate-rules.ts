import type { Config } from "../../config/config.ts";
import type { Meter } from "../../store/counters/counters.ts";
import { addressKey, clientAddress, proxyDepth } from "./address.ts";
import type { Consumer } from "./consumers.ts";
import { type Kept, rateOf } from "./kept-counts.ts";

/** Who is at the door. The address is looked up only where a limit needs it: that costs more than all the rest. */
export interface Visitor {
  readonly headers: Headers;
  readonly caller: { readonly address: string | null };
}

/** A rule whose meter depends on who asks. */
export type Rule = (visitor: Visitor & { readonly consumer: Consumer | null }) => Meter;

/** The rate of each address, or null: it counts those too whom nobody knows. */
export function ipRule(config: Config, kept: Kept): Rule | null {
  const { ip_rate_limit: rate } = config;
  if (rate === undefined) return null;
  const counted = rateOf(kept, "ip_rate_limit", requestsOf(rate));
  const address = addressOf(config);
  return (visitor) => ({ rate: counted, key: address(visitor) });
}

/** All other rates of a configuration but those of single consumers. */
export function rulesOf(config: Config, kept: Kept): readonly Rule[] {
  const { global_rate_limit: everybody, user_rate_limit: user, token_rate_limit: tokens } = config;
  const rules: Rule[] = [];
  if (everybody !== undefined) {
    const meter = { rate: rateOf(kept, "global_rate_limit", requestsOf(everybody)), key: "" };
    rules.push(() => meter);
  }
  if (user !== undefined) {
    const rate = rateOf(kept, "user_rate_limit", requestsOf(user));
    const key = userOf(config);
    rules.push((visitor) => ({ rate, key: key(visitor) }));
  }
  if (tokens !== undefined) {
    const limit = { unit: "tokens", max: tokens.max_tokens, windowMs: tokens.window_seconds * 1000 } as const;
    const rate = rateOf(kept, "token_rate_limit", limit);
    const key = scopeOf(config, tokens.scope);
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
