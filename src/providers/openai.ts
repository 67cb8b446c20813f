import { decodeUpstreamError } from "./errors/upstream-errors.ts";
import { openaiCodecs } from "./openai/codec.ts";
import { openaiEdits } from "./openai/request.ts";
import type { Codec, Provider } from "./provider.ts";

const encode: Codec["encode"] = (request, to) => openaiEdits(request, to, true);

/** api.openai.com. */
export const openai: Provider<"openai"> = {
  name: "openai",
  baseUrl: "https://api.openai.com/v1",
  apiKeyEnv: "OPENAI_API_KEY",
  codecs: {
    chat: { ...openaiCodecs.chat, encode },
    completions: openaiCodecs.completions,
    embeddings: { ...openaiCodecs.embeddings, encode },
    moderations: openaiCodecs.moderations,
  },
  streamUsage: "ask",
  continuesPrefix: false,
  decodeError: decodeUpstreamError,
};
