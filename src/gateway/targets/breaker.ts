import { HOUR_MS } from "../../lib/durations.ts";
import { thousandths } from "../../lib/thousandths.ts";
import { type OutcomeSlots, OutcomeWindow } from "./outcome-window.ts";

/** When a breaker opens and how it closes again; times in milliseconds. */
export interface BreakerRules {
  readonly enabled: boolean;
  /** So many failures in a row open it. */
  readonly failureThreshold: number;
  readonly windowMs: number;
  /** This share of failures among the attempts of the window opens it, once there are {@link minimumRequests}. */
  readonly failureRate: number;
  readonly minimumRequests: number;
  /** How long it stays open at first. */
  readonly recoveryMs: number;
  /** Trial requests at a time while half open, and how many must succeed in a row. */
  readonly halfOpenMax: number;
  /** After so long a trial counts as lost with the process that made it; without it trials always come back. */
  readonly trialMs?: number;
}

/** Closed: everything goes. Open: nothing does. Half open: a few trials. */
export type BreakerState = "closed" | "open" | "half_open";

/** What the end of an attempt says about its target; `nothing`: the fault was not the target's, or nobody waited. */
export type Verdict = "success" | "failure" | "nothing";

/** One change of state. */
export interface Transition {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** For people. */
  readonly reason: string;
  /** How long it stays open; null for other states. */
  readonly openMs: number | null;
}

/** Why a target is to be left alone, and until when (as `Clock.monotonic()`). */
export interface Obstacle {
  readonly reason: string;
  readonly untilMs: number;
}

/** One target's circuit breaker, of this process alone or shared. */
export interface CircuitBreaker {
  /** Puts rules in force, also over a running state; `notify` is told of every change from here on. */
  configure(rules: BreakerRules, notify: (transition: Transition) => void, nowMs: number): void;
  /** Why no further request should go to the target now; null: it may. */
  obstacle(nowMs: number): Obstacle | null;
  /** The same for whoever might ask: a trial that can be had, but must be asked for, stands in nobody's way. */
  obstacleToAll(nowMs: number): Obstacle | null;
  /** Whether it is open now, so that no permit would be given. */
  isOpen(nowMs: number): boolean;
  /** A permit for one attempt, to be handed back once to {@link settle}; null: the attempt must not be made. */
  acquire(nowMs: number): number | null;
  settle(permit: number, verdict: Verdict, nowMs: number): void;
  /** The target asked to be left alone for so long (429 with `Retry-After`). Gives whether its rest begins now. */
  rest(forMs: number, nowMs: number): boolean;
  /** What there is to show. */
  view(nowMs: number): BreakerView;
}

/** A breaker as it can be shown; times as `Clock.monotonic()`. */
export interface BreakerView {
  readonly state: BreakerState | "off";
  /** When it came into this state; null: it has never been in another. */
  readonly sinceMs: number | null;
  /** When it becomes half open; null unless it is open. */
  readonly halfOpenAtMs: number | null;
  readonly consecutiveFailures: number;
  /** Until when the target rests after a 429; null: it does not. */
  readonly restingUntilMs: number | null;
}

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
