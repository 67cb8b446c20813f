import { FOREIGN_FIELDS } from "../_foreign-fields.ts";

/**
 * Which request fields Mistral and OpenAI know, per endpoint. Mistral refuses what it does not know (422
 * `extra_forbidden`), so a field that OpenAI defines and Mistral does not is dropped. A field that neither defines goes
 * through: the caller meant it, and Mistral's answer names it.
 *
 * Mistral: its OpenAPI file (`ChatCompletionRequest`, `FIMCompletionRequest`, `EmbeddingRequest`,
 * `ClassificationRequest`). OpenAI: `CreateChatCompletionRequest` and its siblings. Fields with a translation of their
 * own (`seed`, `max_completion_tokens`, `dimensions`) are in neither list.
 */
export interface MistralFields {
  /** Accepted by Mistral, and whether it takes null for it. */
  readonly accepted: Readonly<Record<string, "null" | "value">>;
  /** Known to OpenAI alone. */
  readonly dropped: ReadonlySet<string>;
}

const GENERATION = {
  model: "value",
  temperature: "null",
  top_p: "value",
  max_tokens: "null",
  stream: "value",
  stop: "value",
  random_seed: "null",
  metadata: "null",
  prompt_cache_key: "null",
} as const;

/** Wishes about billing, storage, abuse tracking and output media, which Mistral has no field for. */
const GENERATION_DROPPED = [
  "stream_options",
  "user",
  "safety_identifier",
  "store",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "verbosity",
  "modalities",
  "audio",
  "web_search_options",
  "prompt_cache_retention",
  "prompt_cache_options",
  "moderation",
  "functions",
  "function_call",
];

/** `POST /v1/chat/completions`. */
export const CHAT_FIELDS: MistralFields = {
  accepted: {
    ...GENERATION,
    messages: "value",
    response_format: "value",
    tools: "null",
    tool_choice: "value",
    presence_penalty: "value",
    frequency_penalty: "value",
    n: "null",
    prediction: "value",
    parallel_tool_calls: "value",
    prompt_mode: "null",
    reasoning_effort: "value",
    guardrails: "null",
    safe_prompt: "value",
    // in Mistral's newer file only
    service_tier: "value",
  },
  dropped: new Set(GENERATION_DROPPED),
};

/** `POST /v1/fim/completions`: OpenAI has none, so its fields of chat and completions are taken as its own. */
export const FIM_FIELDS: MistralFields = {
  accepted: { ...GENERATION, prompt: "value", suffix: "null", min_tokens: "null" },
  dropped: new Set([
    ...GENERATION_DROPPED,
    "n",
    "best_of",
    "echo",
    "presence_penalty",
    "frequency_penalty",
    "service_tier",
    "reasoning_effort",
    "response_format",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "prediction",
  ]),
};

/** `POST /v1/embeddings`. */
export const EMBEDDINGS_FIELDS: MistralFields = {
  accepted: {
    model: "value",
    input: "value",
    metadata: "null",
    output_dimension: "null",
    output_dtype: "value",
    encoding_format: "value",
  },
  dropped: new Set(["user"]),
};

/** `POST /v1/moderations`. */
export const MODERATIONS_FIELDS: MistralFields = {
  accepted: { model: "value", input: "value", metadata: "null" },
  dropped: new Set(["user"]),
};

/** Fields of messages in OpenAI's form, or in ours, that Mistral refuses (422), per role. */
export const MESSAGE_DROPPED: Readonly<Record<string, ReadonlySet<string>>> = {
  system: new Set(["name"]),
  developer: new Set(["name"]),
  user: new Set(["name"]),
  assistant: new Set([
    "name",
    "refusal",
    "audio",
    "annotations",
    "function_call",
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "content_parts",
    "parsed",
    ...FOREIGN_FIELDS,
  ]),
};
