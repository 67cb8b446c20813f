import type { Gateway } from "../../gateway/gateway-api.ts";
import { choicesOf } from "../../gateway/streams/stream-chunk.ts";
import { toGatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, parsedObject } from "../../lib/json/json.ts";
import { errorResponse } from "../../server/error-response.ts";

/**
 * What a request came to: the whole answer, an error status, a stream that ended with an error event; or, what must
 * never be, an answer that is not whole and does not say so, or none.
 */
export type Verdict = "served" | "error" | "broken_off" | "short" | "silent";

/** What the client saw of one request. */
export interface Seen {
  /** Null: no answer at all. */
  readonly status: number | null;
  readonly text: string;
  readonly finish: string | null;
  /** The code of the error it was told, in the body or in an error event. */
  readonly error: string | null;
  /** Whether the answer came to its end: a stream with `[DONE]`, a body that is JSON. */
  readonly ended: boolean;
}

/** Nothing came. */
export const NOTHING: Seen = { status: null, text: "", finish: null, error: null, ended: false };

/** Asks as a client would, and reads to the end; reports what was read so far through `progress`. */
export async function askAsClient(
  gateway: Gateway,
  ask: { model: string; stream: boolean; id: string },
  progress: (seen: Seen) => void,
): Promise<void> {
  const messages = [{ role: "user", content: "Please count." }];
  const request = new Request("http://weir.invalid/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: ask.model, messages, ...(ask.stream ? { stream: true } : {}) }),
  });
  const response = await gateway
    .answer("chat", request, { id: ask.id, address: null })
    .catch((thrown) => errorResponse(toGatewayError(thrown), ask.id));
  const { status } = response;
  progress({ ...NOTHING, status });
  if (status !== 200 || !ask.stream) return progress(wholeSeen(status, await response.text()));
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    progress(streamSeen(status, text));
  }
}

function wholeSeen(status: number, body: string): Seen {
  const value = parsedObject(body);
  if (value === null) return { ...NOTHING, status };
  const [choice] = choicesOf(value);
  const message = isObject(choice?.["message"]) ? choice["message"] : {};
  return {
    status,
    text: textIn(message["content"]),
    finish: wordIn(choice?.["finish_reason"]),
    error: errorIn(value),
    ended: true,
  };
}

function streamSeen(status: number, sse: string): Seen {
  const data = [...sse.matchAll(/^data: ?(.*)$/gm)].map(([, line = ""]) => line);
  let text = "";
  let finish: string | null = null;
  let error: string | null = null;
  for (const line of data) {
    const value = parsedObject(line);
    if (value === null) continue;
    error ??= errorIn(value);
    const [choice] = choicesOf(value);
    const delta = isObject(choice?.["delta"]) ? choice["delta"] : {};
    text += textIn(delta["content"]);
    finish ??= wordIn(choice?.["finish_reason"]);
  }
  return { status, text, finish, error, ended: data.includes("[DONE]") };
}

/** What is to be said of an answer; `whole` tells whether a text is all of what a target would have said. */
export function verdictOf(seen: Seen, over: boolean, whole: (text: string) => boolean): Verdict {
  if (seen.status === null || !over) return "silent";
  if (seen.status >= 400) return "error";
  if (seen.error !== null) return "broken_off";
  if (seen.text === "") return "silent";
  return seen.ended && seen.finish === "stop" && whole(seen.text) ? "served" : "short";
}

const wordIn = (value: unknown): string | null => (typeof value === "string" ? value : null);

const textIn = (content: unknown): string => (typeof content === "string" ? content : "");

function errorIn(value: JsonObject): string | null {
  const { error } = value;
  if (!isObject(error)) return null;
  return typeof error["code"] === "string" ? error["code"] : String(error["type"] ?? "error");
}
