/** A request as the upstream got it. */
export interface Received {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: { readonly model: string; readonly stream?: boolean };
}

/** A real OpenAI-compatible server on a port of its own, that answers in a few words. */
export interface Upstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  readonly received: readonly Received[];
  /** Resolves when this many streams have sent their first word and are waiting. */
  waiting(streams: number): Promise<void>;
  /** Lets the streams that wait, and all later ones, finish. */
  release(): void;
}

const WORDS = ["One", " gate", " for", " all"];
const about = { id: "chatcmpl-1", created: 1_700_000_000, model: "small" };
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

const answer = {
  ...about,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: WORDS.join("") }, finish_reason: "stop" }],
  usage,
};

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null): string =>
  event({ ...about, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] });

/** What its answers say, whole or streamed. */
export const UPSTREAM_TEXT = WORDS.join("");

/** Starts one. With `held`, streams stop after their first word until `release`. */
export function startUpstream({ held = false } = {}): Upstream {
  const received: Received[] = [];
  const gate = Promise.withResolvers<void>();
  const watchers: { readonly streams: number; readonly tell: () => void }[] = [];
  let started = 0;
  if (!held) gate.resolve();

  async function* stream(): AsyncGenerator<string> {
    yield chunk({ role: "assistant", content: WORDS[0] }, null);
    started += 1;
    for (const { streams, tell } of watchers) if (started >= streams) tell();
    await gate.promise;
    for (const word of WORDS.slice(1)) yield chunk({ content: word }, null);
    yield chunk({}, "stop");
    yield event({ ...about, object: "chat.completion.chunk", choices: [], usage });
    yield "data: [DONE]\n\n";
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const body = (await request.json()) as Received["body"];
      const authorization = request.headers.get("authorization");
      received.push({ path: new URL(request.url).pathname, authorization, body });
      if (body.stream !== true) return Response.json(answer);
      return new Response(stream(), { headers: { "content-type": "text/event-stream" } });
    },
  });

  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    received,
    waiting: (streams) =>
      started >= streams ? Promise.resolve() : new Promise((tell) => void watchers.push({ streams, tell })),
    release: () => gate.resolve(),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
