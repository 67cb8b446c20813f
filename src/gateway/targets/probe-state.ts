/** What probes say about a target; `unknown` until the first one is over. */
export type ProbeVerdict = "unknown" | "healthy" | "unhealthy";

/** How one probe went. */
export interface ProbeResult {
  /** Why it failed, for people; null: it did not. Never a secret, never an upstream's own text. */
  readonly error: string | null;
  readonly latencyMs: number;
  /** Milliseconds until a connection to it stood; absent where that was not measured. */
  readonly connectMs?: number;
}

/** What is known from probes, as it can be shown; times as `Clock.monotonic()`. */
export interface ProbeView {
  readonly state: ProbeVerdict;
  readonly sinceMs: number;
  readonly consecutiveFailures: number;
  /** The error of the last probe that failed, kept after later ones succeed; null: none has. */
  readonly lastError: string | null;
  /** How long the last probe took, also one that failed; null: none is over. */
  readonly latencyMs: number | null;
  readonly checkedAtMs: number | null;
}

/** One change of verdict. */
export interface ProbeChange {
  readonly from: ProbeVerdict;
  readonly to: ProbeVerdict;
  /** Why the last probe failed; null: it did not. */
  readonly error: string | null;
}

/** So many failures in a row make a target unhealthy; one success makes it healthy. */
const FAILURES_OUT = 2;
/** A failed probe is followed by the next so soon after it began. */
const CONFIRM_MS = 2_000;

/** How many connections are measured before their times are believed, and how many of the latest count. */
const CONNECT_SAMPLES = 20;
const CONNECT_KEPT = 100;

/** What one target's probes say, and when the next one is due. Pure: every call says what time it is. */
export class ProbeState {
  #view: ProbeView = {
    state: "unknown",
    sinceMs: 0,
    consecutiveFailures: 0,
    lastError: null,
    latencyMs: null,
    checkedAtMs: null,
  };
  #dueMs = 0;
  readonly #connectTimes: number[] = [];
  #network: { readonly p50: number; readonly p95: number } | null = null;

  /** The network's round trip by the time connections took to stand, in milliseconds; null: too few were measured. */
  get network(): { readonly p50: number; readonly p95: number } | null {
    return this.#network;
  }

  get view(): ProbeView {
    return this.#view;
  }

  /** Whether the target is to be left alone. */
  get unhealthy(): boolean {
    return this.#view.state === "unhealthy";
  }

  /** When the next probe begins (monotonic ms), as far as is known. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Writes a finished probe down; gives the change it makes, or null. */
  book(result: ProbeResult, nowMs: number): ProbeChange | null {
    const before = this.#view;
    const failures = result.error === null ? 0 : before.consecutiveFailures + 1;
    const state = result.error === null ? "healthy" : failures >= FAILURES_OUT ? "unhealthy" : before.state;
    this.#view = {
      state,
      sinceMs: state === before.state ? before.sinceMs : nowMs,
      consecutiveFailures: failures,
      lastError: result.error ?? before.lastError,
      latencyMs: result.latencyMs,
      checkedAtMs: nowMs,
    };
    if (result.connectMs !== undefined) this.#measure(result.connectMs);
    return state === before.state ? null : { from: before.state, to: state, error: result.error };
  }

  #measure(connectMs: number): void {
    const times = this.#connectTimes;
    if (times.length >= CONNECT_KEPT) times.shift();
    times.push(connectMs);
    if (times.length < CONNECT_SAMPLES) return;
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1]!;
    this.#network = { p50: at(0.5), p95: at(0.95) };
  }

  /** Milliseconds from the end of a probe that took `tookMs` to the next, which is then due. */
  plan(intervalMs: number, tookMs: number, nowMs: number): number {
    const failed = this.#view.consecutiveFailures > 0;
    const waitMs = Math.max(0, (failed ? Math.min(CONFIRM_MS, intervalMs) : intervalMs) - tookMs);
    this.#dueMs = nowMs + waitMs;
    return waitMs;
  }

  /**
   * How long the next probe may take. The one that confirms a failure gets what the failed one left of both their time,
   * so that an outage shows within the interval, {@link CONFIRM_MS} and one timeout, however slowly it fails.
   */
  limitMs(timeoutMs: number): number {
    const { consecutiveFailures, latencyMs } = this.#view;
    if (consecutiveFailures !== 1 || latencyMs === null) return timeoutMs;
    return Math.max(Math.min(CONFIRM_MS, timeoutMs), Math.min(timeoutMs, timeoutMs + CONFIRM_MS - latencyMs));
  }
}
