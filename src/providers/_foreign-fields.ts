/**
 * What services in OpenAI's form put into an answer's message or its calls for themselves alone, and clients send back:
 * Gemini's signatures of thoughts, Groq's own tools, what LiteLLM keeps. Who knows its own fields only refuses them, so a
 * conversation that moves on from there loses them.
 */
export const FOREIGN_FIELDS = [
  "extra_content",
  "thought_signature",
  "executed_tools",
  "provider_specific_fields",
  "thinking_blocks",
] as const;

/** Anthropic's mark for its cache, which callers of Claude set on parts of a content in OpenAI's form, too. */
export const CACHE_CONTROL = "cache_control";
