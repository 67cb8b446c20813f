import type { Clock } from "../../lib/clock.ts";
import type { Cells } from "../../store/counters/counters.ts";
import { Breaker } from "./breaker.ts";
import { applyStep, type BreakerStep } from "./breaker-step.ts";
import { nextText, stateOf, versionOf } from "./breaker-text.ts";
import type { BreakerRules, BreakerView, CircuitBreaker, Obstacle, Transition, Verdict } from "./circuit-breaker.ts";

/** Successes of a target that has no failures tell others little: they are handed in so often. */
const LAZY_MS = 100;
/** A trial that was asked for and not made is given back. */
const TRIAL_KEPT_MS = 250;
/** How often a change is tried again because others were faster. */
const MAX_TRIES = 100;

const OFF = { enabled: false } as const;

/**
 * A target's circuit breaker whose state several processes or threads share. What is known of it is kept here, so that
 * asking costs no call; what happens is applied to the shared state by the same {@link Breaker}, and swapped in where
 * nobody was faster. While the shared state cannot be reached it goes on by itself.
 *
 * Permits of a closed breaker are given at once. Trials of a half-open one must be asked for before ({@link prepare}).
 */
export class SharedBreaker implements CircuitBreaker {
  readonly #cells: Cells;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #mirror = new Breaker();
  readonly #unwatch: () => void;
  #rules: BreakerRules | typeof OFF = OFF;
  #notify: (transition: Transition) => void = () => {};
  #text = "";
  #steps: BreakerStep[] = [];
  #flushing: Promise<void> | null = null;
  /** Whether what is handed in is more than successes. */
  #isNews = false;
  #lazy: (() => void) | null = null;
  #granted: { readonly permit: number; readonly cancel: () => void }[] = [];

  constructor(cells: Cells, key: string, clock: Clock) {
    this.#cells = cells;
    this.#key = key;
    this.#clock = clock;
    this.#unwatch = cells.watch(key, (text) => this.#adopt(text));
  }

  configure(rules: BreakerRules, notify: (transition: Transition) => void, nowMs: number): void {
    this.#rules = rules;
    this.#notify = notify;
    const tell = (transition: Transition): void => {
      if (!this.#isShared()) notify(transition);
    };
    this.#mirror.configure(rules, tell, this.#shared(nowMs));
    if (this.#isShared()) this.#mirror.restore(stateOf(this.#text));
  }

  obstacle(nowMs: number): Obstacle | null {
    if (this.#granted.length > 0) {
      // a trial stands in nobody's way, but it does not end a rest
      const { restingUntilMs } = this.view(nowMs);
      return restingUntilMs === null ? null : { reason: "resting", untilMs: restingUntilMs };
    }
    const found = this.obstacleToAll(nowMs);
    if (found !== null || !this.#isShared() || this.#stateAt(nowMs) === "closed") return found;
    return { reason: "breaker half-open", untilMs: nowMs };
  }

  obstacleToAll(nowMs: number): Obstacle | null {
    const found = this.#mirror.obstacle(this.#shared(nowMs));
    return found === null ? null : { reason: found.reason, untilMs: found.untilMs - this.#cells.offsetMs() };
  }

  isOpen(nowMs: number): boolean {
    return this.#mirror.isOpen(this.#shared(nowMs));
  }

  acquire(nowMs: number): number | null {
    if (!this.#isShared() || this.#stateAt(nowMs) === "closed") return this.#mirror.acquire(this.#shared(nowMs));
    const trial = this.#granted.shift();
    trial?.cancel();
    return trial?.permit ?? null;
  }

  settle(permit: number, verdict: Verdict, nowMs: number): void {
    const atMs = this.#shared(nowMs);
    if (!this.#isShared()) {
      this.#mirror.settle(permit, verdict, atMs);
      return;
    }
    const { state, consecutiveFailures } = this.#mirror.view(atMs);
    if (verdict === "nothing" && state === "closed") return;
    if (verdict === "success" && state === "closed" && consecutiveFailures === 0) {
      this.#steps.push({ kind: "late success", permit, atMs });
      this.#flushSoon();
      return;
    }
    this.#steps.push({ kind: "settle", permit, verdict, atMs });
    this.#isNews = true;
    this.#flush();
  }

  rest(forMs: number, nowMs: number): boolean {
    const atMs = this.#shared(nowMs);
    const begins = this.#mirror.rest(forMs, atMs);
    if (this.#isShared() && forMs > 0) {
      this.#steps.push({ kind: "rest", forMs, atMs });
      this.#isNews = true;
      this.#flush();
    }
    return begins;
  }

  view(nowMs: number): BreakerView {
    const view = this.#mirror.view(this.#shared(nowMs));
    const own = (ms: number | null): number | null => (ms === null ? null : ms - this.#cells.offsetMs());
    return {
      ...view,
      sinceMs: own(view.sinceMs),
      halfOpenAtMs: own(view.halfOpenAtMs),
      restingUntilMs: own(view.restingUntilMs),
    };
  }

  prepare(nowMs: number): Promise<void> | null {
    if (!this.#isShared() || this.#granted.length > 0 || this.#stateAt(nowMs) !== "half_open") return null;
    return new Promise((resolve) => {
      const grant = (permit: number | null): void => {
        if (permit !== null) this.#keep(permit);
        resolve();
      };
      this.#steps.push({ kind: "trial", atMs: this.#shared(nowMs), grant });
      this.#flush();
    });
  }

  /** Resolves when others know what happened here; null: they do. */
  told(): Promise<void> | null {
    return this.#isNews ? this.#flushing : null;
  }

  /** Ends it: nobody asks any more. */
  close(): void {
    this.#unwatch();
    this.#lazy?.();
    this.#lazy = null;
    if (this.#steps.length > 0) this.#flush();
  }

  #isShared(): boolean {
    return this.#rules.enabled && this.#cells.reachable();
  }

  #shared(nowMs: number): number {
    return nowMs + this.#cells.offsetMs();
  }

  #stateAt(nowMs: number): string {
    return this.#mirror.view(this.#shared(nowMs)).state;
  }

  /** Takes over what the others know, unless what is known here is newer: answers and news come by different ways. */
  #adopt(text: string): void {
    const known = versionOf(this.#text);
    const version = versionOf(text);
    if (version.epoch === known.epoch && version.number < known.number) return;
    this.#text = text;
    this.#mirror.restore(stateOf(text));
  }

  #keep(permit: number): void {
    const trial = {
      permit,
      cancel: this.#clock.after(TRIAL_KEPT_MS, () => {
        this.#granted = this.#granted.filter((each) => each !== trial);
        this.settle(permit, "nothing", this.#clock.monotonic());
      }),
    };
    this.#granted.push(trial);
  }

  #flushSoon(): void {
    this.#lazy ??= this.#clock.after(LAZY_MS, () => this.#flush());
  }

  #flush(): void {
    this.#lazy?.();
    this.#lazy = null;
    // with nothing to hand in it would be over before it is known to be under way, and be taken for that forever
    if (this.#steps.length > 0) this.#flushing ??= this.#handIn();
  }

  async #handIn(): Promise<void> {
    while (this.#steps.length > 0) {
      const steps = this.#steps;
      this.#steps = [];
      try {
        await this.#share(steps);
      } catch {
        for (const step of steps) applyStep(this.#mirror, step)();
      }
    }
    // in the same turn as the last look at the steps: what comes now begins anew
    this.#flushing = null;
    this.#isNews = false;
  }

  async #share(steps: readonly BreakerStep[]): Promise<void> {
    for (let tries = 0, from = this.#text; tries < MAX_TRIES; tries++) {
      const work = new Breaker();
      const transitions: Transition[] = [];
      const { atMs } = steps.at(-1)!;
      work.configure(this.#rules as BreakerRules, (transition) => transitions.push(transition), atMs);
      work.restore(stateOf(from));
      const grants = steps.map((step) => applyStep(work, step));
      // trials that are given back as well, or others would take them for given for good
      const loud = transitions.length > 0 || steps.some(({ kind }) => kind !== "late success");
      const state = work.snapshot();
      const change = { from, to: state === stateOf(from) ? from : nextText(from, state), loud };
      // always awaited: who hands in must not be done before it is known to be at it
      const isSame = change.from === change.to;
      const swapped = await (isSame ? { done: true, text: from } : this.#cells.swap(this.#key, change));
      this.#adopt(swapped.text);
      from = swapped.text;
      if (!swapped.done) continue;
      for (const transition of transitions) this.#notify(transition);
      for (const grant of grants) grant();
      return;
    }
    throw new Error("the shared breaker is contended");
  }
}
