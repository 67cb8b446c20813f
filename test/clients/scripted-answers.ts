/** What the scripted upstream says, in the words of OpenAI and of Mistral as they were recorded. */

export const WORDS = ["The", " Main", " flows", " through", " Frankfurt", "."] as const;
export const TEXT = WORDS.join("");
export const THOUGHT = "A river has a mouth.";
export const JSON_TEXT = '{"river":"Main","length_km":525}';
export const TOOL = { name: "get_level", arguments: '{"river":"Main","unit":"cm"}' } as const;
export const VECTORS = [
  [0.5, -0.25, 0.125],
  [1, 0, -2],
] as const;

/** Whose API the upstream speaks. */
export type Dialect = "openai" | "mistral";

type Json = Readonly<Record<string, unknown>>;

const USAGE = { prompt_tokens: 21, completion_tokens: 7, total_tokens: 28 };
const TOOL_ID: Readonly<Record<Dialect, string>> = { openai: "call_1vBUPkUTdBRlVgqYa2Z9o9Ee", mistral: "Dx3kP09aQ" };

const ABOUT: Readonly<Record<Dialect, Json>> = {
  openai: { id: "chatcmpl-DD5ZV1RFVgjGgvEZmdfI85", created: 1_772_012_053, model: "upstream-model-0806" },
  mistral: { id: "cf3e1f0e2b2a4e0a8f9c", created: 1_772_012_053, model: "upstream-model-0806" },
};

function usageOf(dialect: Dialect): Json {
  const details = { prompt_tokens_details: { cached_tokens: 0 } };
  return dialect === "openai"
    ? { ...USAGE, ...details, completion_tokens_details: { reasoning_tokens: 0 } }
    : { ...USAGE, ...details, num_cached_tokens: 0 };
}

function toolCall(dialect: Dialect): Json {
  const call = { id: TOOL_ID[dialect], type: "function", function: TOOL };
  return dialect === "openai" ? call : { ...call, index: 0 };
}

const thoughtPart = { type: "thinking", thinking: [{ type: "text", text: THOUGHT }] };

/** A whole chat completion: words, or the tool call. */
export function completion(
  dialect: Dialect,
  said: { readonly text: string; readonly thought?: string } | "tool",
): Json {
  const tool = said === "tool";
  const text = tool ? null : said.text;
  const thinks = !tool && said.thought !== undefined;
  const message =
    dialect === "openai"
      ? {
          role: "assistant",
          content: text,
          refusal: null,
          annotations: [],
          ...(thinks ? { reasoning_content: THOUGHT } : {}),
          ...(tool ? { tool_calls: [toolCall(dialect)] } : {}),
        }
      : {
          role: "assistant",
          content: thinks ? [thoughtPart, { type: "text", text }] : (text ?? ""),
          tool_calls: tool ? [toolCall(dialect)] : null,
        };
  const choice = { index: 0, message, finish_reason: tool ? "tool_calls" : "stop" };
  const rest = dialect === "openai" ? { service_tier: "default", system_fingerprint: "fp_16396ea983" } : {};
  return { ...ABOUT[dialect], object: "chat.completion", choices: [choice], usage: usageOf(dialect), ...rest };
}

function chunk(dialect: Dialect, delta: Json, rest: { readonly finish?: string; readonly usage?: Json } = {}): string {
  const choice = { index: 0, delta, finish_reason: rest.finish ?? null };
  const padding =
    dialect === "mistral" ? { p: "abcdefghijk" } : { obfuscation: "xK2", system_fingerprint: "fp_16396ea983" };
  const body = { ...ABOUT[dialect], object: "chat.completion.chunk", choices: [choice], ...padding };
  return frame(rest.usage === undefined ? body : { ...body, usage: rest.usage });
}

/** One SSE event. */
export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** The opening of a stream, and each word of it. */
export function opening(dialect: Dialect): string {
  return chunk(dialect, { role: "assistant", content: "", ...(dialect === "openai" ? { refusal: null } : {}) });
}
export function word(dialect: Dialect, content: string): string {
  return chunk(dialect, { content });
}

/** What was thought, in one chunk. */
export function thinking(dialect: Dialect): string {
  return chunk(dialect, dialect === "openai" ? { reasoning_content: THOUGHT } : { content: [thoughtPart] });
}

/** The end of a stream: at Mistral usage rides on the finish chunk, at OpenAI it follows for those who asked. */
export function closing(dialect: Dialect, finish: string, includeUsage: boolean): readonly string[] {
  if (dialect === "mistral")
    return [chunk(dialect, { content: "" }, { finish, usage: usageOf(dialect) }), "data: [DONE]\n\n"];
  const usage = { ...ABOUT.openai, object: "chat.completion.chunk", choices: [], usage: usageOf(dialect) };
  return [chunk(dialect, {}, { finish }), ...(includeUsage ? [frame(usage)] : []), "data: [DONE]\n\n"];
}

/** A tool call as it streams: in pieces at OpenAI, whole and with the finish at Mistral. */
export function toolStream(dialect: Dialect, includeUsage: boolean): readonly string[] {
  if (dialect === "mistral") {
    const delta = { tool_calls: [toolCall(dialect)], content: "" };
    return [
      opening(dialect),
      chunk(dialect, delta, { finish: "tool_calls", usage: usageOf(dialect) }),
      "data: [DONE]\n\n",
    ];
  }
  const first = { index: 0, id: TOOL_ID.openai, type: "function", function: { name: TOOL.name, arguments: "" } };
  const pieces = TOOL.arguments.match(/.{1,7}/g) ?? [];
  return [
    chunk(dialect, { role: "assistant", content: null, tool_calls: [first] }),
    ...pieces.map((piece) => chunk(dialect, { tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ...closing(dialect, "tool_calls", includeUsage),
  ];
}

/** Vectors: base64 where OpenAI was asked for it; this Mistral knows numbers only. */
export function embeddings(dialect: Dialect, format: unknown): Json {
  const encoded = (vector: readonly number[]): unknown =>
    dialect === "openai" && format === "base64"
      ? Buffer.from(new Float32Array(vector).buffer).toString("base64")
      : vector;
  const data = VECTORS.map((vector, index) => ({ object: "embedding", index, embedding: encoded(vector) }));
  const usage = {
    prompt_tokens: 8,
    total_tokens: 8,
    ...(dialect === "mistral" ? { completion_tokens: 0, request_count: 1 } : {}),
  };
  return { object: "list", data, model: "upstream-embed", usage, ...(dialect === "mistral" ? { id: "e1" } : {}) };
}

/** Errors as the vendors word them. */
export const FAILURES: Readonly<Record<Dialect, { readonly auth: Json; readonly bad: Json }>> = {
  openai: {
    auth: {
      error: {
        message: "Incorrect API key provided: upst***key.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_api_key",
      },
    },
    bad: {
      error: {
        message: "Invalid 'temperature': decimal above maximum value.",
        type: "invalid_request_error",
        param: "temperature",
        code: "decimal_above_max_value",
      },
    },
  },
  mistral: {
    auth: { detail: "Invalid API Key" },
    bad: {
      object: "error",
      message: "Invalid 'temperature': decimal above maximum value.",
      type: "invalid_request_invalid_args",
      param: null,
      code: "3051",
      raw_status_code: 400,
    },
  },
};
