import type { CommittedStream } from "../../carbon/commitment.ts";
import type { RequestContext, Services } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, type Parsed, parsedObject } from "../../lib/json/json.ts";
import type { Tick, Ticker } from "../../lib/ticker.ts";
import { mistralChunk } from "../../providers/index.ts";
import type { Codec, DecodeChunk, Dialect } from "../../providers/provider.ts";
import type { Riders } from "../carbon/riders.ts";
import type { ComposedTransform } from "../chain/chain.ts";
import { withLack } from "../routes/lacking.ts";
import { Relay } from "../streams/relay.ts";
import { FILTERED } from "../streams/stream-chunk.ts";
import { StreamState } from "../streams/stream-state.ts";
import { type Target, upstreamModel } from "../targets/target.ts";
import { withoutCredentials } from "../targets/without-credentials.ts";
import { estimateUsage, promptBytes, toldUsage } from "../usage.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { type Asked, exchange } from "./exchange.ts";
import { ClientGone, connectionError, HedgedOut } from "./failure.ts";
import { readFailure } from "./upstream.ts";
import { errorInAnswer, invalid, isFiltered, readWhole, wholeUsage } from "./whole-answer.ts";

/** What one try needs besides the request. */
export interface AskOptions {
  readonly context: RequestContext;
  readonly services: Services;
  readonly ticker: Ticker;
  readonly maxResponseBytes: number;
  /** Monotonic ms at which the whole request must be over. */
  readonly deadlineMs: number;
  /** The output policies' for one stream; `beside`: what is open for other attempts stays as it is. */
  readonly openTransform: (beside?: boolean) => ComposedTransform | null;
  /** Sees and may change the chunks of a stream as they are decoded, before policies do. */
  readonly followChunks?: ((decode: DecodeChunk) => DecodeChunk) | undefined;
  /** What a stream used where its upstream does not say; without it, by what was asked and delivered. */
  readonly estimateUsage?: (() => JsonObject) | undefined;
  /** What rides on the last chunks of a stream, asked when the client takes them; absent: nothing. */
  readonly riders?: (() => Riders | null) | undefined;
  /** Where what a client gets of one stream is gathered; absent: nobody asks. */
  readonly openSent?: (() => CommittedStream) | undefined;
  /** Whether an answer that the provider's content filter ended is a refusal, because another target is to be asked. */
  readonly refuseFiltered?: boolean | undefined;
  /** An error as the caller may read it, where an upstream's words are in it. */
  readonly checkWords?: ((error: GatewayError) => GatewayError) | undefined;
  /** Whether it goes on with a stream that broke off: what the two open is that one's, and outlives this try. */
  readonly goesOn?: boolean | undefined;
}

/** What a target gave. */
export type Reply =
  | {
      readonly kind: "whole";
      readonly entry: AttemptEntry;
      /** UTF-8 bytes of what was asked, for an estimate where no usage comes. */
      readonly promptBytes: () => number;
      readonly parsed: Parsed;
      /** The form the caller reads it in. */
      readonly dialect: Dialect;
    }
  | {
      readonly kind: "stream";
      readonly entry: AttemptEntry;
      readonly promptBytes: () => number;
      readonly relay: Relay;
      readonly state: StreamState;
      /** What its chunks go through first: names what is followed. */
      readonly decode: DecodeChunk;
      readonly transform: ComposedTransform | null;
      /** Call when the stream is over: lets go of the client's signal. */
      readonly release: () => void;
    };

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
  try {
    const { context, services } = options;
    const response = await exchange({ asked, codec, entry, context, services, signal: guard.signal });
    const reply = context.stream
      ? await openStream({ asked, codec, entry, options, response, limits, guard })
      : await wholeReply({ asked, codec, entry, options, response, guard });
    if (target.live.lacks.any) target.live.lacks.forget(upstreamModel(target, model), request);
    return reply;
  } catch (thrown) {
    guard.release();
    const error = connectionError(thrown, guard.signal.aborted ? guard.signal.reason : undefined);
    guard.abort(error);
    throw error instanceof GatewayError ? withLack(readable(error, target, options), target, request) : error;
  }
}

/** Without what neither callers nor the ledger are to read. */
function readable(error: GatewayError, target: Target, { checkWords }: AskOptions): GatewayError {
  const own = withoutCredentials(error, target);
  return checkWords?.(own) ?? own;
}

interface Limits {
  /** Monotonic ms by which the head (of a stream) or the whole answer must be there. */
  readonly headMs: number;
  readonly startedMs: number;
  readonly firstTokenMs: number;
  readonly deadlineMs: number;
}

function limitsOf(asked: Asked, target: Target, options: AskOptions): Limits {
  const startedMs = options.services.clock.monotonic();
  const whole = options.context.stream ? target.streamTimeoutMs : target.timeoutMs;
  const deadlineMs = Math.min(options.deadlineMs, startedMs + whole);
  const thinks = target.reasoning || asksToThink(asked.parsed.value);
  const firstTokenMs = thinks ? target.streamTimeoutMs : target.firstTokenMs;
  const headMs = options.context.stream ? Math.min(deadlineMs, startedMs + firstTokenMs) : deadlineMs;
  return { headMs, startedMs, firstTokenMs, deadlineMs };
}

/** A request for thinking may be silent for as long as the stream may take. */
function asksToThink(value: JsonObject): boolean {
  const effort = value["reasoning_effort"];
  if (typeof effort === "string" && effort !== "none" && effort !== "minimal" && effort !== "low") return true;
  return value["prompt_mode"] === "reasoning";
}

/** One AbortController for one attempt, fed by the client's going and by its time limit. */
class AttemptGuard {
  readonly #controller = new AbortController();
  readonly #options: AskOptions;
  readonly #gone = (): void => {
    const { reason } = this.#options.context.signal;
    this.abort(reason instanceof HedgedOut ? reason : new ClientGone("The client went away"));
  };
  readonly #timer: Tick;

  constructor(options: AskOptions, untilMs: number) {
    this.#options = options;
    this.#timer = (nowMs) => {
      const { over } = options.ticker;
      if (over !== null) this.abort(over);
      else if (nowMs >= untilMs)
        this.abort(new GatewayError("upstream_timeout", "The upstream did not answer in the time allowed"));
    };
    const { signal } = options.context;
    if (signal.aborted) this.#gone();
    signal.addEventListener("abort", this.#gone);
    options.ticker.add(this.#timer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** From here on somebody else keeps the time. */
  stopTimer(): void {
    this.#options.ticker.remove(this.#timer);
  }

  /** Lets go of the client's signal and of the timer. */
  release(): void {
    this.stopTimer();
    this.#options.context.signal.removeEventListener("abort", this.#gone);
  }
}

async function wholeReply(of: {
  asked: Asked;
  codec: Codec;
  entry: AttemptEntry;
  options: AskOptions;
  response: Response;
  guard: AttemptGuard;
}): Promise<Reply> {
  const { asked, codec, entry, options, response, guard } = of;
  const maxBytes = options.maxResponseBytes;
  const parsed = await readWhole({ asked, codec, target: entry.target, response, maxBytes });
  if (options.refuseFiltered === true && isFiltered(parsed.value)) {
    entry.record.usage = wholeUsage(parsed.value, () => promptBytes(asked.parsed));
    throw filtered();
  }
  guard.release();
  return { kind: "whole", entry, promptBytes: () => promptBytes(asked.parsed), parsed, dialect: asked.dialect };
}

/** What is left to do for a caller's client once policies have read a stream. */
const MISTRAL_FORMS = { openai: undefined, mistral: (chunk: JsonObject) => chunk, "mistral-plain": mistralChunk };

async function openStream(open: {
  asked: Asked;
  codec: Codec;
  entry: AttemptEntry;
  options: AskOptions;
  response: Response;
  limits: Limits;
  guard: AttemptGuard;
}): Promise<Reply> {
  const { asked, codec, entry, options, response, limits, guard } = open;
  const { target } = entry;
  await requireEventStream(target, response);
  // from here on the relay keeps the time
  guard.stopTimer();
  const transform = options.openTransform();
  const decoder = codec.decodeStream(asked.parsed, asked.dialect);
  const decode = options.followChunks?.(decoder) ?? decoder;
  const bytes = (): number => promptBytes(asked.parsed);
  const state = new StreamState({
    choices: asked.choices,
    includeUsage: asked.includeUsage,
    keepUsage: target.streamUsage === "always",
    toMistral: MISTRAL_FORMS[asked.dialect],
    noUsage: target.streamUsage === "off" || target.live.refusesStreamOptions,
    promptBytes: bytes,
    estimateUsage: options.estimateUsage,
    riders: options.riders,
    sent: options.openSent?.(),
    decode,
    transform,
    decodeError: (data) => errorInAnswer(target, response, data),
    onDropped: () =>
      options.context.log.warn(
        { target: target.id, request_id: options.context.id },
        "an event of the upstream was dropped: it is not JSON",
      ),
  });
  const relay = new Relay({
    body: response.body!,
    state,
    limits: { firstTokenMs: limits.firstTokenMs, stallMs: target.stallMs, deadlineMs: limits.deadlineMs },
    startedMs: limits.startedMs,
    clock: options.services.clock,
    ticker: options.ticker,
    requestId: options.context.id,
    goesOn: options.goesOn,
    abort: (reason) => guard.abort(reason),
    clean: (error) => readable(error, target, options),
  });
  try {
    await relay.open();
    if (options.refuseFiltered === true && state.filtered) {
      const refusal = filtered();
      // the prompt was read
      entry.record.usage = toldUsage(state.usage) ?? estimateUsage(bytes(), state.bytes);
      guard.abort(refusal);
      relay.cancel();
      throw refusal;
    }
  } catch (thrown) {
    if (options.goesOn !== true) transform?.close();
    // what came has to be paid, whether anybody gets it or not
    if (state.usage !== null || state.bytes > 0) {
      entry.record.usage = toldUsage(state.usage) ?? estimateUsage(bytes(), state.bytes);
    }
    throw thrown;
  }
  entry.firstToken();
  return { kind: "stream", entry, promptBytes: bytes, relay, state, decode, transform, release: () => guard.release() };
}

/** The same as where an upstream refuses a request for what it says before it begins an answer. */
function filtered(): GatewayError {
  return new GatewayError("upstream_rejected", "The upstream's content filter ended its answer", {
    upstreamStatus: 200,
    wireCode: FILTERED,
    filtered: true,
  });
}

/** A 200 that is no event stream holds an error, or something no client that asked for a stream could read. */
async function requireEventStream(target: Target, response: Response): Promise<void> {
  const type = response.headers.get("content-type")?.toLowerCase() ?? "";
  if (response.body !== null && !type.includes("json") && !type.includes("html")) return;
  const body = await readFailure(response);
  const value = parsedObject(body);
  if (value !== null && (isObject(value["error"]) || typeof value["error"] === "string" || value["object"] === "error"))
    throw errorInAnswer(target, response, body);
  throw invalid("a stream was asked for and it sent something else");
}
