import { errorBody } from "../../lib/error-body.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isUnwanted } from "../attempts/failure.ts";
import { HEARTBEAT_MS, withHeartbeat } from "./heartbeat.ts";
import { bytesOf, type Piece } from "./pieces.ts";
import type { RelayOptions } from "./relay-options.ts";
import { frame, HEARTBEAT_FRAME } from "./sse.ts";
import { UpstreamReader } from "./upstream-reader.ts";

/** How a stream ended: `ok`, `cancelled` by the client, or the error it ended with. */
export type StreamEnd = "ok" | "cancelled" | GatewayError;

/** Finds a relay, opened, that goes on where a stream broke off or was not wanted; null where nobody can. Must not throw. */
export type Resume = (error: GatewayError) => Promise<Relay | null>;

/**
 * Carries an upstream's stream to one client. First {@link open}, which reads until there is something to promise and
 * throws while another target can still be asked; then {@link stream}, which never fails but ends with an error event.
 *
 * Pull-based, so that a slow client slows the upstream down instead of filling memory.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #tick = (nowMs: number): void => this.#watch(nowMs);
  /** Another relay's, once its own has broken off. */
  #upstream: UpstreamReader;
  #client: ReadableStreamDefaultController<Uint8Array> | null = null;
  #onEnd: ((end: StreamEnd) => void) | null = null;
  #resume: Resume | null = null;
  /** What broke the first stream that another goes on with: where nothing helps, the client is told that. */
  #first: GatewayError | null = null;
  #ended = false;
  #lastOutMs: number;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#upstream = new UpstreamReader(options);
    this.#lastOutMs = options.clock.monotonic();
  }

  /** Reads until the first real event. Throws a GatewayError where none came; the upstream is then let go. */
  async open(): Promise<void> {
    const { ticker } = this.#options;
    ticker.add(this.#tick);
    try {
      await this.#upstream.open();
    } catch (thrown) {
      this.#ended = true;
      ticker.remove(this.#tick);
      throw thrown;
    }
  }

  /**
   * The client's stream. `onEnd` is called exactly once, when nothing more will be sent. `resume` is asked when the
   * upstream's stream breaks off, before the client hears of it.
   */
  stream(onEnd: (end: StreamEnd) => void, resume: Resume | null = null): ReadableStream<Uint8Array> {
    this.#onEnd = onEnd;
    this.#resume = resume;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#client = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  /** The client is gone: ends the upstream's work. Harmless when the stream is over. */
  cancel(): void {
    if (this.#ended) return;
    this.#finish("cancelled");
    this.#upstream.letGo(new GatewayError("internal", "The client went away"));
    try {
      this.#client?.close();
    } catch {
      // the stream itself was cancelled, so it is closed
    }
  }

  async #pull(): Promise<void> {
    const upstream = this.#upstream;
    upstream.excuse();
    try {
      while (upstream.pieces.length === 0 && !this.#ended) await upstream.step();
      this.#flush();
    } catch (thrown) {
      if (!this.#ended) await this.#resumeOrFail(thrown);
    }
  }

  async #resumeOrFail(thrown: unknown): Promise<void> {
    const upstream = this.#upstream;
    const error = upstream.failure(thrown);
    const unwanted = isUnwanted(error);
    if (this.#resume === null || !(error.failover || unwanted) || error.details.tooLong === true) {
      this.#fail(error);
      return upstream.letGo(thrown);
    }
    this.#options.ticker.remove(this.#tick);
    upstream.letGo(thrown);
    this.#give(upstream.pieces);
    const next = await withHeartbeat(this.#resume(error), this.#options.clock, () => this.#beat());
    if (this.#ended) return next?.cancel();
    if (next === null) return unwanted ? this.#endWithoutUsage() : this.#fail(error);
    if (!unwanted) this.#first ??= error;
    this.#goOnWith(next);
    // a pull that gives nothing is not repeated by the stream
    return this.#pull();
  }

  /** Takes over what another relay has opened. */
  #goOnWith(next: Relay): void {
    next.#options.ticker.remove(next.#tick);
    this.#options.ticker.add(this.#tick);
    this.#upstream = next.#upstream;
  }

  /** Hands what is ready to the client, and ends its stream when that was all. */
  #flush(): void {
    if (this.#ended) return;
    const { pieces, state } = this.#upstream;
    if (pieces.length > 0) this.#lastOutMs = this.#options.clock.monotonic();
    this.#give(pieces);
    if (!state.complete) return;
    this.#client?.close();
    this.#finish("ok");
    void this.#upstream.drain();
  }

  #give(pieces: Piece[]): void {
    for (const piece of pieces.splice(0)) this.#client?.enqueue(bytesOf(piece));
  }

  #fail(latest: GatewayError): void {
    const error = latest.failover && latest.details.blameless !== true ? (this.#first ?? latest) : latest;
    const { pieces, state } = this.#upstream;
    if (error.code === "output_blocked" || error.code === "escalation_required") state.closeBlocked(pieces);
    else state.giveHeld(pieces);
    pieces.push(frame(JSON.stringify(errorBody(error, this.#options.requestId))));
    this.#give(pieces);
    this.#client?.close();
    this.#finish(error);
  }

  #finish(end: StreamEnd): void {
    this.#ended = true;
    this.#options.ticker.remove(this.#tick);
    this.#onEnd?.(end);
  }

  /** Runs on every tick: what ends a stream in which nothing happens, and what keeps it alive. */
  #watch(nowMs: number): void {
    const upstream = this.#upstream;
    const hasClient = this.#client !== null;
    const unread = hasClient && !upstream.isReading;
    const late = upstream.lateness(nowMs, unread);
    if (hasClient && upstream.hasWaited(nowMs)) this.#endWithoutUsage();
    else if (late !== null) {
      upstream.interrupt(late);
      // nobody reads who would be told: a client that has stopped reading must not hold the upstream for ever
      if (unread) this.#fail(late);
    } else if (hasClient && !unread && nowMs - this.#lastOutMs >= HEARTBEAT_MS) this.#beat();
  }

  #beat(): void {
    if (this.#ended) return;
    this.#lastOutMs = this.#options.clock.monotonic();
    this.#client?.enqueue(HEARTBEAT_FRAME);
  }

  /** Runs on the ticker, so what a policy throws at the end must not leave here. */
  #endWithoutUsage(): void {
    const upstream = this.#upstream;
    try {
      upstream.state.end(upstream.pieces);
      this.#flush();
    } catch (thrown) {
      if (upstream.isReading && isUnwanted(thrown)) upstream.interrupt(thrown);
      else {
        this.#fail(upstream.failure(thrown));
        upstream.letGo(thrown);
      }
    }
  }
}
