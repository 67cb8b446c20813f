import { Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../shapes.ts";
import { HEADER_NAME, seconds } from "./values.ts";

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000_000, description });

const windowed = {
  max_requests: count("Requests within any window"),
  window_seconds: seconds({ description: "Length of the window; it slides" }),
};

/** Proxies of ours in front: that many entries of X-Forwarded-For, from the right, are believed. */
export const proxyDepth = (options: Record<string, unknown>) =>
  Type.Integer({
    minimum: 0,
    maximum: 16,
    description: "Proxies in front whose X-Forwarded-For is believed; 0: the socket's address",
    ...options,
  });

/** Requests of everybody together. */
export const GlobalRateLimit = Closed(windowed, { description: "Requests of everybody together" });

/** Requests of one address; of IPv6, of one /64. */
export const IpRateLimit = Closed(
  { ...windowed, trust_proxy_depth: Type.Optional(proxyDepth({})) },
  { description: "Requests of one client address" },
);

/** Requests of one user, as the caller's own service names them. */
export const UserRateLimit = Closed(
  {
    ...windowed,
    header_names: Type.Array(
      Type.String({ pattern: HEADER_NAME, maxLength: 200, expects: "the name of an HTTP header" }),
      {
        minItems: 1,
        default: ["x-user-id"],
        description: "The first of these that a request has names its user; without one the consumer, else the address",
      },
    ),
  },
  { description: "Requests of one user" },
);

/** Tokens, prompt and completion together. */
export const TokenRateLimit = Closed(
  {
    max_tokens: count("Prompt and completion tokens within any window"),
    window_seconds: seconds({ description: "Length of the window; it slides" }),
    scope: oneOf(["global", "consumer", "user", "ip"], {
      default: "global",
      description: "Whose tokens are counted together",
    }),
  },
  { description: "Tokens of everybody, or of each consumer, user or address" },
);

const usd = (description: string) => Type.Number({ minimum: 0, maximum: 1_000_000, description });

/** What may be spent by a day and a month of UTC. */
export const SPENDING = {
  usd_per_day: Type.Optional(usd("USD in a day of UTC")),
  usd_per_month: Type.Optional(usd("USD in a calendar month of UTC")),
};

/** What a consumer may emit by a day of UTC. */
export const EMISSIONS = {
  gco2e_per_day: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1_000_000_000,
      description:
        "gCO2e in a day of UTC, usage and embodied, as receipts say; what nobody can estimate at a target is not sent there",
    }),
  ),
};

/** What the whole gateway may spend. */
export const Budgets = Closed(
  { per_request_usd: Type.Optional(usd("USD that one request may cost by its upper estimate")), ...SPENDING },
  { minProperties: 1, description: "What the whole gateway may spend" },
);
