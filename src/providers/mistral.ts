import { decodeChatAnswer } from "./_chat-answer.ts";
import { chatChunks } from "./_chat-chunks.ts";
import { decodeEmbeddings } from "./_embeddings-answer.ts";
import { textChunks } from "./_text-answer.ts";
import { decodeUpstreamError } from "./errors/upstream-errors.ts";
import { decodeModerations, encodeEmbeddings, encodeModerations } from "./mistral/inputs.ts";
import { encodeChat, encodeFim } from "./mistral/request.ts";
import type { Provider } from "./provider.ts";

/** api.mistral.ai. Its streams carry usage in their last chunk without being asked, and it can go on from a prefix. */
export const mistral: Provider<"mistral"> = {
  name: "mistral",
  baseUrl: "https://api.mistral.ai/v1",
  apiKeyEnv: "MISTRAL_API_KEY",
  codecs: {
    chat: { encode: encodeChat, decode: decodeChatAnswer, decodeStream: chatChunks },
    fim: { encode: encodeFim, decode: decodeChatAnswer, decodeStream: chatChunks },
    embeddings: { encode: encodeEmbeddings, decode: decodeEmbeddings, decodeStream: textChunks },
    moderations: { encode: encodeModerations, decode: decodeModerations, decodeStream: textChunks },
  },
  streamUsage: "always",
  continuesPrefix: true,
  decodeError: decodeUpstreamError,
};
