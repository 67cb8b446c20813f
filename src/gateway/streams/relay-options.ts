import type { Clock } from "../../lib/clock.ts";
import type { GatewayError } from "../../lib/errors.ts";
import type { Ticker } from "../../lib/ticker.ts";
import type { StreamState } from "./stream-state.ts";

/** Limits of one stream, in milliseconds; `deadlineMs` is a reading of `Clock.monotonic()`. */
export interface StreamLimits {
  readonly firstTokenMs: number;
  readonly stallMs: number;
  readonly deadlineMs: number;
}

/** What a relay needs besides the bytes. */
export interface RelayOptions {
  readonly body: ReadableStream<Uint8Array>;
  readonly state: StreamState;
  readonly limits: StreamLimits;
  /** When the attempt began (`Clock.monotonic()`): the first-token limit counts the wait for the head too. */
  readonly startedMs: number;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly requestId: string;
  /** Whether it goes on with a stream that broke off: what has been read then stays read, for policies and receipts. */
  readonly goesOn?: boolean | undefined;
  /** What may be shown of an error that holds an upstream's words; absent: all of it. */
  readonly clean?: ((error: GatewayError) => GatewayError) | undefined;
  /** Ends the upstream's work. */
  readonly abort: (reason: unknown) => void;
}
