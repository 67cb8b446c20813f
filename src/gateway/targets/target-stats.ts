import type { Endpoint } from "../../lib/context.ts";
import type { Measure } from "../../routing/strategy.ts";
import { RecentTimes } from "./recent-times.ts";

/** Share of the average that one more sample replaces, once there are enough of them for a plain mean. */
const NEWEST_SHARE = 0.2;
/** A sample that differs by more than this factor is a surprise, and two in a row the new truth. */
const SURPRISE = 2;
/** A failure counts like an answer that took this many times as long as usual. */
const FAILURE_FACTOR = 3;
/** No average grows beyond an hour, however often a target fails. */
const MAX_MS = 3_600_000;
/** Weights fall to a twentieth (e^-3) within the window. */
const DECAYS_PER_WINDOW = 3;

/**
 * A decayed average of one measure of one target. It begins as a plain mean and goes on as an exponential one, in which
 * old samples lose weight with time as well. Where two samples in a row are far from it, it starts anew: a target that
 * slows down or recovers is known for it after two answers. O(1), no clock of its own: every call says what time it is
 * (`Clock.monotonic()`).
 */
export class Average implements Measure {
  averageMs: number | null = null;
  lastMs: number | null = null;
  lastAtMs = Number.NEGATIVE_INFINITY;
  samples = 0;
  waiting = 0;
  silentSinceMs: number | null = null;
  /** Successful samples that are in the average. */
  #averaged = 0;
  /** Whether the last sample was a surprise: -1 much less, 1 much more, 0 not. */
  #surprise = 0;
  readonly #watchesSilence: boolean;

  /** `watchesSilence`: whether the measure is the time until something is heard, so that silence is evidence too. */
  constructor(watchesSilence: boolean) {
    this.#watchesSilence = watchesSilence;
  }

  /** An attempt begins that will be measured. */
  begin(nowMs: number): void {
    if (this.waiting++ === 0 && this.#watchesSilence) this.silentSinceMs = nowMs;
  }

  /** The measurement of an attempt is there. */
  observe(valueMs: number, nowMs: number, windowMs: number): void {
    this.#alive(nowMs);
    this.#sample(valueMs, nowMs, windowMs);
  }

  /** An attempt has failed after so long. Before the first success there is no average that it could make worse. */
  fail(elapsedMs: number, nowMs: number, windowMs: number): void {
    this.#alive(nowMs);
    const usual = this.averageMs;
    if (usual === null) this.#count(nowMs, windowMs);
    else this.#sample(Math.min(MAX_MS, Math.max(elapsedMs, usual * FAILURE_FACTOR)), nowMs, windowMs);
  }

  /**
   * An attempt has ended without a measurement, after so long: where that is more than the average, the target has
   * become slower. Before the first success it counts as a sample, or a target that never answers would be tried for
   * ever.
   */
  abandon(elapsedMs: number, nowMs: number, windowMs: number): void {
    this.waiting--;
    if (this.waiting === 0) this.silentSinceMs = null;
    if (this.averageMs === null) this.#count(nowMs, windowMs);
    else if (elapsedMs > this.averageMs) this.#sample(elapsedMs, nowMs, windowMs);
  }

  #alive(nowMs: number): void {
    this.waiting--;
    this.silentSinceMs = this.waiting === 0 || !this.#watchesSilence ? null : nowMs;
  }

  #count(nowMs: number, windowMs: number): void {
    if (nowMs - this.lastAtMs > windowMs) this.#forget();
    this.samples++;
    this.lastAtMs = nowMs;
  }

  #forget(): void {
    this.samples = 0;
    this.averageMs = null;
    this.lastMs = null;
    this.#averaged = 0;
    this.#surprise = 0;
  }

  #sample(valueMs: number, nowMs: number, windowMs: number): void {
    const ageMs = nowMs - this.lastAtMs;
    this.#count(nowMs, windowMs);
    const { averageMs: before, lastMs } = this;
    this.lastMs = valueMs;
    const surprise = before === null ? 0 : surpriseOf(valueMs, before);
    if (before === null || lastMs === null) {
      this.averageMs = valueMs;
      this.#averaged = 1;
    } else if (surprise !== 0 && surprise === this.#surprise) {
      this.averageMs = (valueMs + lastMs) / 2;
      this.#averaged = 2;
      this.#surprise = 0;
      return;
    } else {
      const share = Math.max(NEWEST_SHARE, 1 / ++this.#averaged);
      const kept = Math.min(1 - share, Math.exp((-DECAYS_PER_WINDOW * ageMs) / windowMs));
      this.averageMs = before * kept + valueMs * (1 - kept);
    }
    this.#surprise = surprise;
  }
}

function surpriseOf(valueMs: number, usualMs: number): number {
  if (valueMs > usualMs * SURPRISE) return 1;
  return valueMs * SURPRISE < usualMs ? -1 : 0;
}

/** What was seen of requests of one kind. */
export interface KindStats {
  readonly latency: Average;
  readonly tokenTime: Average;
  /** What {@link latency} is the average of, as long as it was a success. */
  readonly times: RecentTimes;
}

/**
 * How a target was seen to answer, per kind of request: an endpoint, streamed or not, because an embedding says nothing
 * about a chat. Survives a reload as part of the target's live state.
 */
export class TargetStats {
  /** What was seen longer ago counts for nothing; milliseconds. */
  windowMs = 1;
  readonly #kinds = new Map<string, KindStats>();

  /** The figures of one kind; the same object every time. */
  of(endpoint: Endpoint, stream: boolean): KindStats {
    const kind = stream ? STREAMED[endpoint] : endpoint;
    let stats = this.#kinds.get(kind);
    if (stats === undefined) {
      stats = { latency: new Average(true), tokenTime: new Average(false), times: new RecentTimes() };
      this.#kinds.set(kind, stats);
    }
    return stats;
  }
}

/** Names of the kinds that are streams: a constant each, so that asking for one makes no string. */
const STREAMED: Readonly<Record<Endpoint, string>> = {
  chat: "chat stream",
  completions: "completions stream",
  fim: "fim stream",
  embeddings: "embeddings stream",
  moderations: "moderations stream",
};

/** One attempt, as far as figures about its target go. */
export class Observation {
  readonly #stats: KindStats;
  readonly #windowMs: number;
  readonly #startedMs: number;
  #heard = false;

  /** Begins with the attempt; `nowMs` is `Clock.monotonic()`, here and below. */
  constructor(stats: TargetStats, kind: { endpoint: Endpoint; stream: boolean }, nowMs: number) {
    this.#stats = stats.of(kind.endpoint, kind.stream);
    this.#windowMs = stats.windowMs;
    this.#startedMs = nowMs;
    this.#stats.latency.begin(nowMs);
    this.#stats.tokenTime.begin(nowMs);
  }

  /** The first real event of a stream is there. */
  firstToken(nowMs: number): void {
    if (this.#heard) return;
    this.#heard = true;
    this.#stats.latency.observe(nowMs - this.#startedMs, nowMs, this.#windowMs);
    this.#stats.times.add(nowMs - this.#startedMs, nowMs);
  }

  /** The attempt is over; call it once. `tokens`: of its answer, null where nobody said. */
  end(
    how: { readonly verdict: "success" | "failure" | "nothing"; readonly tokens: number | null },
    nowMs: number,
  ): void {
    const { latency, tokenTime } = this.#stats;
    const elapsedMs = nowMs - this.#startedMs;
    if (how.verdict === "success") {
      this.firstToken(nowMs);
      if (how.tokens !== null && how.tokens > 0) tokenTime.observe(elapsedMs / how.tokens, nowMs, this.#windowMs);
      else tokenTime.abandon(0, nowMs, this.#windowMs);
      return;
    }
    const failed = how.verdict === "failure";
    if (failed) tokenTime.fail(0, nowMs, this.#windowMs);
    else tokenTime.abandon(0, nowMs, this.#windowMs);
    if (this.#heard) return;
    if (failed) latency.fail(elapsedMs, nowMs, this.#windowMs);
    else latency.abandon(elapsedMs, nowMs, this.#windowMs);
  }
}
