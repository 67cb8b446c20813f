import { Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../shapes.ts";
import { proxyDepth } from "./limits.ts";
import { policyBlockStatus, SecretRef, seconds } from "./values.ts";

/** Which browser pages may call the gateway. */
const Cors = Closed(
  {
    allow_origins: Type.Array(
      Type.String({
        pattern: "^(\\*|[a-z][a-z0-9+.-]*://[^/\\s]+)$",
        expects: "an origin such as https://app.example.com, or *",
      }),
      { minItems: 1, description: "Origins that may call, or *" },
    ),
    max_age_seconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      default: 600,
      description: "How long a browser may keep the permission",
    }),
  },
  { description: "Which browser pages may call the gateway; without it none of another origin" },
);

/** The listener. */
export const Server = Closed(
  {
    listen: Type.Optional(
      Type.String({
        pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_.-]*):[0-9]{1,5}$",
        expects: "HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
        description: "HOST:PORT; without it 127.0.0.1:8080, and [::1]:8080 where IPv6 is there",
      }),
    ),
    policy_block_status: policyBlockStatus({ default: 409 }),
    workers: Type.Union([Type.Integer({ minimum: 1, maximum: 256 }), Type.Literal("auto")], {
      default: 1,
      description: "Threads that answer model requests, each with its share of the places; auto: one per processor",
    }),
    trust_proxy_depth: proxyDepth({ default: 0 }),
    idle_timeout_seconds: Type.Integer({
      minimum: 1,
      maximum: 255,
      default: 10,
      description: "Longest silence of a client that is still sending; a body must come with 4 kB/s beyond it",
    }),
    keep_alive_timeout_seconds: Type.Integer({
      minimum: 1,
      maximum: 255,
      derived: "75; idle_timeout_seconds where only that is given",
      description:
        "How long a connection is kept that nobody uses, or whose client does not read its answer: longer than a balancer in front keeps its own, which is usually 60 s, or it sends requests on connections that are just being closed",
    }),
    cors: Type.Optional(Cors),
    admin_token_ref: Type.Optional(SecretRef),
    max_concurrency: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 4096, description: "Requests at once" }),
    max_queued_requests: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description:
          "Requests that may wait for a place; without it as many as max_concurrency; beyond it 503 overloaded",
      }),
    ),
    queue_timeout_seconds: seconds({ default: 10, description: "Longest wait for a place" }),
    drain_seconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 30,
      description:
        "How long requests may still run after SIGTERM; who stops the process should wait ten seconds longer before killing it",
    }),
  },
  { default: {}, description: "The listener, and how much at once" },
);

/** Live counters: of this process, or shared. */
const Counters = Closed(
  {
    url: Type.String({
      pattern: "^(memory:|rediss?://\\S+)$",
      default: "memory:",
      expects: "memory: or redis://HOST:PORT",
      description:
        "Where rates and budgets are counted: memory: for one process, redis:// or rediss:// (TLS; NODE_EXTRA_CA_CERTS names a file with authorities of your own) for many",
    }),
    on_error: oneOf(["local", "refuse"], {
      default: "local",
      description:
        "Without the shared counters each process counts for itself (local), or requests are refused. The money and the tokens that were spent meanwhile are handed in when they are back",
    }),
  },
  { default: {}, description: "Live counters of limits and budgets" },
);

/** Where the ledger lives. */
export const Store = Closed(
  {
    url: Type.String({
      pattern: "^(memory:|sqlite:.+|postgres(ql)?://\\S+)$",
      default: "sqlite:ledger.db",
      expects: "sqlite:PATH, postgres://… or memory:",
      description: "sqlite:PATH (a relative PATH is below the state directory), postgres://… or memory:",
    }),
    on_error: oneOf(["continue", "refuse"], {
      default: "continue",
      description:
        "Where the ledger cannot be written, requests go on (events wait, then are counted as lost) or are refused",
    }),
    counters: Counters,
    retention_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        description:
          "Days that receipts are kept, and rows where no audit-logger runs; absent: 30 for rows, and receipts as long as rows",
      }),
    ),
  },
  { default: {}, description: "Where the ledger lives" },
);

/** Where traces and metrics are sent as OTLP over HTTP. */
const Otlp = Closed(
  {
    endpoint: Type.String({
      pattern: "^https?://[^\\s/]\\S*$",
      expects: "http:// or https:// and the host of a collector",
      description: "Address of a collector, such as http://localhost:4318; /v1/traces and /v1/metrics are appended",
    }),
    headers_ref: Type.Optional(SecretRef),
    metrics_interval_seconds: Type.Integer({
      minimum: 1,
      maximum: 3600,
      default: 30,
      description: "How often metrics are sent; spans are sent within a second",
    }),
  },
  {
    description:
      "headers_ref leads to what is sent along, written as in OTEL_EXPORTER_OTLP_HEADERS: key=value,key=value",
  },
);

/** What is said about the gateway's work, and where. */
export const Telemetry = Closed(
  {
    log: Closed(
      {
        level: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
          default: "info",
          description: "Least level of a line that is written to stderr",
        }),
        format: Type.Optional(
          oneOf(["json", "pretty"], { description: "Without it: pretty on a terminal, else json" }),
        ),
      },
      { default: {}, description: "The log: JSON lines on stderr, never with prompts, answers or secrets" },
    ),
    metrics: Closed(
      {
        enabled: Type.Boolean({ default: true, description: "Whether GET /metrics answers" }),
        public: Type.Boolean({ default: false, description: "Open to everybody who reaches the listener" }),
        token_ref: Type.Optional(SecretRef),
      },
      {
        default: {},
        description:
          "Prometheus metrics at GET /metrics, open on loopback, but not to clients behind server.trust_proxy_depth",
      },
    ),
    otlp: Type.Optional(Otlp),
  },
  { default: {}, description: "What is said about the gateway's work, and where" },
);

/** Sizes above which a request or an answer is refused. */
export const SizeLimits = Closed(
  {
    max_body_bytes: Type.Integer({
      minimum: 1,
      maximum: 1_073_741_824,
      default: 10_485_760,
      description: "Bytes of a request's body; above it 413",
    }),
    max_response_bytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Bytes of a whole answer that are read of an upstream, default 64 MiB, and of the text of a stream, default any. Above it 502, or an error event",
      }),
    ),
    max_header_bytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_536,
        description: "Bytes of a request's header lines; above it 413. The listener takes 64 KiB of request head",
      }),
    ),
    max_messages: Type.Optional(Type.Integer({ minimum: 1, description: "Messages of one request; above it 413" })),
  },
  { default: {}, description: "Sizes above which a request or an answer is refused" },
);
