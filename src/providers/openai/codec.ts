import { isObject } from "../../lib/json/json.ts";
import { decodeChatAnswer } from "../_chat-answer.ts";
import { chatChunks } from "../_chat-chunks.ts";
import { decodeEmbeddings } from "../_embeddings-answer.ts";
import { decodeText, textChunks } from "../_text-answer.ts";
import { wholeCalls } from "../_whole-calls.ts";
import type { Codec } from "../provider.ts";
import { openaiEdits } from "./request.ts";

const encode: Codec["encode"] = (request, to) => openaiEdits(request, to, false);

/** Mistral's own clients are given what Mistral would send: nobody but Mistral does so by itself. */
const chunks: Codec["decodeStream"] = (request, dialect) =>
  dialect === "mistral" ? wholeCalls(chatChunks(request, dialect)) : chatChunks(request, dialect);

/** The same of whole answers, whose calls, indices and reasons they demand; a text in parts is Mistral's own form. */
const answers: Codec["decode"] = (answer, request, dialect) =>
  decodeChatAnswer(answer, request, dialect === "mistral" && !hasParts(answer.value["choices"]) ? "openai" : dialect);

function hasParts(choices: unknown): boolean {
  if (!Array.isArray(choices)) return false;
  return choices.some(
    (choice) => isObject(choice) && isObject(choice["message"]) && Array.isArray(choice["message"]["content"]),
  );
}

/** Codecs of every endpoint as OpenAI defined it; a provider lists those it serves. */
export const openaiCodecs = {
  chat: { encode, decode: answers, decodeStream: chunks },
  completions: { encode, decode: decodeText, decodeStream: textChunks },
  fim: { encode, decode: answers, decodeStream: chunks },
  embeddings: { encode, decode: decodeEmbeddings, decodeStream: textChunks },
  moderations: { encode, decode: decodeText, decodeStream: textChunks },
} as const satisfies Record<string, Codec>;
