/**
 * Fields that services in OpenAI's form add to an answer's message or calls for themselves, and that clients send back:
 * Gemini's signatures of thoughts, Groq's own tools, what LiteLLM keeps. Other services may refuse unknown fields, so
 * they are removed where a conversation goes on elsewhere.
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
