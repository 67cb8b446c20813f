import { decodeUpstreamError } from "./errors/upstream-errors.ts";
import { openaiCodecs } from "./openai/codec.ts";
import { openaiEdits } from "./openai/request.ts";
import type { Provider } from "./provider.ts";

/** api.openai.com. */
export const openai: Provider<"openai"> = {
  name: "openai",
  baseUrl: "https://api.openai.com/v1",
  apiKeyEnv: "OPENAI_API_KEY",
  codecs: {
    chat: {
      ...openaiCodecs.chat,
      encode: (request, to) => ({ path: "/chat/completions", edits: openaiEdits(request, to, true) }),
    },
    completions: openaiCodecs.completions,
    embeddings: {
      ...openaiCodecs.embeddings,
      encode: (request, to) => ({ path: "/embeddings", edits: openaiEdits(request, to, true) }),
    },
    moderations: openaiCodecs.moderations,
  },
  streamUsage: "ask",
  continuesPrefix: false,
  decodeError: decodeUpstreamError,
};
