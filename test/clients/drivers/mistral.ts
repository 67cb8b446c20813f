import { Mistral } from "@mistralai/mistralai";
import { type Driver, type Endpoint, LEVEL_TOOL, statusIn } from "../driver.ts";

/** The npm `@mistralai/mistralai` client. */
export function mistralDriver({ url, model }: Endpoint): Driver {
  const client = new Mistral({ apiKey: "unused", serverURL: url });
  const messages = (prompt: string) => [{ role: "user" as const, content: prompt }];
  const tools = [{ type: "function" as const, function: LEVEL_TOOL }];
  const parsed = (text: unknown): unknown => (typeof text === "string" ? JSON.parse(text) : text);
  return {
    name: "@mistralai/mistralai",
    async chat(prompt, signal) {
      const request = { model, messages: messages(prompt) };
      const answer = await client.chat.complete(request, signal ? { fetchOptions: { signal } } : {});
      const choice = answer.choices[0];
      return {
        text: String(choice?.message?.content),
        finish: choice?.finishReason ?? null,
        promptTokens: answer.usage.promptTokens ?? null,
      };
    },
    async stream(prompt, { onText, signal } = {}) {
      const events = await client.chat.stream(
        { model, messages: messages(prompt) },
        signal ? { fetchOptions: { signal } } : {},
      );
      let [text, finish]: [string, string | null] = ["", null];
      for await (const { data } of events) {
        const piece = data.choices[0]!.delta.content;
        if (typeof piece === "string" && piece !== "") onText?.(piece);
        text += typeof piece === "string" ? piece : "";
        finish = data.choices[0]!.finishReason ?? finish;
      }
      return { text, finish, promptTokens: null };
    },
    async tool(prompt, stream) {
      const request = { model, messages: messages(prompt), tools };
      if (!stream) {
        const call = (await client.chat.complete(request)).choices[0]?.message?.toolCalls?.[0]?.function;
        return { name: call?.name ?? "", arguments: parsed(call?.arguments) };
      }
      let [name, args] = ["", ""];
      for await (const { data } of await client.chat.stream(request)) {
        for (const call of data.choices[0]!.delta.toolCalls ?? []) {
          name ||= call.function.name;
          args +=
            typeof call.function.arguments === "string"
              ? call.function.arguments
              : JSON.stringify(call.function.arguments);
        }
      }
      return { name, arguments: parsed(args) };
    },
    async json(prompt) {
      const responseFormat = { type: "json_object" as const };
      const answer = await client.chat.complete({ model, messages: messages(prompt), responseFormat });
      return parsed(answer.choices[0]?.message?.content);
    },
    async embed(texts) {
      const { data } = await client.embeddings.create({ model, inputs: [...texts] });
      return data.map(({ embedding }) => embedding ?? []);
    },
    async models() {
      const { data } = await client.models.list();
      return (data ?? []).map((card) => ("id" in card ? card.id : (card.raw as { id: string }).id));
    },
    statusOf: (thrown) => statusIn(thrown, "statusCode"),
  };
}
