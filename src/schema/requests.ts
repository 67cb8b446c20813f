import type { TObject } from "@sinclair/typebox";
import { ChatRequest } from "./chat.ts";
import { CompletionRequest, EmbeddingsRequest, FimRequest, ModerationsRequest } from "./text-requests.ts";

/** The request of every endpoint, by its name. */
export const REQUEST_SCHEMAS = {
  chat: ChatRequest,
  completions: CompletionRequest,
  fim: FimRequest,
  embeddings: EmbeddingsRequest,
  moderations: ModerationsRequest,
} as const satisfies Record<string, TObject>;
