/** When a breaker opens and how it closes again; times in milliseconds. */
export interface BreakerRules {
  readonly enabled: boolean;
  /** How many failures in a row open it. */
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
  /**
   * Asks for a trial where one may be had and must be asked for; null: there is nothing to wait for. It is given back where
   * nobody takes it within a quarter of a second.
   */
  prepare(nowMs: number): Promise<void> | null;
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
