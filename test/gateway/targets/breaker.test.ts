import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Breaker } from "../../../src/gateway/targets/breaker.ts";
import type { BreakerRules, BreakerState, Transition, Verdict } from "../../../src/gateway/targets/circuit-breaker.ts";

const RULES: BreakerRules = {
  enabled: true,
  failureThreshold: 3,
  windowMs: 60_000,
  failureRate: 0.5,
  minimumRequests: 10,
  recoveryMs: 30_000,
  halfOpenMax: 2,
};

function breakerWith(rules: Partial<BreakerRules> = {}) {
  const changes: Transition[] = [];
  const breaker = new Breaker();
  breaker.configure({ ...RULES, ...rules }, (change) => void changes.push(change), 0);
  let nowMs = 1_000;
  const attempt = (verdict: Verdict): void => breaker.settle(breaker.acquire(nowMs)!, verdict, nowMs);
  return {
    breaker,
    changes,
    now: () => nowMs,
    wait(ms: number): void {
      nowMs += ms;
    },
    attempt,
    all: (...verdicts: Verdict[]) => verdicts.forEach(attempt),
    state: () => breaker.view(nowMs).state,
  };
}

/** One that has just opened. */
function openBreaker(rules: Partial<BreakerRules> = {}) {
  const opened = breakerWith({ failureThreshold: 1, ...rules });
  opened.attempt("failure");
  return opened;
}

describe("a breaker opens", () => {
  test("on so many failures in a row, and not before", () => {
    const { all, state, changes, breaker, now } = breakerWith();
    all("failure", "failure", "success", "failure", "nothing", "failure");
    expect(state()).toBe("closed");
    expect(breaker.view(now()).consecutiveFailures).toBe(2);
    all("failure");
    expect(state()).toBe("open");
    expect(changes).toEqual([{ from: "closed", to: "open", reason: "3 failures in a row", openMs: 30_000 }]);
    expect(breaker.acquire(now())).toBeNull();
    expect(breaker.obstacle(now())).toEqual({ reason: "breaker open", untilMs: 31_000 });
  });

  test("on the share of failures once there are enough requests, also when the last of them succeeds", () => {
    const { all, state, changes } = breakerWith({ failureThreshold: 100 });
    all("failure", "success", "failure", "success", "failure", "success", "failure", "success", "failure");
    expect(state()).toBe("closed");
    all("success");
    expect(state()).toBe("open");
    expect(changes[0]?.reason).toBe("5 of 10 requests failed within 60 s");
  });

  test.each([
    [0.55, 100, 55],
    [0.57, 100, 57],
    [0.07, 100, 7],
    [1, 3, 3],
  ])("at a share of exactly %d (%d requests, %d failed), and one failure less leaves it closed", (rate, of, failed) => {
    for (const failures of [failed - 1, failed]) {
      const { all, state } = breakerWith({ failureThreshold: 1000, failureRate: rate, minimumRequests: of });
      all(...Array<Verdict>(of - failures).fill("success"), ...Array<Verdict>(failures).fill("failure"));
      expect(state()).toBe(failures === failed ? "open" : "closed");
    }
  });

  test("not on failures that have left the window", () => {
    const { all, state, wait } = breakerWith({ failureThreshold: 100, minimumRequests: 4 });
    all("failure", "failure", "failure");
    wait(60_000);
    all("failure", "success", "success");
    expect(state()).toBe("closed");
    all("failure");
    expect(state()).toBe("open");
  });

  test("never where it is switched off, and rests nothing there", () => {
    const { all, state, breaker, now } = breakerWith({ enabled: false, failureThreshold: 1 });
    all("failure", "failure", "failure");
    breaker.rest(10_000, now());
    expect(state()).toBe("off");
    expect(breaker.obstacle(now())).toBeNull();
  });
});

describe("an open breaker", () => {
  test("lets so many trials through at a time after its wait, and closes when they succeed in a row", () => {
    const { breaker, changes, wait, now, state } = openBreaker();
    wait(29_999.9);
    expect(breaker.acquire(now())).toBeNull();
    wait(0.1);
    expect(breaker.obstacle(now())).toBeNull();
    const [first, second] = [breaker.acquire(now())!, breaker.acquire(now())!];
    expect(breaker.acquire(now())).toBeNull();
    expect(breaker.obstacle(now())?.reason).toBe("breaker half-open");
    breaker.settle(first, "success", now());
    expect(breaker.acquire(now())).not.toBeNull();
    breaker.settle(second, "success", now());
    expect(state()).toBe("closed");
    expect(changes.map(({ to }) => to)).toEqual(["open", "half_open", "closed"]);
    expect(breaker.view(now()).consecutiveFailures).toBe(0);
  });

  test("doubles its wait with every failed trial up to ten times, and begins anew after it has closed", () => {
    const { attempt, changes, wait, all } = openBreaker();
    for (const expected of [60, 120, 240, 300, 300]) {
      wait(300_000);
      attempt("failure");
      expect(changes.at(-1)).toMatchObject({ to: "open", openMs: expected * 1000 });
    }
    wait(300_000);
    all("success", "success", "failure");
    expect(changes.at(-1)).toMatchObject({ to: "open", openMs: 30_000 });
  });

  test("gives a trial's place back when the trial said nothing", () => {
    const { attempt, wait, state, breaker, now } = openBreaker({ halfOpenMax: 1 });
    wait(30_000);
    for (let turn = 0; turn < 5; turn++) attempt("nothing");
    expect(state()).toBe("half_open");
    expect(breaker.acquire(now())).not.toBeNull();
  });

  test("is told nothing by what was begun before it opened", () => {
    const { breaker, now, wait, state, attempt } = breakerWith({ failureThreshold: 1 });
    const stragglers = [breaker.acquire(now())!, breaker.acquire(now())!];
    attempt("failure");
    wait(30_000);
    const trial = breaker.acquire(now())!;
    breaker.settle(stragglers[0]!, "failure", now());
    breaker.settle(stragglers[1]!, "success", now());
    expect(state()).toBe("half_open");
    breaker.settle(trial, "success", now());
    attempt("success");
    expect(state()).toBe("closed");
  });

  test("closes when it is switched off, and shortens a wait that the new rules would not allow", () => {
    const { breaker, now, changes, state, attempt, wait } = openBreaker();
    for (let turn = 0; turn < 4; turn++) {
      wait(300_000);
      attempt("failure");
    }
    breaker.configure({ ...RULES, recoveryMs: 1_000 }, (change) => void changes.push(change), now());
    expect(breaker.obstacle(now())?.untilMs).toBe(now() + 10_000);
    breaker.configure({ ...RULES, enabled: false }, (change) => void changes.push(change), now());
    expect(state()).toBe("off");
    expect(changes.at(-1)).toMatchObject({ from: "open", to: "closed", reason: "switched off" });
  });
});

describe("a resting target", () => {
  test("is no candidate until its time is over, but what already waits for it may ask", () => {
    const { breaker, now, wait, state } = breakerWith();
    breaker.rest(5_000, now());
    breaker.rest(2_000, now());
    expect(breaker.obstacle(now())).toEqual({ reason: "resting", untilMs: 6_000 });
    expect(breaker.view(now()).restingUntilMs).toBe(6_000);
    expect(breaker.acquire(now())).not.toBeNull();
    expect(state()).toBe("closed");
    wait(5_000);
    expect(breaker.obstacle(now())).toBeNull();
  });

  test("rests as long as it asked to, and an hour at most", () => {
    for (const [askedMs, restsMs] of [
      [432_000, 432_000],
      [86_400_000, 3_600_000],
    ] as const) {
      const { breaker, now } = breakerWith();
      breaker.rest(askedMs, now());
      expect(breaker.obstacle(now())?.untilMs).toBe(now() + restsMs);
    }
  });
});

/** The same promises said plainly: every attempt is kept, nothing is counted on the way. */
class Reference {
  state: BreakerState = "closed";
  nowMs = 0;
  untilMs = 0;
  openMs = 0;
  era = 0;
  trials = new Set<number>();
  successes = 0;
  ended: { atMs: number; failed: boolean }[] = [];
  readonly rules: BreakerRules;

  constructor(rules: BreakerRules) {
    this.rules = rules;
  }

  look(): void {
    if (this.state === "open" && this.nowMs >= this.untilMs) this.become("half_open");
  }

  acquire(id: number): number | null {
    this.look();
    if (this.state === "open") return null;
    if (this.state === "half_open") {
      if (this.trials.size >= this.rules.halfOpenMax) return null;
      this.trials.add(id);
    }
    return this.era;
  }

  settle(id: number, era: number, verdict: Verdict): void {
    if (era !== this.era) return;
    this.trials.delete(id);
    if (verdict === "nothing") return;
    if (this.state === "half_open") {
      if (verdict === "failure") this.open(Math.min(this.openMs * 2, this.rules.recoveryMs * 10));
      else if (++this.successes === this.rules.halfOpenMax) this.become("closed");
      return;
    }
    this.ended.push({ atMs: this.nowMs, failed: verdict === "failure" });
    const row = this.ended.length - 1 - this.ended.findLastIndex(({ failed }) => !failed);
    const slotMs = this.rules.windowMs / 20;
    const slot = (ms: number) => Math.floor(ms / slotMs);
    const recent = this.ended.filter(({ atMs }) => slot(this.nowMs) - slot(atMs) < 20);
    const share = recent.filter(({ failed }) => failed).length / recent.length;
    if (row >= this.rules.failureThreshold) this.open(this.rules.recoveryMs);
    else if (recent.length >= this.rules.minimumRequests && share >= this.rules.failureRate) {
      this.open(this.rules.recoveryMs);
    }
  }

  open(ms: number): void {
    this.become("open");
    this.openMs = ms;
    this.untilMs = this.nowMs + ms;
  }

  become(state: BreakerState): void {
    this.state = state;
    this.era++;
    this.trials.clear();
    this.successes = 0;
    this.ended = [];
  }
}

interface Real {
  readonly breaker: Breaker;
  readonly permits: Map<number, { real: number; model: number }>;
  next: number;
}

/** A step of both, after which they must agree. */
class Step implements fc.Command<Reference, Real> {
  readonly name: string;
  readonly act: (model: Reference, real: Real) => void;

  constructor(name: string, act: (model: Reference, real: Real) => void) {
    this.name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Reference, real: Real): void {
    this.act(model, real);
    model.look();
    const { nowMs, rules } = model;
    const blocked = model.state === "open" || model.trials.size >= rules.halfOpenMax;
    expect(real.breaker.obstacle(nowMs) !== null).toBe(blocked);
    const shown = real.breaker.view(nowMs);
    expect(shown.state).toBe(model.state);
    expect(shown.halfOpenAtMs).toBe(model.state === "open" ? model.untilMs : null);
  }

  toString(): string {
    return this.name;
  }
}

const begin = fc.constant(
  new Step("begin", (model, real) => {
    const id = real.next++;
    const expected = model.acquire(id);
    const permit = real.breaker.acquire(model.nowMs);
    expect(permit === null).toBe(expected === null);
    if (permit !== null && expected !== null) real.permits.set(id, { real: permit, model: expected });
  }),
);
const wait = fc.integer({ min: 0, max: 400 }).map(
  (ms) =>
    new Step(`wait ${ms}`, (model) => {
      model.nowMs += ms;
    }),
);
const verdicts = fc.constantFrom<Verdict>("success", "failure", "failure", "nothing");
const end = fc.tuple(fc.nat(20), verdicts).map(
  ([which, verdict]) =>
    new Step(`end ${which} ${verdict}`, (model, real) => {
      const ids = [...real.permits.keys()];
      const id = ids[which % Math.max(1, ids.length)];
      if (id === undefined) return;
      const permit = real.permits.get(id)!;
      real.permits.delete(id);
      model.settle(id, permit.model, verdict);
      real.breaker.settle(permit.real, verdict, model.nowMs);
    }),
);

const anyRules = fc.record({
  enabled: fc.constant(true),
  failureThreshold: fc.integer({ min: 1, max: 6 }),
  windowMs: fc.constantFrom(200, 1_000, 5_000),
  failureRate: fc.constantFrom(0.1, 0.3, 0.5, 0.75, 1),
  minimumRequests: fc.integer({ min: 1, max: 12 }),
  recoveryMs: fc.integer({ min: 1, max: 500 }),
  halfOpenMax: fc.integer({ min: 1, max: 4 }),
});

test("a breaker does what the plain reference does, whatever happens in whatever order", () => {
  const steps = fc.commands([begin, begin, end, end, wait], { maxCommands: 300, size: "max" });
  fc.assert(
    fc.property(anyRules, steps, (rules, commands) => {
      const breaker = new Breaker();
      breaker.configure(rules, () => {}, 0);
      fc.modelRun(() => ({ model: new Reference(rules), real: { breaker, permits: new Map(), next: 0 } }), commands);
    }),
    { numRuns: 400 },
  );
});
