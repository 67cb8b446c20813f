import type { RequestContext, Services } from "../../lib/context.ts";
import { applyEdits, type SourceEdit } from "../../lib/edits/edits.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject, Parsed } from "../../lib/json/json.ts";
import { traceparentOf } from "../../lib/trace-context.ts";
import type { Codec, Destination } from "../../providers/provider.ts";
import { upstreamModel } from "../targets/target.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { isStaleConnection } from "./failure.ts";
import { type Sent, withoutFormat, withoutRefused } from "./refused-words.ts";
import { callUpstream, readFailure, type UpstreamCall } from "./upstream.ts";

/** One request to one target, as far as sending it needs to know. */
export interface Exchange {
  readonly asked: Asked;
  readonly codec: Codec;
  readonly entry: AttemptEntry;
  readonly context: RequestContext;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/** A connection of the pool that died while it was idle shows it at once; later the upstream may have begun to work. */
const STALE_MS = 1_000;

/**
 * Sends the request and gives a 2xx answer; anything else is thrown as the provider reads it. An upstream that refuses
 * `stream_options`, by which usage is asked for, or `encoding_format`, which OpenAI's clients send by themselves, is asked
 * once more without it. Later requests leave it out at once, unless the caller's own value may have been what it refused.
 */
export function exchange(of: Exchange): Promise<Response> {
  const { streamUsage, live } = of.entry.target;
  const usage = of.context.stream && streamUsage === "ask" && !live.refusesStreamOptions;
  return exchangeOnce(of, { usage, format: !live.refusesEncodingFormat });
}

async function exchangeOnce(of: Exchange, sent: Sent): Promise<Response> {
  const { target } = of.entry;
  const response = await answerTo(of, callOf(of, sent));
  target.live.resetsFreshOnes = false;
  of.entry.record.status = response.status;
  if (response.ok) return response;
  const body = await readFailure(response);
  const error = target.provider.decodeError({ status: response.status, headers: response.headers, body });
  const less = withoutRefused(of.asked, sent, { error, body, status: response.status });
  if (less === null) throw error;
  const answer = await exchangeOnce(of, less.sent);
  // only now is it known to have been these: what a refusal says may be the caller's own words
  if (less.remember !== null) target.live[less.remember] = true;
  return answer;
}

/** What the upstream answers, on a fresh connection where an idle one of the pool had died unnoticed. */
async function answerTo(of: Exchange, call: UpstreamCall): Promise<Response> {
  const { live } = of.entry.target;
  try {
    return await callUpstream(call, of.services);
  } catch (thrown) {
    if (of.signal.aborted || !mayBeStale(of, thrown)) throw thrown;
  }
  // most likely nothing was processed, so this is not a second try, but told
  of.entry.record.resent = true;
  try {
    return await callUpstream({ ...call, keepalive: false }, of.services);
  } catch (thrown) {
    // further tries count as they are configured, until something is answered again
    if (isStaleConnection(thrown)) live.resetsFreshOnes = true;
    throw thrown;
  }
}

/** Whether it may have been a connection from before, which had died unnoticed: then nothing was processed. */
function mayBeStale({ entry, context, services }: Exchange, thrown: unknown): boolean {
  const { lastSuccessAtMs, resetsFreshOnes } = entry.target.live;
  const sinceMs = services.clock.monotonic() - context.startedMs - entry.record.started_ms;
  return isStaleConnection(thrown) && lastSuccessAtMs !== null && !resetsFreshOnes && sinceMs < STALE_MS;
}

/** The span of the attempt where traces are exported; else what the caller sent goes on as it is. */
function traceparentFor({ record: { span_id } }: AttemptEntry, { trace, traceparent }: RequestContext): string | null {
  return trace === undefined || span_id === undefined ? traceparent : traceparentOf(trace, span_id);
}

/** What goes wrong here is no fault of the target's. */
function editsFor({ codec, parsed, to }: { codec: Codec; parsed: Parsed; to: Destination }): readonly SourceEdit[] {
  try {
    return codec.encode(parsed, to);
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    throw new GatewayError("internal", "Could not bring the request into the upstream's form", { cause: thrown });
  }
}

function callOf({ asked, codec, entry, context, signal }: Exchange, sent: Sent): UpstreamCall {
  const { target } = entry;
  const parsed = sent.format ? asked.parsed : withoutFormat(asked);
  const model = upstreamModel(target, asked.model);
  const edits = editsFor({ codec, parsed, to: { model, stream: context.stream, askUsage: sent.usage } });
  const source = applyEdits(parsed.source, edits);
  return {
    target,
    endpoint: asked.endpoint,
    body: edits.length === 0 && parsed === asked.parsed && asked.bytes !== null ? asked.bytes : source,
    value: () => (edits.length === 0 ? parsed.value : (JSON.parse(source) as JsonObject)),
    requestId: context.id,
    traceparent: traceparentFor(entry, context),
    signal,
    keepalive: !target.live.resetsFreshOnes,
  };
}
