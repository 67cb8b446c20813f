import type { CommittedStream } from "../../carbon/commitment.ts";
import type { RequestContext, Services } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject, Parsed } from "../../lib/json/json.ts";
import type { Ticker } from "../../lib/ticker.ts";
import type { Codec, DecodeChunk, Dialect } from "../../providers/provider.ts";
import type { Riders } from "../carbon/riders.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";
import { withLack } from "../routes/lacking.ts";
import type { Relay } from "../streams/relay.ts";
import type { StreamState } from "../streams/stream-state.ts";
import { type Target, upstreamModel } from "../targets/target.ts";
import { withoutCredentials } from "../targets/without-credentials.ts";
import { promptBytes } from "../usage.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { AttemptGuard, limitsOf } from "./attempt-guard.ts";
import { exchange } from "./exchange.ts";
import { ClientGone, connectionError } from "./failure.ts";
import { openStream } from "./open-stream.ts";
import { filtered, isFiltered, readWhole, wholeUsage } from "./whole-answer.ts";

/** Bytes of a whole answer that are read where nothing is said: it is held. */
const MAX_WHOLE_BYTES = 64 * 1024 * 1024;

/** What one try needs besides the request. */
export interface AskOptions {
  readonly context: RequestContext;
  readonly services: Services;
  readonly ticker: Ticker;
  /** `size_limits.max_response_bytes`; absent: a stream of any length, and {@link MAX_WHOLE_BYTES} of a whole answer. */
  readonly maxResponseBytes: number | undefined;
  /** Monotonic ms at which the whole request must be over. */
  readonly deadlineMs: number;
  /** Opens the output policies' transform for one stream. `beside`: those of other attempts stay open. */
  readonly openTransform: (beside?: boolean) => ComposedTransform | null;
  /** Sees and may change the chunks of a stream as they are decoded, before policies do. */
  readonly followChunks?: ((decode: DecodeChunk) => DecodeChunk) | undefined;
  /** What a stream used where its upstream does not say; without it, by what was asked and delivered. */
  readonly estimateUsage?: (() => JsonObject) | undefined;
  /** What rides on the last chunks of a stream, asked when the client takes them; absent: nothing. */
  readonly riders?: (() => Riders | null) | undefined;
  /** Opens the record of what a client gets of one stream, for its receipt; absent: none is kept. */
  readonly openSent?: (() => CommittedStream) | undefined;
  /** Whether an answer that the provider's content filter ended is a refusal, because another target is to be asked. */
  readonly refuseFiltered?: boolean | undefined;
  /** An error as the caller may read it, where an upstream's words are in it. */
  readonly checkWords?: ((error: GatewayError) => GatewayError) | undefined;
  /** Words of an answer as the next upstream may be told them, without what policies take out; null: it may not be. */
  readonly tellable?: ((text: string) => string | null) | undefined;
  /**
   * Whether this try continues a stream that broke off: then transform and commitment are that stream's, and outlive
   * it.
   */
  readonly goesOn?: boolean | undefined;
}

/** A whole answer of a target. */
export interface WholeReply {
  readonly kind: "whole";
  readonly entry: AttemptEntry;
  /** UTF-8 bytes of what was asked, for an estimate where no usage comes. */
  readonly promptBytes: () => number;
  readonly parsed: Parsed;
  /** The form the caller reads it in. */
  readonly dialect: Dialect;
}

/** A stream of a target, its first event read. */
export interface StreamReply {
  readonly kind: "stream";
  readonly entry: AttemptEntry;
  /** As that of {@link WholeReply}. */
  readonly promptBytes: () => number;
  readonly relay: Relay;
  readonly state: StreamState;
  /** The decoder of its chunks; a resumption knows the stream by it. */
  readonly decode: DecodeChunk;
  readonly transform: ComposedTransform | null;
  /** Call when the stream is over: lets go of the client's signal. */
  readonly release: () => void;
}

/** What a target gave. */
export type Reply = WholeReply | StreamReply;

/**
 * Asks one target once. Throws a GatewayError that says what went wrong, or {@link ClientGone}. For a stream it returns
 * once the first real event is there; until then the upstream's failure is invisible to the client.
 */
export async function askTarget(asked: Asked, entry: AttemptEntry, options: AskOptions): Promise<Reply> {
  const { target } = entry;
  const codec = target.provider.codecs[asked.endpoint]!;
  const limits = limitsOf(asked, target, options);
  const guard = new AttemptGuard(options, limits.headMs);
  const { endpoint, parsed: body, model } = asked;
  const request = { endpoint, value: body.value, model, nowMs: limits.startedMs };
  const clean = (error: GatewayError): GatewayError => readable(error, target, options);
  try {
    const { context, services } = options;
    const response = await exchange({ asked, codec, entry, context, services, signal: guard.signal });
    const reply = context.stream
      ? await openStream({ asked, codec, entry, options, response, limits, guard, clean })
      : await wholeReply({ asked, codec, entry, options, response, guard });
    if (target.live.lacks.any) target.live.lacks.forget(upstreamModel(target, model), request);
    return reply;
  } catch (thrown) {
    guard.release();
    const error = connectionError(thrown, guard.signal.aborted ? guard.signal.reason : undefined);
    guard.abort(error);
    throw error instanceof GatewayError ? withLack(clean(error), target, request) : error;
  }
}

/** Without what neither callers nor the ledger are to read. */
function readable(error: GatewayError, target: Target, { checkWords }: AskOptions): GatewayError {
  const own = withoutCredentials(error, target);
  return checkWords?.(own) ?? own;
}

async function wholeReply(of: {
  asked: Asked;
  codec: Codec;
  entry: AttemptEntry;
  options: AskOptions;
  response: Response;
  guard: AttemptGuard;
}): Promise<WholeReply> {
  const { asked, codec, entry, options, response, guard } = of;
  const maxBytes = options.maxResponseBytes ?? MAX_WHOLE_BYTES;
  const parsed = await readWhole({ asked, codec, target: entry.target, response, maxBytes });
  if (options.refuseFiltered === true && isFiltered(parsed.value)) {
    entry.record.usage = wholeUsage(parsed.value, () => promptBytes(asked.parsed));
    throw filtered();
  }
  guard.release();
  return { kind: "whole", entry, promptBytes: () => promptBytes(asked.parsed), parsed, dialect: asked.dialect };
}
