import type { Endpoint, Services } from "../../lib/context.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import type { Target } from "../targets/target.ts";
import { answerTooLong } from "./failure.ts";

/** Bytes of an error answer that are read: the reason stands at its beginning. */
const MAX_ERROR_BYTES = 64 * 1024;

/** One request to one target. */
export interface UpstreamCall {
  readonly target: Target;
  readonly endpoint: Endpoint;
  readonly body: string | Uint8Array;
  /** The body as a value, for targets that answer in the process. */
  readonly value: () => JsonObject;
  readonly requestId: string;
  readonly traceparent: string | null;
  readonly signal: AbortSignal;
  /** Whether an idle connection of the pool may be used. */
  readonly keepalive: boolean;
}

/**
 * The only place that asks an upstream. Redirects are never followed (a credential would travel), the only proxy is the
 * target's own and never one of the environment, Bun's own timers are off. Rejects with what fetch rejects with.
 */
export function callUpstream(call: UpstreamCall, services: Services): Promise<Response> {
  const { target, endpoint, signal } = call;
  const { transport } = target.provider;
  if (transport !== undefined) {
    return transport(call.value(), endpoint, { clock: services.clock, signal, settings: target.config as JsonObject });
  }
  const headers: Record<string, string> = { ...target.headers, "x-request-id": call.requestId };
  if (call.traceparent !== null) headers["traceparent"] = call.traceparent;
  const init = {
    method: "POST",
    headers,
    body: call.body,
    signal,
    redirect: "manual",
    proxy: target.config.proxy ?? false,
    timeout: false,
    keepalive: call.keepalive,
  } as const;
  return services.fetch(target.urls[endpoint]!, init as RequestInit);
}

/**
 * The text of an answer, at most `maxBytes` of it. Throws `upstream_invalid_answer` above that; rejects with what the
 * connection broke with.
 */
export function readAnswer(response: Response, maxBytes: number): Promise<string> {
  const length = response.headers.get("content-length");
  // of a compressed answer the header says how long it was, not how long it becomes
  const plain = !response.headers.has("content-encoding");
  if (plain && length !== null && Number(length) <= maxBytes) return response.text();
  return readCounted(response, maxBytes);
}

async function readCounted(response: Response, maxBytes: number): Promise<string> {
  // of one that says itself that it is too large not a byte is waited for
  if (Number(response.headers.get("content-length")) > maxBytes) throw answerTooLong(maxBytes);
  const { text, whole } = await readUpTo(response, maxBytes);
  if (whole) return text;
  throw answerTooLong(maxBytes);
}

/** The beginning of an error answer; what cannot be read any more is left out. */
export async function readFailure(response: Response): Promise<string> {
  try {
    return (await readUpTo(response, MAX_ERROR_BYTES)).text;
  } catch {
    return "";
  }
}

async function readUpTo(response: Response, maxBytes: number): Promise<{ text: string; whole: boolean }> {
  if (response.body === null) return { text: "", whole: true };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = maxBytes;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
    if (left < 0) {
      await reader.cancel();
      return { text, whole: false };
    }
  }
}
