import { type Static, Type } from "@sinclair/typebox";
import { Open, omittable } from "./shapes.ts";
import { Vetted } from "./vetted.ts";

/** A tool call in an assistant message or an answer. */
const ToolCall = Open({
  id: omittable(Type.String()),
  type: Type.Optional(Type.String()),
  function: Type.Optional(Open({ name: omittable(Type.String()), arguments: Type.Optional(Type.Unknown()) })),
});

/** One part of an array content; which other members it has depends on `type`. */
const ContentPart = Open({ type: Type.String() });

const Content = Type.Union([Type.String(), Type.Array(ContentPart), Type.Null()]);

/** One message of a conversation. `role` is checked against the roles both contracts know. */
const Message = Open({
  role: Type.Union(["developer", "system", "user", "assistant", "tool", "function"].map((role) => Type.Literal(role))),
  content: Type.Optional(Content),
  name: omittable(Type.String()),
  tool_calls: omittable(Type.Array(ToolCall)),
  tool_call_id: omittable(Type.String()),
  refusal: omittable(Type.String()),
});

/** A tool offered to the model. */
const Tool = Open({
  type: Type.Optional(Type.String()),
  function: Type.Optional(Open({ name: Type.String(), description: omittable(Type.String()) })),
});

const optionalNumber = (minimum: number, maximum: number) => omittable(Type.Number({ minimum, maximum }));
const optionalCount = () => omittable(Type.Integer({ minimum: 1 }));

/** `stream_options` of OpenAI. */
const StreamOptions = Open({ include_usage: omittable(Type.Boolean()) });

/**
 * Sampling fields that every text endpoint shares; ranges as in OpenAI's API reference. A narrower range of one
 * provider is that provider's to refuse.
 */
export const Sampling = {
  model: Type.String({ minLength: 1, maxLength: 512 }),
  stream: omittable(Type.Boolean()),
  stream_options: omittable(StreamOptions),
  temperature: optionalNumber(0, 2),
  top_p: optionalNumber(0, 1),
  max_tokens: optionalCount(),
  stop: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()])),
  vetted: Type.Optional(Vetted),
};

/** What OpenAI's text endpoints share beside {@link Sampling}; their types only: values grow faster than this does. */
export const Steering = {
  n: omittable(Type.Integer({ minimum: 1, maximum: 128 })),
  presence_penalty: optionalNumber(-2, 2),
  frequency_penalty: optionalNumber(-2, 2),
  logit_bias: omittable(Open({})),
  seed: omittable(Type.Integer()),
  user: omittable(Type.String()),
};

/** POST /v1/chat/completions: what Weir reads; every other field passes to the upstream untouched. */
export const ChatRequest = Open({
  ...Sampling,
  ...Steering,
  messages: Type.Array(Message, { minItems: 1 }),
  max_completion_tokens: optionalCount(),
  tools: omittable(Type.Array(Tool)),
  tool_choice: Type.Optional(Type.Union([Type.String(), Open({}), Type.Null()])),
  parallel_tool_calls: omittable(Type.Boolean()),
  // Mistral's has a type where none is said
  response_format: omittable(Open({ type: Type.Optional(Type.String()) })),
  logprobs: omittable(Type.Boolean()),
  top_logprobs: omittable(Type.Integer({ minimum: 0, maximum: 20 })),
  reasoning_effort: omittable(Type.String()),
  verbosity: omittable(Type.String()),
  modalities: omittable(Type.Array(Type.String())),
  prediction: omittable(Open({})),
  metadata: omittable(Open({})),
  store: omittable(Type.Boolean()),
  service_tier: omittable(Type.String()),
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
