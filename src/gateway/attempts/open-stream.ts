import type { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, parsedObject } from "../../lib/json/json.ts";
import { mistralChunk } from "../../providers/index.ts";
import type { Codec, DecodeChunk } from "../../providers/provider.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";
import { Relay } from "../streams/relay.ts";
import { StreamState } from "../streams/stream-state.ts";
import type { Target } from "../targets/target.ts";
import { estimateUsage, promptBytes, toldUsage } from "../usage.ts";
import type { AskOptions, StreamReply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import type { AttemptGuard, Limits } from "./attempt-guard.ts";
import { readFailure } from "./upstream.ts";
import { errorInAnswer, filtered, invalid } from "./whole-answer.ts";

/** A stream whose head is there. */
export interface Opening {
  readonly asked: Asked;
  readonly codec: Codec;
  readonly entry: AttemptEntry;
  readonly options: AskOptions;
  readonly response: Response;
  readonly limits: Limits;
  readonly guard: AttemptGuard;
  /** An error as callers and the ledger may read it. */
  readonly clean: (error: GatewayError) => GatewayError;
}

/** Reads a stream up to its first real event. Rejects where there is none, and what came before it is lost. */
export async function openStream(opening: Opening): Promise<StreamReply> {
  const { asked, codec, entry, options, response, guard } = opening;
  await requireEventStream(entry.target, response);
  // from here on the relay keeps the time
  guard.stopTimer();
  const transform = options.openTransform();
  const decoder = codec.decodeStream(asked.parsed, asked.dialect);
  const decode = options.followChunks?.(decoder) ?? decoder;
  const bytes = (): number => promptBytes(asked.parsed);
  const state = stateOf(opening, { decode, transform, promptBytes: bytes });
  const relay = relayOf(opening, state);
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

/** What is left to do for a caller's client once policies have read a stream. */
const MISTRAL_FORMS = { openai: undefined, mistral: (chunk: JsonObject) => chunk, "mistral-plain": mistralChunk };

interface Through {
  readonly decode: DecodeChunk;
  readonly transform: ComposedTransform | null;
  readonly promptBytes: () => number;
}

function stateOf({ asked, entry: { target }, options, response }: Opening, through: Through): StreamState {
  return new StreamState({
    ...through,
    choices: asked.choices,
    maxBytes: options.maxResponseBytes,
    includeUsage: asked.includeUsage,
    keepUsage: target.streamUsage === "always",
    toMistral: MISTRAL_FORMS[asked.dialect],
    noUsage: target.streamUsage === "off" || target.live.refusesStreamOptions,
    estimateUsage: options.estimateUsage,
    riders: options.riders,
    sent: options.openSent?.(),
    decodeError: (data) => errorInAnswer(target, response, data),
    onDropped: () =>
      options.context.log.warn(
        { target: target.id, request_id: options.context.id },
        "an event of the upstream was dropped: it is not JSON",
      ),
  });
}

function relayOf({ entry: { target }, options, response, limits, guard, clean }: Opening, state: StreamState): Relay {
  return new Relay({
    body: response.body!,
    state,
    limits: { firstTokenMs: limits.firstTokenMs, stallMs: target.stallMs, deadlineMs: limits.deadlineMs },
    startedMs: limits.startedMs,
    clock: options.services.clock,
    ticker: options.ticker,
    requestId: options.context.id,
    goesOn: options.goesOn,
    abort: (reason) => guard.abort(reason),
    clean,
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
