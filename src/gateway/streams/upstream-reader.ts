import { GatewayError } from "../../lib/errors.ts";
import { isUnwanted, streamError } from "../attempts/failure.ts";
import { acceptInTurns } from "./events-in-turns.ts";
import { HoldTimer } from "./hold-timer.ts";
import type { Piece } from "./pieces.ts";
import type { RelayOptions } from "./relay-options.ts";
import { type ByteReader, SseSplitter } from "./sse.ts";
import type { StreamState } from "./stream-state.ts";

/** How long the rest of a complete stream is read, so that its connection can serve again. */
const DRAIN_MS = 1_000;

/** One upstream's stream as it is read: turned into pieces for the client, and held against its limits. */
export class UpstreamReader {
  readonly state: StreamState;
  /** What is ready for the client. */
  readonly pieces: Piece[] = [];
  readonly #options: RelayOptions;
  readonly #body: ByteReader;
  readonly #splitter = new SseSplitter();
  readonly #hold = new HoldTimer();
  #interrupted: GatewayError | null = null;
  #isReading = false;
  /** Whether reading is over: what still comes is dropped. */
  #isOver = false;
  /** Whether the stall timer starts anew with the next read: after an event, and after waiting for the client. */
  #stallAnew = true;
  #lastInMs: number;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.state = options.state;
    this.#body = options.body.getReader();
    this.#lastInMs = options.clock.monotonic();
  }

  /** Whether the upstream is waited for, and not the client. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Reads until the first real event. Throws a GatewayError where none came; the upstream is then let go. */
  async open(): Promise<void> {
    try {
      while (!this.state.started) await this.step();
    } catch (thrown) {
      // a whole stream came at once and is not wanted, or a part broke in its first read: whoever reads it is told
      if (isUnwanted(thrown) || (this.#options.goesOn && this.state.started)) this.#interrupted = streamError(thrown);
      else {
        this.letGo(thrown);
        throw this.failure(thrown);
      }
    }
  }

  /** One read of the upstream. Throws what ends its stream before its time; {@link failure} makes an error of it. */
  async step(): Promise<void> {
    const nowMs = this.#options.clock.monotonic();
    if (this.#stallAnew) this.#lastInMs = nowMs;
    this.#hold.note(this.state, nowMs);
    if (this.#interrupted !== null) throw this.#interrupted;
    try {
      this.#isReading = true;
      const { done, value } = await this.#body.read();
      this.#isReading = false;
      if (this.#isOver) return;
      if (this.#interrupted !== null) throw this.#interrupted;
      if (done || value === undefined) return this.state.end(this.pieces);
      const before = this.#splitter.count;
      const later = this.#accept(value);
      if (later !== undefined) await later;
      this.#stallAnew = this.#splitter.count > before;
    } catch (thrown) {
      this.#isReading = false;
      this.#broken(thrown);
    }
  }

  #accept(bytes: Uint8Array): void | Promise<void> {
    const work = { splitter: this.#splitter, state: this.state, out: this.pieces, clock: this.#options.clock };
    return acceptInTurns(bytes, work, () => this.#isOver || this.#interrupted !== null);
  }

  /** How a connection breaks does not matter once every choice has finished, where that was ever true. */
  #broken(thrown: unknown): void {
    if (this.#interrupted !== null) throw this.#interrupted;
    if (thrown instanceof GatewayError || !this.state.holding || this.state.refuted > 0) throw thrown;
    this.state.end(this.pieces);
  }

  /** The client has been waited for: that is no silence of the upstream. */
  excuse(): void {
    this.#stallAnew = true;
  }

  /** Why it must end by now, or null. `unread`: nobody has asked for more, which is no fault of the upstream's. */
  lateness(nowMs: number, unread: boolean): GatewayError | null {
    const { limits, startedMs, ticker } = this.#options;
    if (ticker.over !== null) return ticker.over;
    if (nowMs >= limits.deadlineMs) return timeout("did not finish its stream in the time allowed", unread);
    if (!this.state.started) {
      // a model that thinks, or reads a long prompt, may be silent for longer than between two words
      if (nowMs - startedMs < limits.firstTokenMs) return null;
      return timeout(`sent no first event within ${limits.firstTokenMs / 1000} s`);
    }
    if (this.#isReading && nowMs - this.#lastInMs >= limits.stallMs)
      return timeout(`sent no further event within ${limits.stallMs / 1000} s`);
    return null;
  }

  /** Whether every choice has finished and what is missing, usage or a client that reads, has had its time. */
  hasWaited(nowMs: number): boolean {
    if (!(this.state.holding || this.state.complete)) return false;
    const { deadlineMs, stallMs } = this.#options.limits;
    return nowMs >= deadlineMs || (this.#isReading && this.#hold.isOver(nowMs, stallMs));
  }

  /** Ends the upstream's work for this reason: the {@link step} under way, or the next, throws it. */
  interrupt(error: GatewayError): void {
    this.#interrupted = error;
    this.#abort(error);
  }

  /** Ends the upstream's work; nobody reads on. */
  letGo(reason: unknown): void {
    this.#isOver = true;
    this.#abort(reason);
  }

  #abort(reason: unknown): void {
    this.#options.abort(reason);
    this.#body.cancel().catch(() => {});
  }

  /** Reads what follows a complete stream, usually nothing, so that the connection goes back to the pool. */
  async drain(): Promise<void> {
    this.#isOver = true;
    const stop = this.#options.clock.after(DRAIN_MS, () => this.#abort("drained"));
    try {
      while (!(await this.#body.read()).done);
    } catch {
      // the client has its whole answer; how the upstream closes does not matter any more
    } finally {
      stop();
    }
  }

  /** What was thrown, as the error that may be shown. */
  failure(thrown: unknown): GatewayError {
    const error = streamError(thrown);
    return this.#options.clean?.(error) ?? error;
  }
}

const timeout = (what: string, blameless = false) =>
  new GatewayError("upstream_timeout", `The upstream ${what}`, { blameless });
