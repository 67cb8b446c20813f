import { Type } from "@sinclair/typebox";
import { ENDPOINT_PATHS } from "../lib/endpoint-paths.ts";
import type { ErrorCode } from "../lib/errors.ts";
import { ChatRequest, Usage } from "../schema/chat.ts";
import { CompletionRequest, EmbeddingsRequest, FimRequest, ModerationsRequest } from "../schema/text-requests.ts";
import { Open } from "../schema/vetted.ts";
import type { BodyShape, RouteFacts } from "./route.ts";

/** What every model route can answer besides a model's answer. */
const ERRORS: readonly ErrorCode[] = [
  "invalid_json",
  "invalid_request",
  "context_length_exceeded",
  "invalid_api_key",
  "key_expired",
  "budget_exceeded",
  "model_not_allowed",
  "model_not_found",
  "input_blocked",
  "output_blocked",
  "request_too_large",
  "unsupported_media_type",
  "rate_limited",
  "too_many_streams",
  "upstream_rate_limited",
  "upstream_rejected",
  "upstream_failed",
  "upstream_timeout",
  "service_unavailable",
  "overloaded",
  "gateway_disabled",
  "internal",
];

const ChatAnswer = Open({
  id: Type.Optional(Type.String()),
  object: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  choices: Type.Array(
    Open({
      index: Type.Optional(Type.Integer()),
      finish_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
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
  description: `${description}; with \`stream: true\` server-sent events that end in \`[DONE]\``,
  schema: ChatAnswer,
  mediaTypes: ["application/json", "text/event-stream"],
});

const FACTS = { method: "POST", openAi: true, access: "open", tag: "Models", errors: ERRORS } as const;

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
