import { Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../shapes.ts";
import { Energy } from "./receipts.ts";
import { regionCode } from "./regions.ts";
import {
  DataPolicy,
  HEADER_NAME,
  HeaderValue,
  identifier,
  milliseconds,
  modelName,
  SecretRef,
  seconds,
} from "./values.ts";

const usdPerMillion = (what: string) => Type.Number({ minimum: 0, description: `USD per 1M ${what} tokens` });

/** A list price. */
const Pricing = Closed(
  {
    prompt: usdPerMillion("prompt"),
    completion: usdPerMillion("completion"),
    cached_prompt: Type.Optional(usdPerMillion("cached prompt")),
  },
  { description: "What its tokens cost; without it the list price of that provider's model, marked as estimated" },
);

/** Periodic check of a target, off by default. */
const HealthProbe = Closed(
  {
    enabled: Type.Boolean({ default: false, description: "Whether the target is probed" }),
    interval_seconds: seconds({ default: 10, description: "Time between two probes" }),
    timeout_seconds: seconds({ default: 5, description: "How long its answer may take" }),
    path: Type.Optional(
      Type.String({
        pattern: "^/",
        expects: "a path that begins with /",
        description: "Path that is asked for, below the host of the target; without it that of its kind",
      }),
    ),
    kind: oneOf(["models", "completion"], {
      default: "models",
      description: "A list of models, which costs nothing, or a completion of one token, which is paid for",
    }),
  },
  { description: "Asks the target now and then; one that does not answer is no candidate" },
);

/** Faults of the simulated provider. */
const Faults = Closed(
  {
    error_rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Share of requests that fail" })),
    latency_ms: Type.Optional(milliseconds({ description: "Wait before the first byte" })),
    cut_after_tokens: Type.Optional(
      Type.Integer({ minimum: 0, description: "Tokens after which a stream is broken off" }),
    ),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599, description: "Status of the failing requests" })),
  },
  { description: "What the simulated provider does wrong" },
);

/** A further model name a target serves. */
const ServedModel = Closed(
  {
    name: modelName("Name a client asks for"),
    upstream: modelName("Name the upstream is asked for", { derived: "name" }),
  },
  { expects: "a model name, or a map with name and upstream" },
);

/** What other gateways call keys of a target, in lower case without `_` and `-`, and what they are called here. */
export const FOREIGN_TARGET_KEYS: Readonly<Record<string, string>> = {
  apikey: "secret_key_ref",
  apikeyenv: "secret_key_ref",
  apikeyref: "secret_key_ref",
  secretref: "secret_key_ref",
  token: "secret_key_ref",
  apibase: "base_url",
  endpoint: "base_url",
  requesttimeout: "timeout_seconds",
  contextwindow: "max_context_tokens",
  contextlength: "max_context_tokens",
  cost: "pricing",
  price: "pricing",
};

/** One upstream, in the form it has after loading: shorthand split, aliases resolved. */
export const TargetSchema = Closed({
  id: identifier("Unique id"),
  provider: Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
    expects: "a provider name (letters, digits, . _ -) or <provider>:chat:<model>",
    description: "Provider, or the shorthand <provider>:chat:<model>",
  }),
  provider_type: Type.String({ derived: "the provider of that name", description: "Which provider file is used" }),
  model: modelName("Model name, passed upstream as it is"),
  base_url: Type.Optional(
    Type.String({
      pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$",
      maxLength: 2048,
      expects: "a URL that begins with http:// or https://",
      description: "Base URL; with or without a trailing /v1",
    }),
  ),
  proxy: Type.Optional(
    Type.String({
      pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$",
      maxLength: 2048,
      expects: "a URL that begins with http:// or https://",
      description:
        "HTTP proxy on the way to it, such as http://proxy.example:3128, with user:password@ where it wants them; left out, none, whatever HTTPS_PROXY says",
    }),
  ),
  secret_key_ref: Type.Optional(SecretRef),
  timeout_seconds: seconds({ default: 60, description: "Wall clock of a plain request" }),
  stream_timeout_seconds: seconds({ derived: "timeout_seconds", description: "Wall clock of a stream" }),
  first_token_timeout_seconds: seconds({ default: 30, description: "Streams: longest wait for the first event" }),
  stall_timeout_seconds: seconds({ default: 30, description: "Streams: longest wait for a further event" }),
  max_context_tokens: Type.Optional(Type.Integer({ minimum: 1, description: "Prompt and completion together" })),
  format: oneOf(["openai"], { default: "openai", description: "Wire format of the upstream" }),
  description: Type.Optional(Type.String({ maxLength: 2000, description: "For people" })),
  region: Type.Optional(regionCode("Region it stands in; without one it is never used where regions matter")),
  energy: Type.Optional(Energy),
  weight: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description: "With weighted_round_robin: its share of the requests, against the weights of the others",
  }),
  max_in_flight: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Attempts at once; above it the target is saturated" }),
  ),
  pricing: Type.Optional(Pricing),
  health_probe: Type.Optional(HealthProbe),
  api_key_header: Type.String({
    pattern: HEADER_NAME,
    default: "Authorization",
    expects: "the name of an HTTP header",
    description: "Header the key goes out in",
  }),
  api_key_prefix: Type.String({
    pattern: "^[\\x20-\\x7e]*$",
    default: "Bearer ",
    expects: "printable ASCII text",
    description: "Text before the key",
  }),
  headers: Type.Record(Type.String({ pattern: HEADER_NAME }), HeaderValue, {
    default: {},
    additionalProperties: false,
    expects: "the name of an HTTP header",
    description: "Constant extra headers",
  }),
  data_policy: Type.Optional(DataPolicy),
  models: Type.Array(ServedModel, { default: [], description: "Further model names this target serves" }),
  reasoning: Type.Boolean({ default: false, description: "The model thinks before its first token" }),
  stream_usage: oneOf(["auto", "off"], { default: "auto", description: "Whether usage of streams is asked for" }),
  faults: Type.Optional(Faults),
  tokens_per_second: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: "Speed of the simulated provider" }),
  ),
});
