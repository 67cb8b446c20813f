/** How an answer of a client library ended, in words common to all. */
export interface Said {
  readonly text: string;
  /** As the library names it, or null where it hides it. */
  readonly finish: string | null;
  /** Prompt tokens as the library reports them; null where it does not. */
  readonly promptTokens: number | null;
}

/** A tool call as a client library hands it to its user. */
export interface CalledTool {
  readonly name: string;
  readonly arguments: unknown;
}

/**
 * One client library, used as its users use it. Every method rejects where the library raises; a failure of HTTP
 * carries the status in the message or in a member.
 */
export interface Driver {
  readonly name: string;
  chat(prompt: string, signal?: AbortSignal): Promise<Said>;
  /** Streams and reads every chunk blindly; `onText` is called with each piece. Aborted by `signal`. */
  stream(
    prompt: string,
    options?: { readonly onText?: (text: string) => void; readonly signal?: AbortSignal },
  ): Promise<Said>;
  tool(prompt: string, stream: boolean): Promise<CalledTool>;
  /** JSON mode: the parsed object. */
  json(prompt: string): Promise<unknown>;
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** Model ids; null where the library cannot list them. */
  models(): Promise<readonly string[] | null>;
  /** The HTTP status of what the library threw. */
  statusOf(thrown: unknown): number | undefined;
  close?(): Promise<void>;
}

/** Where and as whom a driver connects. */
export interface Endpoint {
  /** The gateway's root, without `/v1`. */
  readonly url: string;
  readonly model: string;
}

/** The tool every driver offers. */
export const LEVEL_TOOL = {
  name: "get_level",
  description: "The water level of a river",
  parameters: {
    type: "object",
    properties: { river: { type: "string" }, unit: { type: "string" } },
    required: ["river", "unit"],
    additionalProperties: false,
  },
} as const;

/** A status that stands on the error itself or on one of its causes. */
export function statusIn(thrown: unknown, ...names: readonly string[]): number | undefined {
  for (let error = thrown; typeof error === "object" && error !== null; error = "cause" in error ? error.cause : null) {
    const record = error as Record<string, unknown>;
    for (const name of names) if (typeof record[name] === "number") return record[name];
  }
  return undefined;
}

/** What a promise was rejected with; throws when it was not. */
export async function thrown(promise: PromiseLike<unknown>): Promise<unknown> {
  const ended = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in ended) return ended.error;
  throw new Error(`expected a failure, got ${JSON.stringify(ended.value)}`);
}
