import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatMistralAI, MistralAIEmbeddings } from "@langchain/mistralai";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { type Driver, type Endpoint, LEVEL_TOOL, type Said, statusIn } from "../driver.ts";

const tools = [{ type: "function" as const, function: LEVEL_TOOL }];

function models(kind: "openai" | "mistralai", { url, model }: Endpoint) {
  const shared = { model, apiKey: "unused", maxRetries: 0 };
  return kind === "openai"
    ? {
        chat: new ChatOpenAI({ ...shared, configuration: { baseURL: `${url}/v1` } }),
        embeddings: new OpenAIEmbeddings({ ...shared, configuration: { baseURL: `${url}/v1` } }),
      }
    : {
        chat: new ChatMistralAI({ ...shared, serverURL: url }),
        embeddings: new MistralAIEmbeddings({ ...shared, serverURL: url }),
      };
}

function said(message: AIMessageChunk | undefined): Said {
  const meta = message?.response_metadata ?? {};
  const finish: unknown = meta["finish_reason"] ?? meta["finishReason"];
  const usage = message?.usage_metadata as { readonly input_tokens: number } | undefined;
  return {
    text: message?.text ?? "",
    finish: typeof finish === "string" ? finish : null,
    promptTokens: usage?.input_tokens ?? null,
  };
}

/** LangChain's chat models. */
export function langchainDriver(kind: "openai" | "mistralai", endpoint: Endpoint): Driver {
  const { chat, embeddings } = models(kind, endpoint);
  return {
    name: `@langchain/${kind}`,
    chat: async (prompt, signal) => said((await chat.invoke(prompt, signal ? { signal } : {})) as AIMessageChunk),
    async stream(prompt, { onText, signal } = {}) {
      let whole: AIMessageChunk | undefined;
      for await (const chunk of await chat.stream(prompt, signal ? { signal } : {})) {
        if (chunk.text !== "") onText?.(chunk.text);
        whole = whole === undefined ? chunk : whole.concat(chunk);
      }
      return said(whole);
    },
    async tool(prompt, stream) {
      const bound = chat.bindTools(tools);
      let message: AIMessageChunk | undefined;
      if (!stream) message = (await bound.invoke(prompt)) as AIMessageChunk;
      else
        for await (const chunk of await bound.stream(prompt))
          message = message === undefined ? chunk : message.concat(chunk);
      const call = message?.tool_calls?.[0];
      return { name: call?.name ?? "", arguments: call?.args };
    },
    async json(prompt) {
      const answer =
        chat instanceof ChatOpenAI
          ? await chat.invoke(prompt, { response_format: { type: "json_object" } })
          : await chat.invoke(prompt, { response_format: { type: "json_object" } } as object);
      return JSON.parse(answer.text);
    },
    embed: (texts) => embeddings.embedDocuments([...texts]),
    models: async () => null,
    statusOf: (thrown) => statusIn(thrown, "status", "statusCode"),
  };
}
