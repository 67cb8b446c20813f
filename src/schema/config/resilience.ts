import { Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../shapes.ts";
import { latencyBudget } from "./regions.ts";
import { HEADER_NAME, milliseconds, seconds } from "./values.ts";

/** Asking a second target before the first has failed. */
const Hedge = Closed(
  {
    enabled: Type.Boolean({ default: false, description: "Whether requests are hedged" }),
    quantile: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.95,
      description:
        "How long a target may be silent before the next is asked: longer than this share of its latest answers took",
    }),
    min_delay_ms: milliseconds({
      default: 500,
      description: "Shortest silence before the next target is asked, whatever quantile says",
    }),
    max_share: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.05,
      description: "Share of the requests that may be hedged",
    }),
  },
  { default: {}, description: "Asking the next target too when one is slow; the faster answers" },
);

/** How candidates are measured and ordered. */
export const Routing = Closed(
  {
    window_seconds: seconds({ default: 300, description: "How far back observed latency counts" }),
    min_sample_count: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 5,
      description: "Answers after which a target's figures count; until then it is explored",
    }),
    sticky_by: Type.Optional(
      Type.String({
        pattern: HEADER_NAME,
        maxLength: 200,
        expects: "the name of an HTTP header",
        description: "Header of the request whose value keeps a caller on one target",
      }),
    ),
    latency_budget_ms: Type.Optional(
      latencyBudget("Carbon-aware routing: longest network round trip (p95) to a region, generation not counted"),
    ),
    hedge: Hedge,
  },
  { default: {}, description: "How candidates are measured and ordered" },
);

/** What lets the next target be asked. */
const TRIGGERS = ["rate_limit", "server_error", "timeout", "connection"] as const;

/** Going on to the next target. */
export const Fallback = Closed(
  {
    enabled: Type.Boolean({ default: true, description: "Whether another target is asked where one fails" }),
    triggers: Type.Array(oneOf(TRIGGERS), {
      default: [...TRIGGERS],
      description: "Failures that let the next target be asked",
    }),
    max_fallback_attempts: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 3,
      description: "Further targets at most",
    }),
    context_window: oneOf(["next", "abort"], {
      default: "next",
      description: "Where an upstream says a request is too long for its model: ask the next target, or answer so",
    }),
    content_policy: oneOf(["stop", "next"], {
      default: "stop",
      description:
        "Where an upstream refuses a request for what it says, or its filter ends an answer: pass that on, or ask the next target (of a stream only before its first word)",
    }),
    stream_resume: oneOf(["prefix", "realign", "off"], {
      default: "prefix",
      description:
        "A stream that breaks off after its first words is continued by a target that can take up what was said (prefix), by any that comes to the same words (realign), or not at all",
    }),
  },
  { default: {}, description: "Going on to the next target" },
);

/** Trying the same target again. */
export const Retry = Closed(
  {
    max_attempts: Type.Integer({
      minimum: 1,
      maximum: 10,
      default: 2,
      description: "Tries at one target, the first included",
    }),
    initial_backoff_ms: milliseconds({ default: 250, description: "Wait before the second try" }),
    max_backoff_ms: milliseconds({ default: 8000, description: "Longest wait between two tries" }),
    multiplier: Type.Number({
      minimum: 1,
      maximum: 100,
      default: 2,
      description: "Factor by which each wait is longer than the one before",
    }),
    jitter: Type.Number({ minimum: 0, maximum: 1, default: 0.2, description: "Share of the wait that is random" }),
    retry_on_status: Type.Array(Type.Integer({ minimum: 400, maximum: 599 }), {
      default: [408, 429, 500, 502, 503, 504],
      description: "Statuses of an upstream after which it is asked once more",
    }),
    max_retry_after_seconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      default: 20,
      description: "Longest Retry-After of an upstream that is waited for; above it the next target is asked",
    }),
  },
  { default: {}, description: "Trying the same target again" },
);

/** One breaker per target. */
export const CircuitBreaker = Closed(
  {
    enabled: Type.Boolean({ default: true, description: "Whether targets that keep failing are left alone" }),
    failure_threshold: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 5,
      description: "Failures in a row that open it",
    }),
    window_seconds: seconds({ default: 60, description: "How far back failure_rate looks" }),
    failure_rate: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
      description: "Share of failures within the window that opens it",
    }),
    minimum_requests: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 10,
      description: "Requests within the window without which failure_rate says nothing",
    }),
    recovery_timeout_seconds: seconds({
      default: 30,
      description: "How long it stays open; twice as long each time it opens again, up to ten times",
    }),
    half_open_max_requests: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 2,
      description: "Requests at once that may try a target which was left alone",
    }),
  },
  { default: {}, description: "One breaker for each target: open, it is no candidate" },
);
