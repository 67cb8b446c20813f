import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Open, Vetted } from "./vetted.ts";

/** A tool call in an assistant message or an answer. */
export const ToolCall = Open({
  id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  type: Type.Optional(Type.String()),
  function: Type.Optional(
    Open({ name: Type.Optional(Type.Union([Type.String(), Type.Null()])), arguments: Type.Optional(Type.Unknown()) }),
  ),
});
export type ToolCall = Static<typeof ToolCall>;

/** One part of an array content; which other members it has depends on `type`. */
export const ContentPart = Open({ type: Type.String() });
export type ContentPart = Static<typeof ContentPart>;

const Content = Type.Union([Type.String(), Type.Array(ContentPart), Type.Null()]);

/** One message of a conversation. `role` is checked against the roles both contracts know. */
export const Message = Open({
  role: Type.Union(["developer", "system", "user", "assistant", "tool", "function"].map((role) => Type.Literal(role))),
  content: Type.Optional(Content),
  name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  tool_calls: Type.Optional(Type.Union([Type.Array(ToolCall), Type.Null()])),
  tool_call_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  refusal: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
export type Message = Static<typeof Message>;

/** A tool offered to the model. */
export const Tool = Open({
  type: Type.Optional(Type.String()),
  function: Type.Optional(
    Open({ name: Type.String(), description: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
  ),
});

const nullable = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));
const optionalNumber = (minimum: number, maximum: number) => nullable(Type.Number({ minimum, maximum }));
const optionalCount = () => nullable(Type.Integer({ minimum: 1 }));

/** `stream_options` of OpenAI. */
export const StreamOptions = Open({ include_usage: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) });

/**
 * Sampling fields that every text endpoint shares; ranges as in OpenAI's API reference. A narrower range of one
 * provider is that provider's to refuse.
 */
export const Sampling = {
  model: Type.String({ minLength: 1, maxLength: 512 }),
  stream: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  stream_options: Type.Optional(Type.Union([StreamOptions, Type.Null()])),
  temperature: optionalNumber(0, 2),
  top_p: optionalNumber(0, 1),
  max_tokens: optionalCount(),
  stop: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()])),
  vetted: Type.Optional(Vetted),
};

/** What OpenAI's text endpoints share beside {@link Sampling}; their types only: values grow faster than this does. */
export const Steering = {
  n: nullable(Type.Integer({ minimum: 1, maximum: 128 })),
  presence_penalty: optionalNumber(-2, 2),
  frequency_penalty: optionalNumber(-2, 2),
  logit_bias: nullable(Open({})),
  seed: nullable(Type.Integer()),
  user: nullable(Type.String()),
};

/** POST /v1/chat/completions: what Weir reads; every other field passes to the upstream untouched. */
export const ChatRequest = Open({
  ...Sampling,
  ...Steering,
  messages: Type.Array(Message, { minItems: 1 }),
  max_completion_tokens: optionalCount(),
  tools: nullable(Type.Array(Tool)),
  tool_choice: Type.Optional(Type.Union([Type.String(), Open({}), Type.Null()])),
  parallel_tool_calls: nullable(Type.Boolean()),
  // Mistral's has a type where none is said
  response_format: nullable(Open({ type: Type.Optional(Type.String()) })),
  logprobs: nullable(Type.Boolean()),
  top_logprobs: nullable(Type.Integer({ minimum: 0, maximum: 20 })),
  reasoning_effort: nullable(Type.String()),
  verbosity: nullable(Type.String()),
  modalities: nullable(Type.Array(Type.String())),
  prediction: nullable(Open({})),
  metadata: nullable(Open({})),
  store: nullable(Type.Boolean()),
  service_tier: nullable(Type.String()),
});
export type ChatRequest = Static<typeof ChatRequest>;

/** Token counts of an answer. */
export const Usage = Open({
  prompt_tokens: Type.Optional(Type.Number()),
  completion_tokens: Type.Optional(Type.Number()),
  total_tokens: Type.Optional(Type.Number()),
});
export type Usage = Static<typeof Usage>;

/** One choice of a streamed chunk, as far as it is read. */
export interface ChunkChoice {
  readonly index?: number;
  readonly delta?: { readonly [key: string]: unknown };
  readonly finish_reason?: string | null;
  readonly [key: string]: unknown;
}

/** One event of a streamed chat answer, as far as it is read: a response schema never gates traffic. */
export interface ChatCompletionChunk {
  readonly choices?: readonly ChunkChoice[];
  readonly usage?: Usage | null;
  readonly [key: string]: unknown;
}
