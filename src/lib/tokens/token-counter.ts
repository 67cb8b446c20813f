import type { Clock } from "../clock.ts";
import type { TextsCount } from "./count-texts.ts";
import type { CountingThread, StartThread } from "./spawn-worker.ts";
import type { VocabularyName } from "./vocabulary.ts";
import type { FromWorker } from "./worker-messages.ts";

/** Texts to count. */
export interface CountRequest {
  readonly vocabulary: VocabularyName;
  readonly texts: readonly string[];
  readonly stopAbove: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a {@link TokenCounter} needs. */
export interface TokenCounterOptions {
  readonly clock: Clock;
  readonly startThread: StartThread;
  readonly onError: (error: Error) => void;
}

/** How many requests may wait for the thread; a further one is answered with null at once. */
export const MAX_WAITING = 64;
/** After so long a request is answered with null, whether it was waiting or being counted. */
export const WAIT_MS = 1_000;
/** The most the thread spends on one request. */
export const BUDGET_MS = 500;
/** A thread that is silent for so long over one request is given up. */
export const SILENCE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

interface Job {
  readonly id: number;
  readonly request: CountRequest;
  readonly startedMs: number;
  settle(count: TextsCount | null): void;
}

/**
 * The serving thread's side of the thread that counts tokens: starts it when it is needed, hands it one request at a
 * time, and answers null where the count does not come in time, so that no request waits for tables to load. A thread
 * that dies is started again by the next request, after a second at first, then twice as long each time, up to a
 * minute.
 */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #loaded = new Set<VocabularyName>();
  readonly #asked = new Set<VocabularyName>();
  readonly #waiting: Job[] = [];
  #thread: CountingThread | null = null;
  #running: Job | null = null;
  #stopSilence: () => void = () => {};
  #nextId = 1;
  #failures = 0;
  #restAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: TokenCounterOptions) {
    this.#options = options;
  }

  /** Loads a vocabulary in the background; starts the thread where none runs. */
  warm(vocabulary: VocabularyName): void {
    if (this.#closed || this.#asked.has(vocabulary)) return;
    if (this.#thread === null && this.#options.clock.monotonic() >= this.#restAtMs) this.#start();
    if (this.#thread === null) return;
    this.#asked.add(vocabulary);
    this.#thread.post({ kind: "load", vocabulary });
  }

  /** Whether requests in this vocabulary are counted now. */
  isReady(vocabulary: VocabularyName): boolean {
    return this.#loaded.has(vocabulary);
  }

  /**
   * Counts, or gives null where that cannot be done now: the vocabulary is still loading (this call sets that going),
   * too many wait, it took too long, the thread died, the counter was closed. Rejects only with the signal's reason.
   */
  count(request: CountRequest): Promise<TextsCount | null> {
    if (request.signal?.aborted === true) return Promise.reject(request.signal.reason);
    if (!this.isReady(request.vocabulary)) {
      this.warm(request.vocabulary);
      return Promise.resolve(null);
    }
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiting.push(this.#job(request, resolve, reject));
      this.#next();
    });
  }

  /** Ends the thread; whoever waits gets null. */
  close(): void {
    this.#closed = true;
    this.#thread?.stop();
    this.#drop();
  }

  #job(request: CountRequest, resolve: (count: TextsCount | null) => void, reject: (reason: unknown) => void): Job {
    const { clock } = this.#options;
    const { signal } = request;
    const finish = (): void => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
      const at = this.#waiting.indexOf(job);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
    const job: Job = {
      id: this.#nextId++,
      request,
      startedMs: clock.monotonic(),
      settle: (count) => {
        finish();
        resolve(count);
      },
    };
    const onAbort = (): void => {
      finish();
      reject(signal?.reason);
    };
    const stopTimer = clock.after(WAIT_MS, () => job.settle(null));
    signal?.addEventListener("abort", onAbort, { once: true });
    return job;
  }

  #next(): void {
    const job = this.#running === null ? this.#waiting.shift() : undefined;
    if (job === undefined || this.#thread === null) return;
    const { clock } = this.#options;
    const { vocabulary, texts, stopAbove } = job.request;
    const leftMs = WAIT_MS - (clock.monotonic() - job.startedMs);
    this.#running = job;
    this.#stopSilence = clock.after(SILENCE_MS, () => this.#fail(new Error("The token counting thread is silent")));
    const budgetMs = Math.max(0, Math.min(BUDGET_MS, leftMs));
    this.#thread.post({ kind: "count", job: job.id, vocabulary, texts, stopAbove, budgetMs });
  }

  #start(): void {
    let own: CountingThread | null = null;
    const isOwn = (): boolean => own !== null && own === this.#thread;
    try {
      own = this.#options.startThread({
        message: (message) => isOwn() && this.#receive(message),
        failed: (error) => isOwn() && this.#fail(error),
      });
      this.#thread = own;
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #receive(message: FromWorker): void {
    if (message.kind === "loaded") {
      this.#loaded.add(message.vocabulary);
      return;
    }
    this.#failures = 0;
    const job = this.#running;
    if (job === null || job.id !== message.job) return;
    this.#stopSilence();
    this.#running = null;
    job.settle(message);
    this.#next();
  }

  #fail(error: Error): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    this.#restAtMs = this.#options.clock.monotonic() + pauseMs;
    this.#thread?.stop();
    this.#drop();
    this.#options.onError(error);
  }

  #drop(): void {
    this.#thread = null;
    this.#loaded.clear();
    this.#asked.clear();
    this.#stopSilence();
    const left = [...(this.#running === null ? [] : [this.#running]), ...this.#waiting];
    this.#running = null;
    for (const job of left) job.settle(null);
  }
}
