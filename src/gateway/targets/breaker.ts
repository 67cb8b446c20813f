import { HOUR_MS } from "../../lib/durations.ts";
import { thousandths } from "../../lib/thousandths.ts";
import type {
  BreakerRules,
  BreakerState,
  BreakerView,
  CircuitBreaker,
  Obstacle,
  Transition,
  Verdict,
} from "./circuit-breaker.ts";
import { type OutcomeSlots, OutcomeWindow } from "./outcome-window.ts";

const OFF: BreakerRules = {
  enabled: false,
  failureThreshold: 1,
  windowMs: 1,
  failureRate: 1,
  minimumRequests: 1,
  recoveryMs: 1,
  halfOpenMax: 1,
};
/** The wait doubles with every trial that fails, up to so many times the configured one. */
const MAX_GROWTH = 10;
/** A target rests no longer than this, whatever its `Retry-After` says: a clock that is wrong must not end it for good. */
const MAX_REST_MS = HOUR_MS;

/** A breaker's state in the order of {@link Breaker.snapshot}. */
type Kept = readonly [
  state: BreakerState,
  sinceMs: number,
  openMs: number,
  consecutive: number,
  generation: number,
  trials: number,
  trialAtMs: number,
  successes: number,
  restingUntilMs: number | null,
  windowMs: number,
  outcomes: OutcomeSlots,
];

const NEW: Kept = ["closed", 0, 0, 0, 0, 0, 0, 0, null, 0, []];

/**
 * One target's circuit breaker. No timer and no clock of its own: every call says what time it is
 * (`Clock.monotonic()`), and an open breaker becomes half open when it is first looked at after its wait.
 *
 * An attempt takes a permit before it begins and gives it back with its verdict. A permit is the number of the state it
 * was given in: what was begun before a change of state says nothing about the time after it.
 */
export class Breaker implements CircuitBreaker {
  #rules = OFF;
  #notify: (transition: Transition) => void = () => {};
  #window = new OutcomeWindow(OFF.windowMs);
  #state: BreakerState = "closed";
  #sinceMs = 0;
  #openMs = 0;
  #consecutive = 0;
  #generation = 0;
  #trials = 0;
  #trialAtMs = 0;
  #successes = 0;
  #restingUntilMs = Number.NEGATIVE_INFINITY;

  configure(rules: BreakerRules, notify: (transition: Transition) => void, nowMs: number): void {
    if (rules.windowMs !== this.#rules.windowMs) this.#window = new OutcomeWindow(rules.windowMs);
    this.#rules = rules;
    this.#notify = notify;
    this.#openMs = Math.min(this.#openMs, rules.recoveryMs * MAX_GROWTH);
    if (rules.enabled) return;
    this.#restingUntilMs = Number.NEGATIVE_INFINITY;
    if (this.#state !== "closed") this.#change("closed", "switched off", nowMs);
  }

  obstacleToAll(nowMs: number): Obstacle | null {
    return this.obstacle(nowMs);
  }

  obstacle(nowMs: number): Obstacle | null {
    if (this.#state !== "closed") {
      this.#look(nowMs);
      if (this.#state === "open") return { reason: "breaker open", untilMs: this.#sinceMs + this.#openMs };
      if (!this.#hasTrial()) return { reason: "breaker half-open", untilMs: nowMs };
    }
    return this.#restingUntilMs > nowMs ? { reason: "resting", untilMs: this.#restingUntilMs } : null;
  }

  isOpen(nowMs: number): boolean {
    if (this.#state === "closed") return false;
    this.#look(nowMs);
    return this.#state === "open";
  }

  /** Nobody else gives trials of this one. */
  prepare(): null {
    return null;
  }

  acquire(nowMs: number): number | null {
    if (this.#state !== "closed") {
      this.#look(nowMs);
      if (!this.#hasTrial()) return null;
      this.#trials++;
      this.#trialAtMs = nowMs;
    }
    return this.#generation;
  }

  /** Hands a permit back. */
  settle(permit: number, verdict: Verdict, nowMs: number): void {
    if (permit !== this.#generation || !this.#rules.enabled) return;
    if (this.#state === "half_open") this.#trials = Math.max(0, this.#trials - 1);
    if (verdict === "nothing") return;
    this.#consecutive = verdict === "failure" ? this.#consecutive + 1 : 0;
    if (this.#state === "half_open") this.#settleTrial(verdict, nowMs);
    else this.#count(verdict, nowMs);
  }

  /**
   * Hands back the permit of a success that is told late, by who knew of no failure: it counts, but does not end the
   * failures in a row that others have seen since.
   */
  settleLate(permit: number, nowMs: number): void {
    if (permit !== this.#generation || !this.#rules.enabled || this.#state !== "closed") return;
    this.#count("success", nowMs);
  }

  rest(forMs: number, nowMs: number): boolean {
    if (!this.#rules.enabled || forMs <= 0) return false;
    const begins = this.#restingUntilMs <= nowMs;
    this.#restingUntilMs = Math.max(this.#restingUntilMs, nowMs + Math.min(forMs, MAX_REST_MS));
    return begins;
  }

  view(nowMs: number): BreakerView {
    this.#look(nowMs);
    return {
      state: this.#rules.enabled ? this.#state : "off",
      sinceMs: this.#generation === 0 ? null : this.#sinceMs,
      halfOpenAtMs: this.#state === "open" ? this.#sinceMs + this.#openMs : null,
      consecutiveFailures: this.#consecutive,
      restingUntilMs: this.#restingUntilMs > nowMs ? this.#restingUntilMs : null,
    };
  }

  /** Its state as text, for {@link restore}; the same state gives the same text. */
  snapshot(): string {
    const rest = this.#restingUntilMs;
    const kept: Kept = [
      this.#state,
      thousandths(this.#sinceMs),
      this.#openMs,
      this.#consecutive,
      this.#generation,
      this.#trials,
      thousandths(this.#trialAtMs),
      this.#successes,
      rest === Number.NEGATIVE_INFINITY ? null : thousandths(rest),
      this.#rules.windowMs,
      this.#window.dump(),
    ];
    return JSON.stringify(kept);
  }

  /** Takes a state over without telling anybody; empty: the state of a breaker that is new. Rules stay. */
  restore(text: string): void {
    const kept = text === "" ? NEW : (JSON.parse(text) as Kept);
    this.#state = kept[0];
    this.#sinceMs = kept[1];
    this.#openMs = kept[2];
    this.#consecutive = kept[3];
    this.#generation = kept[4];
    this.#trials = kept[5];
    this.#trialAtMs = kept[6];
    this.#successes = kept[7];
    this.#restingUntilMs = kept[8] ?? Number.NEGATIVE_INFINITY;
    this.#window.load(kept[9] === this.#rules.windowMs ? kept[10] : []);
  }

  #hasTrial(): boolean {
    return this.#state === "half_open" && this.#trials < this.#rules.halfOpenMax;
  }

  /** Whatever has become true by the passing of time. */
  #look(nowMs: number): void {
    const halfOpenAtMs = this.#sinceMs + this.#openMs;
    if (this.#state === "open" && nowMs >= halfOpenAtMs) this.#change("half_open", "its wait is over", halfOpenAtMs);
    const { trialMs = Number.POSITIVE_INFINITY } = this.#rules;
    if (this.#state === "half_open" && nowMs - this.#trialAtMs > trialMs) this.#trials = 0;
  }

  #settleTrial(verdict: Verdict, nowMs: number): void {
    const { recoveryMs, halfOpenMax } = this.#rules;
    if (verdict === "failure") {
      this.#openMs = Math.min(this.#openMs * 2, recoveryMs * MAX_GROWTH);
      this.#change("open", "a trial request failed", nowMs);
    } else if (++this.#successes >= halfOpenMax) {
      this.#change("closed", `${this.#successes} trial requests in a row succeeded`, nowMs);
    }
  }

  #count(verdict: Verdict, nowMs: number): void {
    const { failureThreshold, failureRate, minimumRequests, windowMs, recoveryMs } = this.#rules;
    this.#window.add(nowMs, verdict === "failure");
    const { total, failures } = this.#window;
    const inARow = this.#consecutive >= failureThreshold;
    // 55 of 100 is a rate of 0.55, whatever 0.55 * 100 is in floating point
    if (!inARow && (total < minimumRequests || failures < failureRate * total - 1e-9)) return;
    const reason = inARow
      ? `${this.#consecutive} failures in a row`
      : `${failures} of ${total} requests failed within ${windowMs / 1000} s`;
    this.#openMs = recoveryMs;
    this.#change("open", reason, nowMs);
  }

  #change(to: BreakerState, reason: string, nowMs: number): void {
    const from = this.#state;
    this.#state = to;
    this.#sinceMs = nowMs;
    this.#generation++;
    this.#trials = 0;
    this.#successes = 0;
    if (to === "closed") {
      this.#consecutive = 0;
      this.#window.clear();
    }
    this.#notify({ from, to, reason, openMs: to === "open" ? this.#openMs : null });
  }
}
