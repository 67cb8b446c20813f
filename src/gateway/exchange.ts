import type { Endpoint, RequestContext, Services } from "../lib/context.ts";
import { applyEdits } from "../lib/edits.ts";
import type { JsonObject, Parsed } from "../lib/json.ts";
import type { Codec, Dialect } from "../providers/provider.ts";
import { isStaleConnection } from "./failure.ts";
import type { AttemptEntry } from "./record.ts";
import { upstreamModel } from "./target.ts";
import { callUpstream, readFailure } from "./upstream.ts";

/** A request as it goes to targets: after the policies, before any provider's wishes. */
export interface Asked {
  readonly endpoint: Endpoint;
  readonly parsed: Parsed;
  /** The bytes as they came, where nothing has changed since. */
  readonly bytes: Uint8Array | null;
  readonly model: string | null;
  /** Choices a stream will have. */
  readonly choices: number;
  /** The caller asked for a usage chunk. */
  readonly includeUsage: boolean;
  /** The form the caller reads answers in. */
  readonly dialect: Dialect;
}

/** One request to one target, as far as sending it needs to know. */
export interface Exchange {
  readonly asked: Asked;
  readonly codec: Codec;
  readonly entry: AttemptEntry;
  readonly context: RequestContext;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/**
 * Sends the request and gives a 2xx answer; anything else is thrown as the provider reads it. An upstream that refuses
 * `stream_options` is asked once more without them, and never with them again.
 */
export async function exchange(of: Exchange): Promise<Response> {
  const { target } = of.entry;
  const askUsage = of.context.stream && target.streamUsage === "ask" && !target.live.refusesStreamOptions;
  const response = await send(of, askUsage);
  of.entry.record.status = response.status;
  if (response.ok) return response;
  const body = await readFailure(response);
  const error = target.provider.decodeError({ status: response.status, headers: response.headers, body });
  const namesOptions = (response.status === 400 || response.status === 422) && body.includes("stream_options");
  if (!askUsage || !namesOptions) throw error;
  target.live.refusesStreamOptions = true;
  return exchange(of);
}

async function send(of: Exchange, askUsage: boolean): Promise<Response> {
  const { asked, codec, context, services, signal } = of;
  const { target } = of.entry;
  const model = upstreamModel(target, asked.model);
  const encoded = codec.encode(asked.parsed, { model, stream: context.stream, askUsage });
  const source = applyEdits(asked.parsed.source, encoded.edits);
  const untouched = encoded.edits.length === 0 && asked.bytes !== null;
  const call = {
    target,
    endpoint: asked.endpoint,
    body: untouched ? asked.bytes! : source,
    value: () => (encoded.edits.length === 0 ? asked.parsed.value : (JSON.parse(source) as JsonObject)),
    requestId: context.id,
    traceparent: context.traceparent,
    signal,
  };
  try {
    return await callUpstream({ ...call, keepalive: true }, services);
  } catch (thrown) {
    if (signal.aborted || !isStaleConnection(thrown)) throw thrown;
    // the pool's idle connection had died: nothing was processed, so this is not a second try
    return callUpstream({ ...call, keepalive: false }, services);
  }
}
