import { Type } from "@sinclair/typebox";
import { ENDPOINT_PATHS } from "../lib/endpoint-paths.ts";
import type { ErrorCode } from "../lib/errors.ts";
import { ChatRequest, Usage } from "../schema/chat.ts";
import { nullable, Open } from "../schema/shapes.ts";
import { CompletionRequest, EmbeddingsRequest, FimRequest, ModerationsRequest } from "../schema/text-requests.ts";
import type { BodyShape, Parameter, RouteFacts } from "./route.ts";

/** What every model route can answer besides a model's answer. */
const ERRORS: readonly ErrorCode[] = [
  "invalid_json",
  "invalid_request",
  "invalid_region",
  "context_length_exceeded",
  "invalid_api_key",
  "key_expired",
  "budget_exceeded",
  "model_not_allowed",
  "region_not_allowed",
  "model_not_found",
  "input_blocked",
  "output_blocked",
  "escalation_required",
  "request_too_large",
  "unsupported_media_type",
  "rate_limited",
  "too_many_streams",
  "upstream_rate_limited",
  "upstream_rejected",
  "upstream_auth_failed",
  "upstream_model_missing",
  "upstream_failed",
  "upstream_invalid_answer",
  "upstream_cut",
  "upstream_timeout",
  "service_unavailable",
  "overloaded",
  "policy_error",
  "gateway_disabled",
  "internal",
];

/** What a caller may say in headers. */
export const ASKED_HEADERS = {
  authorization: "`Bearer` and the consumer's key, where `consumers` are configured; never sent on",
  "x-request-id": "Id of the request, kept and sent on; without one it is made",
  traceparent: "W3C trace context; the target is told a span of the same trace",
  "x-request-timeout-ms": "Milliseconds that all of it may take, where that is less than the configuration gives",
  "x-weir-region": "The only region that may answer: as `vetted.region`",
  "x-weir-secondary-region": "The one that may where the first cannot: as `vetted.secondary_region`",
  "x-weir-routing": "`carbon_aware` or `standard`: as `vetted.routing`",
  "x-weir-latency-budget-ms": "Longest network round trip: as `vetted.latency_budget_ms`",
} as const;

/** What an answer says in headers. */
export const ANSWER_HEADERS = {
  "x-request-id": "Id of the request, for `weir explain`",
  "x-weir-target": "Target that answered",
  "x-weir-region": "Region it stands in",
  "x-weir-attempts": "Calls to targets that were made",
  "x-weir-policy":
    "What each policy of the chain said, and how much it found: `pii-detector=redact;3`; of a stream what is known as it begins, the whole being `x_weir_policy` of its last chunk",
  "x-weir-receipt-id": "Id of the receipt: `GET /v1/vetted/receipts/{id}`",
  "x-weir-cost-usd": "What the request cost, of answers that are not streamed and of errors after a target was asked",
  "x-weir-cost-basis": "`exact`, `estimated` or `unknown`",
  "x-should-retry": "`false` where a retry cannot mend it, or was made already",
  "retry-after": "Seconds after which it is worth another try",
  "server-timing": "Milliseconds of `policy`, `routing`, `upstream` (of a stream: until it begins) and `total`",
  "x-ratelimit-limit-requests": "Requests that the limit in question lets in",
  "x-ratelimit-remaining-requests": "How many of them are left",
  "x-ratelimit-reset-requests": "When all of them are there again",
  "x-ratelimit-limit-tokens": "Tokens that the limit in question lets in",
  "x-ratelimit-remaining-tokens": "How many of them are left",
  "x-ratelimit-reset-tokens": "When all of them are there again",
} as const;

/** OpenAPI has another place for `authorization`. */
const PARAMETERS: readonly Parameter[] = Object.entries(ASKED_HEADERS)
  .filter(([name]) => name !== "authorization")
  .map(([name, description]) => ({ name, in: "header", schema: Type.String(), description }));

const ChatAnswer = Open({
  id: Type.Optional(Type.String()),
  object: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  choices: Type.Array(
    Open({
      index: Type.Optional(Type.Integer()),
      finish_reason: Type.Optional(nullable(Type.String())),
    }),
  ),
  usage: Type.Optional(Usage),
});
const EmbeddingsAnswer = Open({
  object: Type.Optional(Type.String()),
  data: Type.Array(Open({ index: Type.Optional(Type.Integer()) })),
  usage: Type.Optional(Usage),
});
const ModerationsAnswer = Open({ results: Type.Array(Open({})) });

const streamed = (description: string): BodyShape => ({
  description: `${description}; with \`stream: true\` server-sent events that end in \`[DONE]\`, the last chunk with what policies said of it in \`x_weir_policy\``,
  schema: ChatAnswer,
  mediaTypes: ["application/json", "text/event-stream"],
});

const FACTS = {
  method: "POST",
  openAi: true,
  access: "open",
  tag: "Models",
  parameters: PARAMETERS,
  errors: ERRORS,
} as const;

/** What the documents say of the routes that go to a model; `model-routes.ts` answers them. */
export const MODEL_FACTS: readonly RouteFacts[] = [
  {
    ...FACTS,
    path: ENDPOINT_PATHS.chat,
    summary: "Chat completion",
    body: { description: "Known fields are checked, all others pass to the upstream untouched", schema: ChatRequest },
    answer: streamed("The completion in OpenAI form"),
  },
  {
    ...FACTS,
    path: ENDPOINT_PATHS.completions,
    summary: "Text completion (OpenAI's legacy endpoint)",
    body: { description: "As the upstream wants it", schema: CompletionRequest },
    answer: streamed("The completion"),
  },
  {
    ...FACTS,
    path: ENDPOINT_PATHS.fim,
    summary: "Fill in the middle (Mistral)",
    body: { description: "Text before, and text after in `suffix`", schema: FimRequest },
    answer: streamed("The completion, in the form of a chat completion"),
  },
  {
    ...FACTS,
    path: ENDPOINT_PATHS.embeddings,
    summary: "Embeddings",
    body: { description: "One text or many", schema: EmbeddingsRequest },
    answer: { description: "One vector per text", schema: EmbeddingsAnswer },
  },
  {
    ...FACTS,
    path: ENDPOINT_PATHS.moderations,
    summary: "Moderations",
    body: { description: "One text or many", schema: ModerationsRequest },
    answer: { description: "One verdict per text", schema: ModerationsAnswer },
  },
];
