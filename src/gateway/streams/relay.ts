import { errorBody } from "../../lib/error-body.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isUnwanted, streamError } from "../attempts/failure.ts";
import { acceptInTurns } from "./events-in-turns.ts";
import { HEARTBEAT_MS, withHeartbeat } from "./heartbeat.ts";
import { HoldTimer } from "./hold-timer.ts";
import { bytesOf, type Piece } from "./pieces.ts";
import type { RelayOptions } from "./relay-options.ts";
import { type ByteReader, frame, HEARTBEAT_FRAME, SseSplitter } from "./sse.ts";
import type { StreamState } from "./stream-state.ts";

/** How long the rest of a complete stream is read, so that its connection can serve again. */
const DRAIN_MS = 1_000;

/** How a stream ended: `ok`, `cancelled` by the client, or the error it ended with. */
export type StreamEnd = "ok" | "cancelled" | GatewayError;

/** Finds a relay, opened, that goes on where a stream broke off or was not wanted; null where nobody can. Must not throw. */
export type Resume = (error: GatewayError) => Promise<Relay | null>;

/**
 * Carries one upstream stream to one client. First {@link open}, which reads until there is something to promise and
 * throws while another target can still be asked; then {@link stream}, which never fails but ends with an error event.
 *
 * Pull-based, so that a slow client slows the upstream down instead of filling memory.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #state: StreamState;
  readonly #reader: ByteReader;
  readonly #splitter = new SseSplitter();
  readonly #tick = (nowMs: number): void => this.#watch(nowMs);
  readonly #pending: Piece[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #onEnd: ((end: StreamEnd) => void) | null = null;
  #resume: Resume | null = null;
  /** What broke the stream that this one goes on with: where nothing helps, the client is told that. */
  #first: GatewayError | null = null;
  /** The relay that goes on with this one's stream, once it broke off. */
  #successor: { readonly relay: Relay; readonly reader: ByteReader; end: StreamEnd } | null = null;
  #interrupted: GatewayError | null = null;
  #reading = false;
  #ended = false;
  /** Whether the stall timer starts anew with the next read: after an event, and after waiting for the client. */
  #stallAnew = true;
  #lastInMs: number;
  #lastOutMs: number;
  readonly #hold = new HoldTimer();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#reader = options.body.getReader();
    this.#lastInMs = options.clock.monotonic();
    this.#lastOutMs = this.#lastInMs;
  }

  /** Reads until the first real event. Throws a GatewayError where none came; the upstream is then let go. */
  async open(): Promise<void> {
    this.#options.ticker.add(this.#tick);
    try {
      while (!this.#state.started) await this.#step();
    } catch (thrown) {
      // a whole stream came at once and is not wanted, or a part broke in its first read: whoever reads it is told
      if (isUnwanted(thrown) || (this.#options.goesOn && this.#state.started)) this.#interrupted = streamError(thrown);
      else {
        this.#release(thrown);
        throw this.#failure(thrown);
      }
    }
  }

  /**
   * The client's stream. `onEnd` is called exactly once, when nothing more will be sent. `resume` is asked when the
   * upstream's stream breaks off, before the client hears of it; `first` is what broke the one this goes on with.
   */
  stream(
    onEnd: (end: StreamEnd) => void,
    resume: Resume | null = null,
    first: GatewayError | null = null,
  ): ReadableStream<Uint8Array> {
    this.#onEnd = onEnd;
    this.#resume = resume;
    this.#first = first;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
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
    this.#successor?.relay.cancel();
    this.#release(new GatewayError("internal", "The client went away"));
    try {
      this.#controller?.close();
    } catch {
      // the stream itself was cancelled, so it is closed
    }
  }

  async #pull(): Promise<void> {
    if (this.#successor !== null) return this.#pullSuccessor();
    // a slow client is no silence of the upstream
    this.#stallAnew = true;
    try {
      while (this.#pending.length === 0 && !this.#ended) await this.#step();
      this.#flush();
    } catch (thrown) {
      if (this.#ended) return;
      // how a connection breaks does not matter once every choice has finished, where that was ever true
      const finished = this.#state.holding && this.#state.refuted === 0;
      if (finished && !(thrown instanceof GatewayError)) return this.#endWithoutUsage();
      await this.#resumeOrFail(thrown);
    }
  }

  async #resumeOrFail(thrown: unknown): Promise<void> {
    const error = this.#failure(thrown);
    const resume = this.#resume;
    const unwanted = isUnwanted(error);
    if (resume === null || !(error.failover || unwanted)) {
      this.#fail(error);
      return this.#release(thrown);
    }
    this.#letGo(thrown);
    for (const piece of this.#pending.splice(0)) this.#controller?.enqueue(bytesOf(piece));
    const relay = await withHeartbeat(resume(error), this.#options.clock, () => {
      if (!this.#ended) this.#controller?.enqueue(HEARTBEAT_FRAME);
    });
    if (this.#ended) return relay?.cancel();
    if (relay === null && unwanted) {
      this.#interrupted = null;
      return this.#endWithoutUsage();
    }
    if (relay === null) return this.#fail(error);
    const successor = { relay, end: "ok" as StreamEnd };
    const reader = relay.stream(
      (end) => {
        successor.end = end;
      },
      resume,
      unwanted ? this.#first : (this.#first ?? error),
    );
    this.#successor = Object.assign(successor, { reader: reader.getReader() as ByteReader });
    // a pull that gives nothing is not repeated by the stream
    return this.#pullSuccessor();
  }

  async #pullSuccessor(): Promise<void> {
    const successor = this.#successor!;
    const { done, value } = await successor.reader.read();
    if (this.#ended) return;
    if (!done && value !== undefined) return this.#controller?.enqueue(value);
    this.#controller?.close();
    this.#finish(successor.end);
  }

  /** One read of the upstream. */
  async #step(): Promise<void> {
    const nowMs = this.#options.clock.monotonic();
    if (this.#stallAnew) this.#lastInMs = nowMs;
    this.#hold.note(this.#state, nowMs);
    if (this.#interrupted !== null) throw this.#interrupted;
    this.#reading = true;
    const { done, value } = await this.#reader.read();
    this.#reading = false;
    if (this.#ended) return;
    if (this.#interrupted !== null) throw this.#interrupted;
    if (done || value === undefined) return this.#state.end(this.#pending);
    const splitter = this.#splitter;
    const before = splitter.count;
    const work = { splitter, state: this.#state, out: this.#pending, clock: this.#options.clock };
    const later = acceptInTurns(value, work, () => this.#ended || this.#interrupted !== null);
    if (later !== undefined) await later;
    this.#stallAnew = splitter.count > before;
  }

  /** Hands what is ready to the client, and ends its stream when that was all. */
  #flush(): void {
    if (this.#ended) return;
    if (this.#pending.length > 0) this.#lastOutMs = this.#options.clock.monotonic();
    for (const piece of this.#pending.splice(0)) this.#controller?.enqueue(bytesOf(piece));
    if (!this.#state.complete) return;
    this.#controller?.close();
    this.#finish("ok");
    void this.#drain();
  }

  #fail(latest: GatewayError): void {
    const error = latest.failover ? (this.#first ?? latest) : latest;
    for (const piece of this.#pending) this.#controller?.enqueue(bytesOf(piece));
    const closing: Piece[] = [];
    if (error.code === "output_blocked" || error.code === "escalation_required") this.#state.closeBlocked(closing);
    else this.#state.giveHeld(closing);
    for (const piece of closing) this.#controller?.enqueue(bytesOf(piece));
    this.#controller?.enqueue(frame(JSON.stringify(errorBody(error, this.#options.requestId))));
    this.#controller?.close();
    this.#finish(error);
  }

  #finish(end: StreamEnd): void {
    this.#ended = true;
    this.#pending.length = 0;
    this.#options.ticker.remove(this.#tick);
    this.#onEnd?.(end);
  }

  #release(reason: unknown): void {
    this.#ended = true;
    this.#letGo(reason);
  }

  /** Ends the upstream's work; the client's stream may go on with another. */
  #letGo(reason: unknown): void {
    this.#options.ticker.remove(this.#tick);
    this.#options.abort(reason);
    this.#reader.cancel().catch(() => {});
  }

  /** Reads what follows a complete stream, usually nothing, so that the connection goes back to the pool. */
  async #drain(): Promise<void> {
    const stop = this.#options.clock.after(DRAIN_MS, () => this.#release("drained"));
    try {
      while (!(await this.#reader.read()).done);
    } catch {
      // the client has its whole answer; how the upstream closes does not matter any more
    } finally {
      stop();
    }
  }

  #watch(nowMs: number): void {
    const { limits, ticker } = this.#options;
    if (this.#hasWaited(nowMs)) this.#endWithoutUsage();
    else if (ticker.over !== null || nowMs >= limits.deadlineMs) {
      // nobody reads: a client that has stopped reading must not hold the upstream for ever, and is no fault of its
      const unread = !this.#reading && this.#controller !== null;
      const error = ticker.over ?? timeout("The upstream did not finish its stream in the time allowed", unread);
      this.#stop(error);
      if (unread) this.#fail(error);
    } else if (!this.#state.started && nowMs - this.#options.startedMs >= limits.firstTokenMs) {
      this.#stop(timeout(`The upstream sent no first event within ${limits.firstTokenMs / 1000} s`));
    } else if (!this.#reading) return;
    else if (nowMs - this.#lastInMs >= limits.stallMs) {
      this.#stop(timeout(`The upstream sent no further event within ${limits.stallMs / 1000} s`));
    } else if (this.#controller !== null && nowMs - this.#lastOutMs >= HEARTBEAT_MS) {
      this.#lastOutMs = nowMs;
      this.#controller.enqueue(HEARTBEAT_FRAME);
    }
  }

  /** Whether every choice has finished and what is missing, usage or a client that reads, has had its time. */
  #hasWaited(nowMs: number): boolean {
    if (this.#controller === null || !(this.#state.holding || this.#state.complete)) return false;
    if (nowMs >= this.#options.limits.deadlineMs) return true;
    return this.#reading && this.#hold.isOver(nowMs, this.#options.limits.stallMs);
  }

  /** Runs on the ticker, so what a policy throws at the end must not leave here. */
  #endWithoutUsage(): void {
    try {
      this.#state.end(this.#pending);
      this.#flush();
    } catch (thrown) {
      if (this.#reading && isUnwanted(thrown)) this.#stop(thrown);
      else {
        this.#fail(this.#failure(thrown));
        this.#release(thrown);
      }
    }
  }

  /** Whoever reads is told this. */
  #stop(error: GatewayError): void {
    this.#interrupted = error;
    this.#options.abort(error);
    this.#reader.cancel().catch(() => {});
  }

  #failure(thrown: unknown): GatewayError {
    const error = this.#interrupted ?? streamError(thrown);
    return this.#options.clean?.(error) ?? error;
  }
}

const timeout = (message: string, blameless = false) => new GatewayError("upstream_timeout", message, { blameless });
