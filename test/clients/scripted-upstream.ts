import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import {
  closing,
  completion,
  type Dialect,
  embeddings,
  FAILURES,
  frame,
  JSON_TEXT,
  opening,
  TEXT,
  THOUGHT,
  thinking,
  toolStream,
  WORDS,
  word,
} from "./scripted-answers.ts";

/** What a prompt makes the upstream do; anything else is answered in words. */
export const PROMPT = {
  words: "Where does the Main flow?",
  /** Words for ever, one every 10 ms. */
  endless: "Tell me everything.",
  /** No answer at all. */
  silence: "Think long.",
  /** What was thought, and the words. */
  thinking: "Think first.",
  /** The connection breaks after two words. */
  cut: "Break off.",
  /** A clean end after two words, without a finish. */
  short: "Stop early.",
  /** An error event after two words. */
  failing: "Fail midway.",
  unauthorized: "Use a wrong key.",
  rejected: "Be too hot.",
} as const;

interface ChatBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly unknown[] | null;
  readonly response_format?: { readonly type: string } | null;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly encoding_format?: unknown;
}

/** A request as the upstream got it. */
export interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: ChatBody;
}

/** A scripted vendor on a port of its own. */
export interface ScriptedUpstream extends Disposable {
  readonly dialect: Dialect;
  readonly baseUrl: string;
  /** Everything asked since the last `forget`. */
  readonly asked: readonly Asked[];
  forget(): void;
  /** Resolves once something has been asked since the last `forget`. */
  nextAsked(): Promise<void>;
  /** Resolves when the next request in progress loses its client. */
  nextAbort(): Promise<void>;
}

/** Starts one that speaks as OpenAI or as Mistral does. */
export async function startScriptedUpstream(dialect: Dialect): Promise<ScriptedUpstream> {
  const asked: Asked[] = [];
  let aborted = Promise.withResolvers<void>();
  let told = Promise.withResolvers<void>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await json(request)) as ChatBody;
    const path = request.url ?? "";
    asked.push({ path, authorization: request.headers.authorization ?? null, body });
    told.resolve();
    response.on("close", () => response.writableFinished || aborted.resolve());
    if (path.endsWith("/embeddings")) answer(response, 200, embeddings(dialect, body.encoding_format));
    else await chat(response, dialect, body);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    dialect,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    forget: () => {
      asked.length = 0;
      told = Promise.withResolvers<void>();
    },
    nextAsked: () => told.promise,
    nextAbort: () => {
      aborted = Promise.withResolvers<void>();
      return aborted.promise;
    },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The last message's text, whether it came as a string or in parts. */
function promptOf(body: ChatBody): string {
  const content = body.messages?.at(-1)?.content;
  if (!Array.isArray(content)) return String(content);
  return content.map((part: { readonly text?: string }) => part.text ?? "").join("");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function chat(response: ServerResponse, dialect: Dialect, body: ChatBody): Promise<void> {
  const prompt = promptOf(body);
  if (prompt === PROMPT.silence) return;
  if (prompt === PROMPT.unauthorized) return answer(response, 401, FAILURES[dialect].auth);
  if (prompt === PROMPT.rejected) return answer(response, 400, FAILURES[dialect].bad);
  const asksTool = (body.tools?.length ?? 0) > 0;
  const asksJson = body.response_format?.type.startsWith("json") === true;
  const thought = prompt === PROMPT.thinking ? { thought: THOUGHT } : {};
  const said = asksTool ? "tool" : { text: asksJson ? JSON_TEXT : TEXT, ...thought };
  if (body.stream !== true) return answer(response, 200, completion(dialect, said));
  const includeUsage = body.stream_options?.include_usage === true;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  if (asksTool) for (const event of toolStream(dialect, includeUsage)) response.write(event);
  else await words(response, dialect, prompt, includeUsage);
  if (prompt === PROMPT.cut) response.socket?.destroy();
  else response.end();
}

async function words(response: ServerResponse, dialect: Dialect, prompt: string, includeUsage: boolean): Promise<void> {
  response.write(opening(dialect));
  if (prompt === PROMPT.thinking) response.write(thinking(dialect));
  while (prompt === PROMPT.endless && !response.destroyed) {
    response.write(word(dialect, " and"));
    await Bun.sleep(10);
  }
  const whole = prompt !== PROMPT.cut && prompt !== PROMPT.short && prompt !== PROMPT.failing;
  for (const text of whole ? WORDS : WORDS.slice(0, 2)) response.write(word(dialect, text));
  if (whole) for (const event of closing(dialect, "stop", includeUsage)) response.write(event);
  if (prompt === PROMPT.failing)
    response.write(frame({ error: { message: "The engine stopped", type: "server_error", param: null, code: null } }));
  // the gateway has read the words before the connection breaks, also on a busy machine: together they would be lost
  if (prompt === PROMPT.cut) await Bun.sleep(500);
}
