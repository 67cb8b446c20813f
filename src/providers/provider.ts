import type { Clock } from "../lib/clock.ts";
import type { Endpoint } from "../lib/context.ts";
import type { SourceEdit } from "../lib/edits/edits.ts";
import type { GatewayError } from "../lib/errors.ts";
import type { JsonObject, Parsed } from "../lib/json/json.ts";

/** Where a request goes, as far as a codec needs to know. */
export interface Destination {
  /** The model name the upstream is asked for. */
  readonly model: string;
  readonly stream: boolean;
  /** Whether usage of a stream must be asked for (`stream_options.include_usage`). */
  readonly askUsage: boolean;
}

/**
 * Brings the chunks of one stream into OpenAI form. Made anew for every stream, since it may remember earlier chunks.
 * Returns the same object where nothing had to change (its bytes are then forwarded as they came), another where it had,
 * null for a chunk that must not reach the client. May throw a GatewayError for a chunk that says the stream failed.
 */
export type DecodeChunk = (chunk: JsonObject) => JsonObject | null;

/**
 * The form the caller reads answers in. Mistral's own clients know content as an array of typed parts (thinking,
 * references) and are given Mistral's answers as they came; everybody else gets OpenAI's form. `mistral-plain` is
 * OpenAI's form for Mistral's clients, where policies read it first: tool calls come whole, and what has no place in
 * Mistral's content returns there at the end.
 */
export type Dialect = "openai" | "mistral" | "mistral-plain";

/** Translation of one endpoint. Pure: no I/O, no clock. */
export interface Codec {
  /**
   * The edits that bring a request's source text into the upstream's form; none: it goes byte for byte. May throw
   * `invalid_request` for what the provider cannot be asked for at all.
   */
  encode(request: Parsed, to: Destination): readonly SourceEdit[];
  /**
   * A whole answer in OpenAI form: the same `source` where nothing had to change. `request` is what was encoded.
   * Throws a GatewayError for an answer that is an error in truth (status 200 with an error body).
   */
  decode(answer: Parsed, request: Parsed, dialect?: Dialect): string;
  decodeStream(request: Parsed, dialect?: Dialect): DecodeChunk;
}

/** An answer that is not 2xx, or an error behind one that is; whole and decoded. Header names in lower case. */
export interface UpstreamFailure {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Epoch milliseconds, for a `retry-after` given as a date; absent: the machine's clock. */
  readonly nowMs?: number | undefined;
}

/** Credentials and address of one target, as the transport needs them. */
export interface TransportOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The target's block of the configuration, frozen. */
  readonly settings: JsonObject;
}

/**
 * Answers inside the process in place of fetch. Rejects with the signal's reason when `signal` is aborted. A thrown
 * error counts as a failed connection.
 */
export type LocalTransport = (body: JsonObject, endpoint: Endpoint, options: TransportOptions) => Promise<Response>;

/**
 * One provider: facts and pure translation. A capability is an optional member, not a method that throws.
 */
export interface Provider<Name extends string = string> {
  readonly name: Name;
  /** Base URL ending in `/v1` (or what stands in its place); null: the target must give `base_url`. */
  readonly baseUrl: string | null;
  /** Environment variable of the key; null: no key needed. */
  readonly apiKeyEnv: string | null;
  /** What can be asked of it. */
  readonly codecs: { readonly [E in Endpoint]?: Codec };
  /** How usage of a stream is had: it comes by itself, must be asked for, or cannot be had. */
  readonly streamUsage: "always" | "ask" | "off";
  /** Whether the assistant's last message can be continued (`prefix: true`). */
  readonly continuesPrefix: boolean;
  /** Recognises what went wrong. Never puts the text of a 401 or 403 into the message. */
  decodeError(failure: UpstreamFailure): GatewayError;
  /** Present where no network is involved. */
  readonly transport?: LocalTransport;
  /** Beside `transport`: the status a health probe gets. Rejects like `transport`. */
  readonly localProbe?: (options: TransportOptions) => Promise<number>;
}
