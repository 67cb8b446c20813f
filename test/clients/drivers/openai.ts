import OpenAI from "openai";
import { type Driver, type Endpoint, LEVEL_TOOL, type Said, statusIn } from "../driver.ts";

/** The npm `openai` client. */
export function openaiDriver({ url, model }: Endpoint): Driver {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1` });
  const messages = (prompt: string) => [{ role: "user" as const, content: prompt }];
  const tools = [{ type: "function" as const, function: LEVEL_TOOL }];
  return {
    name: "openai",
    async chat(prompt, signal) {
      const request = { model, messages: messages(prompt) };
      const answer = await client.chat.completions.create(request, signal ? { signal } : {});
      const choice = answer.choices[0];
      return {
        text: choice?.message.content ?? "",
        finish: choice?.finish_reason ?? null,
        promptTokens: answer.usage?.prompt_tokens ?? null,
      };
    },
    async stream(prompt, { onText, signal } = {}) {
      const chunks = await client.chat.completions.create(
        { model, messages: messages(prompt), stream: true },
        signal ? { signal } : {},
      );
      const said: { -readonly [K in keyof Said]: Said[K] } = { text: "", finish: null, promptTokens: null };
      for await (const chunk of chunks) {
        const text = chunk.choices[0]!.delta.content;
        if (text) onText?.(text);
        said.text += text ?? "";
        said.finish = chunk.choices[0]!.finish_reason ?? said.finish;
      }
      return said;
    },
    async tool(prompt, stream) {
      const request = { model, messages: messages(prompt), tools };
      const message = stream
        ? await client.chat.completions.stream(request).finalMessage()
        : (await client.chat.completions.create(request)).choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (call?.type !== "function") throw new Error("no function call");
      return { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
    },
    async json(prompt) {
      const answer = await client.chat.completions.create({
        model,
        messages: messages(prompt),
        response_format: { type: "json_object" },
      });
      return JSON.parse(answer.choices[0]?.message.content ?? "");
    },
    async embed(texts) {
      return (await client.embeddings.create({ model, input: [...texts] })).data.map(({ embedding }) => embedding);
    },
    models: async () => (await Array.fromAsync(client.models.list())).map(({ id }) => id),
    statusOf: (thrown) => statusIn(thrown, "status"),
  };
}
