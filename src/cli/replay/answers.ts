import type { RequestEvent } from "../../schema/event.ts";
import type { Past } from "./past.ts";

/** What a target says where its answer was not kept. */
const SOMETHING = "answer";

/** What a target said, by the ledger. */
function said({ content }: RequestEvent): string {
  return (content?.form === "redacted" ? content.answer : null) ?? SOMETHING;
}

/** Its usage in OpenAI's form: by the ledger, else as that of others. */
function usageOf(event: RequestEvent, past: Past): object {
  const { cached_tokens: cached, reasoning_tokens: reasoning, billed_usd: billed } = event.usage;
  const { prompt, completion } = past.tokens(event);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached === null ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning === null ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
    ...(billed === undefined ? {} : { cost: billed }),
  };
}

function common(event: RequestEvent, past: Past): object {
  return { id: "replay", created: 1, model: past.model(event), usage: usageOf(event, past) };
}

const END = { index: 0, finish_reason: "stop" };

/** A whole answer. */
export function answerBody(event: RequestEvent, past: Past): object {
  const facts = common(event, past);
  switch (event.endpoint) {
    case "embeddings":
      return { ...facts, object: "list", data: [{ object: "embedding", index: 0, embedding: [0] }] };
    case "moderations":
      return { ...facts, results: [{ categories: {}, category_scores: {} }] };
    case "completions":
      return { ...facts, object: "text_completion", choices: [{ ...END, text: said(event) }] };
    default: {
      const message = { role: "assistant", content: said(event) };
      return { ...facts, object: "chat.completion", choices: [{ ...END, message }] };
    }
  }
}

/** The events of a streamed answer: the first words, then the rest with its usage. */
export function streamPieces(event: RequestEvent, past: Past): readonly [first: string, rest: string] {
  const isText = event.endpoint === "completions";
  const text = said(event);
  const half = Math.ceil(text.length / 2);
  const object = isText ? "text_completion" : "chat.completion.chunk";
  const choice = (part: string, finish: string | null) => {
    const words = isText ? { text: part } : { delta: { role: "assistant", content: part } };
    return { index: 0, finish_reason: finish, ...words };
  };
  const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
  const begun = { id: "replay", created: 1, model: past.model(event), object };
  const rest = { ...common(event, past), object, choices: [choice(text.slice(half), "stop")] };
  return [data({ ...begun, choices: [choice(text.slice(0, half), null)] }), `${data(rest)}data: [DONE]\n\n`];
}
