import { createMistral } from "@ai-sdk/mistral";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, jsonSchema, Output, streamText, type ToolSet, tool } from "ai";
import { type Driver, type Endpoint, LEVEL_TOOL, statusIn } from "../driver.ts";

const tools: ToolSet = {
  [LEVEL_TOOL.name]: tool({
    description: LEVEL_TOOL.description,
    inputSchema: jsonSchema(LEVEL_TOOL.parameters as unknown as object),
  }),
};

/** The `ai` package on one of its providers. */
export function aiDriver(kind: "openai-compatible" | "mistral", { url, model }: Endpoint): Driver {
  const options = { baseURL: `${url}/v1`, apiKey: "unused" };
  const provider = kind === "mistral" ? createMistral(options) : createOpenAICompatible({ name: "weir", ...options });
  const chat = { model: provider(model), maxRetries: 0 };
  return {
    name: `ai + @ai-sdk/${kind}`,
    async chat(prompt, signal) {
      const stop = signal ? { abortSignal: signal } : {};
      const { text, finishReason, usage } = await generateText({ ...chat, prompt, ...stop });
      return { text, finish: finishReason, promptTokens: usage.inputTokens ?? null };
    },
    async stream(prompt, { onText, signal } = {}) {
      const result = streamText({ ...chat, prompt, onError: () => {}, ...(signal ? { abortSignal: signal } : {}) });
      let text = "";
      // errors of a stream come as parts: a user of `ai` handles them so
      for await (const part of result.fullStream) {
        if (part.type === "error") throw part.error;
        if (part.type === "abort") throw new DOMException("aborted", "AbortError");
        if (part.type !== "text-delta") continue;
        onText?.(part.text);
        text += part.text;
      }
      const finish = await result.finishReason;
      if (finish === "error") throw new Error("finished with an error");
      return { text, finish, promptTokens: (await result.usage).inputTokens ?? null };
    },
    async tool(prompt, stream) {
      const calls = stream
        ? await streamText({ ...chat, prompt, tools }).toolCalls
        : (await generateText({ ...chat, prompt, tools })).toolCalls;
      return { name: calls[0]?.toolName ?? "", arguments: calls[0]?.input };
    },
    json: async (prompt) => (await generateText({ ...chat, prompt, output: Output.json() })).output,
    async embed(texts) {
      return (await embedMany({ model: provider.embeddingModel(model), values: [...texts], maxRetries: 0 })).embeddings;
    },
    models: async () => null,
    statusOf: (thrown) => statusIn(thrown, "statusCode"),
  };
}
