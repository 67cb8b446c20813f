/**
 * Every place of a request, an answer or a streamed chunk in which text of a person or a model can stand, and every
 * string that is none, with the reason.
 *
 * A string that no rule names is read too, as kind `other`: a field that a vendor or a caller adds is never a way around
 * the policies. The contract test walks the vendors' OpenAPI files and fails when a string field of theirs has no rule
 * here, and when a rule's field exists neither there nor in recorded traffic.
 */

import { below, bytes, choice, data, id, model, type PlaceTable, text, url } from "./place-rule.ts";

const ours = data("Weir's own member: closed, and removed before the request goes on");
const padding = data("random letters against traffic analysis");
const tokens = data("the answer's own text cut into tokens: dropped as soon as a policy changes the answer");

/** One part of an array content, in requests, answers and chunks. */
const PART: PlaceTable = {
  ".type": choice,
  ".text": text("content"),
  ".image_url": url,
  ".image_url.url": url,
  ".image_url.detail": choice,
  ".input_audio": bytes,
  ".file_id": id,
  ".document_url": url,
  ".document_name": text("name"),
  ".thinking[].type": choice,
  ".thinking[].text": text("reasoning"),
  ".thinking[].tool": text("name"),
  ".thinking[].title": text("reasoning"),
  ".thinking[].description": text("reasoning"),
  ".thinking[].url": url,
  ".thinking[].favicon": url,
};

/** What only parts of requests have. */
const REQUEST_PART: PlaceTable = {
  ".refusal": text("refusal"),
  ".video_url.url": url,
  ".input_audio.data": bytes,
  ".input_audio.format": choice,
  ".file.file_data": bytes,
  ".file.file_id": id,
  ".file.filename": text("name"),
  ".prompt_cache_breakpoint.mode": choice,
};

/** What a message of a request, of an answer and the delta of a chunk share. */
const MESSAGE: PlaceTable = {
  ".role": choice,
  ".content": text("content"),
  ...below(".content[]", PART),
  ".refusal": text("refusal"),
  ".reasoning": text("reasoning"),
  ".reasoning_content": text("reasoning"),
  ".tool_calls[].id": id,
  ".tool_calls[].type": choice,
  ".tool_calls[].function.name": text("name"),
  ".tool_calls[].function.arguments": text("arguments"),
  ".tool_calls[].function.arguments.**": text("arguments"),
  ".function_call.name": text("name"),
  ".function_call.arguments": text("arguments"),
};

const CUSTOM_CALL: PlaceTable = {
  ".tool_calls[].custom.name": text("name"),
  ".tool_calls[].custom.input": text("arguments"),
};

/** Members that more than one kind of request has. */
const SHARED_REQUEST: PlaceTable = {
  model,
  stop: text("other"),
  "stop[]": text("other"),
  user: text("other"),
  "metadata.**": text("other"),
  "vetted.**": ours,
};

const TOOLS: PlaceTable = {
  "tools[].type": choice,
  "tools[].function.name": text("name"),
  "tools[].function.description": text("tool_description"),
  "tools[].function.parameters.**": text("tool_description"),
  "tools[].custom.name": text("name"),
  "tools[].custom.description": text("tool_description"),
  "tools[].custom.format.type": choice,
  "tools[].custom.format.grammar.syntax": choice,
  "tools[].custom.format.grammar.definition": text("tool_description"),
  "functions[].name": text("name"),
  "functions[].description": text("tool_description"),
  "functions[].parameters.**": text("tool_description"),
  function_call: choice,
  "function_call.name": text("name"),
  tool_choice: choice,
  "tool_choice.type": choice,
  "tool_choice.function.name": text("name"),
  "tool_choice.custom.name": text("name"),
  "tool_choice.allowed_tools.mode": choice,
  "tool_choice.allowed_tools.tools[].**": text("name"),
};

const CHAT_SETTINGS: PlaceTable = {
  prompt_cache_key: text("other"),
  "prompt_cache_options.mode": choice,
  "prompt_cache_options.ttl": choice,
  prompt_cache_retention: choice,
  safety_identifier: text("other"),
  service_tier: choice,
  verbosity: choice,
  "modalities[]": choice,
  reasoning_effort: choice,
  prompt_mode: choice,
  "audio.format": choice,
  "audio.voice": choice,
  "audio.voice.id": id,
  "moderation.model": model,
  "moderation.policy.input.mode": choice,
  "moderation.policy.output.mode": choice,
  "guardrails[].moderation_llm_v1.model_name": model,
  "guardrails[].moderation_llm_v1.action": choice,
  "guardrails[].moderation_llm_v2.model_name": model,
  "guardrails[].moderation_llm_v2.action": choice,
  "response_format.type": choice,
  "response_format.json_schema.name": text("name"),
  "response_format.json_schema.description": text("schema"),
  "response_format.json_schema.schema.**": text("schema"),
  "web_search_options.search_context_size": choice,
  "web_search_options.user_location.type": choice,
  "web_search_options.user_location.approximate.city": text("other"),
  "web_search_options.user_location.approximate.country": text("other"),
  "web_search_options.user_location.approximate.region": text("other"),
  "web_search_options.user_location.approximate.timezone": text("other"),
};

const CHAT_REQUEST: PlaceTable = {
  ...SHARED_REQUEST,
  ...below("messages[]", MESSAGE),
  ...below("messages[]", CUSTOM_CALL),
  ...below("messages[].content[]", REQUEST_PART),
  "messages[].name": text("name"),
  "messages[].tool_call_id": id,
  "messages[].audio.id": id,
  "prediction.type": choice,
  "prediction.content": text("content"),
  "prediction.content[].type": choice,
  "prediction.content[].text": text("content"),
  "prediction.content[].prompt_cache_breakpoint.mode": choice,
  ...TOOLS,
  ...CHAT_SETTINGS,
};

const PROMPT_REQUEST: PlaceTable = {
  ...SHARED_REQUEST,
  prompt: text("content"),
  "prompt[]": text("content"),
  suffix: text("content"),
};

/** The envelope of every answer and chunk. */
const ENVELOPE: PlaceTable = {
  id,
  object: choice,
  model,
  system_fingerprint: id,
  service_tier: choice,
};

/** What one side of OpenAI's `moderation` block says of a request or an answer. */
const MODERATION_RESULT: PlaceTable = {
  ".type": choice,
  ".code": choice,
  ".message": text("other"),
  ".model": model,
  ".results[].type": choice,
  ".results[].model": model,
  ".results[].category_applied_input_types.*[]": choice,
};

const CHAT_ENVELOPE: PlaceTable = {
  ...ENVELOPE,
  "choices[].finish_reason": choice,
  "choices[].logprobs.**": tokens,
  ...below("moderation.input", MODERATION_RESULT),
  ...below("moderation.output", MODERATION_RESULT),
};

const CHAT_ANSWER: PlaceTable = {
  ...CHAT_ENVELOPE,
  ...below("choices[].message", MESSAGE),
  ...below("choices[].message", CUSTOM_CALL),
  "choices[].message.annotations[].type": choice,
  "choices[].message.annotations[].url_citation.title": text("content"),
  "choices[].message.annotations[].url_citation.url": url,
  "choices[].message.audio.id": id,
  "choices[].message.audio.data": { is: "bytes", why: "speech in base64" },
  "choices[].message.audio.transcript": text("content"),
  "choices[].message.reasoning_details[].data": data("reasoning encrypted by the upstream"),
  "choices[].message.reasoning_details[].signature": data("a signature"),
  "metadata.**": text("other"),
};

const CHAT_CHUNK: PlaceTable = {
  ...CHAT_ENVELOPE,
  ...below("choices[].delta", MESSAGE),
  "choices[].delta.reasoning_details[].signature": data("a signature"),
  obfuscation: padding,
  p: padding,
};

const COMPLETION_ANSWER: PlaceTable = {
  ...ENVELOPE,
  "choices[].text": text("content"),
  "choices[].finish_reason": choice,
  "choices[].logprobs.**": tokens,
};

/** Where text stands in requests. */
export const REQUEST_PLACES = {
  chat: CHAT_REQUEST,
  completions: PROMPT_REQUEST,
  fim: { ...PROMPT_REQUEST, prompt_cache_key: text("other") },
  embeddings: {
    ...SHARED_REQUEST,
    input: text("content"),
    "input[]": text("content"),
    encoding_format: choice,
    output_dtype: choice,
  },
  moderations: {
    ...SHARED_REQUEST,
    input: text("content"),
    "input[]": text("content"),
    "input[].type": choice,
    "input[].text": text("content"),
    "input[].image_url.url": url,
  },
} as const satisfies Record<string, PlaceTable>;

/**
 * Where text stands in whole answers; null: nowhere (vectors, verdicts and scores in an envelope of identifiers), and no
 * output policy is asked.
 */
export const ANSWER_PLACES = {
  chat: CHAT_ANSWER,
  completions: COMPLETION_ANSWER,
  fim: CHAT_ANSWER,
  embeddings: null,
  moderations: null,
} as const satisfies Record<string, PlaceTable | null>;

/** Where text stands in the chunks of a stream; null: there are no streams. */
export const CHUNK_PLACES = {
  chat: CHAT_CHUNK,
  completions: COMPLETION_ANSWER,
  fim: CHAT_CHUNK,
  embeddings: null,
  moderations: null,
} as const satisfies Record<string, PlaceTable | null>;
