import { decodeUpstreamError } from "./errors/upstream-errors.ts";
import { openaiCodecs } from "./openai/codec.ts";
import type { Provider } from "./provider.ts";

/**
 * Any service that speaks OpenAI's wire format (vLLM, Ollama, Groq, DeepSeek, OpenRouter, Azure, Scaleway, OVH, …). The
 * target gives `base_url` and, where a key is needed, `secret_key_ref`. Every endpoint is offered: what the service does
 * not serve, its own 404 says.
 */
export const openaiCompatible: Provider<"openai-compatible"> = {
  name: "openai-compatible",
  baseUrl: null,
  apiKeyEnv: null,
  codecs: openaiCodecs,
  streamUsage: "ask",
  continuesPrefix: false,
  decodeError: decodeUpstreamError,
};
