import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Breaker } from "../../../src/gateway/targets/breaker.ts";
import type { BreakerRules, Transition, Verdict } from "../../../src/gateway/targets/circuit-breaker.ts";
import { SharedBreaker } from "../../../src/gateway/targets/shared-breaker.ts";
import type { Cells } from "../../../src/store/counters/counters.ts";
import { LocalCells } from "../../../src/store/counters/local-cells.ts";
import { fakeClock, settled } from "../../support/clock.ts";

const RULES: BreakerRules = {
  enabled: true,
  failureThreshold: 3,
  windowMs: 60_000,
  failureRate: 0.5,
  minimumRequests: 6,
  recoveryMs: 10_000,
  halfOpenMax: 2,
  trialMs: 600_000,
};

/** Successes are told within this. */
const LAZY_MS = 100;

function sharing(cells?: Cells, rules: BreakerRules = RULES) {
  const clock = fakeClock();
  const shared = cells ?? new LocalCells(clock);
  const said: string[] = [];
  const tell = ({ from, to }: Transition): void => void said.push(`${from} ${to}`);
  const node = (): SharedBreaker => {
    const breaker = new SharedBreaker(shared, "target", clock);
    breaker.configure(rules, tell, clock.monotonic());
    return breaker;
  };
  const nodes = [node(), node()] as const;
  const now = (): number => clock.monotonic();
  /** One attempt through one of them; false: it gives no permit. */
  const attempt = async (at: number, verdict: Verdict): Promise<boolean> => {
    const breaker = nodes[at % 2]!;
    await breaker.prepare(now());
    const permit = breaker.acquire(now());
    if (permit !== null) breaker.settle(permit, verdict, now());
    await breaker.told();
    return permit !== null;
  };
  return { clock, nodes, said, now, attempt };
}

describe("a shared breaker", () => {
  test("is one breaker, whoever sees what in which order", async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constantFrom("success", "failure", "nothing"), at: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("rest"), at: fc.nat(1), ms: fc.nat(20_000) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(0, 1_000, 10_000, 40_000) }) },
    ) as fc.Arbitrary<{ do: string; at: number; ms: number }>;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), fc.nat(2), async (steps, more) => {
        const rules = { ...RULES, halfOpenMax: 1 + more };
        const { clock, nodes, now, attempt, said } = sharing(undefined, rules);
        const reference = new Breaker();
        const expected: string[] = [];
        // by the time that is shared: the slots of its window begin when theirs do
        const common = (): number => clock.now();
        reference.configure(rules, ({ from, to }) => void expected.push(`${from} ${to}`), common());
        for (const each of steps) {
          if (each.do === "wait") await clock.advance(each.ms);
          else if (each.do === "rest") {
            expect(nodes[each.at]!.rest(each.ms, now())).toBe(reference.rest(each.ms, common()));
          } else {
            const verdict = each.do as Verdict;
            const permit = reference.acquire(common());
            if (permit !== null) reference.settle(permit, verdict, common());
            expect(await attempt(each.at, verdict)).toBe(permit !== null);
          }
          await clock.advance(LAZY_MS);
          const view = rounded(reference.view(common()), common() - now());
          for (const node of nodes) expect(rounded(node.view(now()))).toEqual(view);
        }
        // that a wait is over shows when somebody looks: here with the next trial
        expect(said).toEqual(expected.slice(0, said.length));
        expect(expected.length - said.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  test("opens at its threshold although successes from before the failures are told after them", async () => {
    const { nodes, now, attempt, clock } = sharing();
    for (const at of [0, 1]) expect(await attempt(at, "success")).toBe(true);
    for (const at of [0, 1]) expect(await attempt(at, "failure")).toBe(true);
    // the second one's success reaches the others with its failure, behind the first one's
    expect(nodes[0].view(now()).consecutiveFailures).toBe(2);
    expect(await attempt(0, "failure")).toBe(true);
    expect(nodes.map((node) => node.isOpen(now()))).toEqual([true, true]);
    await clock.advance(LAZY_MS);
    expect(nodes.map((node) => node.isOpen(now()))).toEqual([true, true]);
  });

  test("lets a success of whoever has heard of the failures end them", async () => {
    const { nodes, now, attempt } = sharing();
    for (const at of [0, 1]) expect(await attempt(at, "failure")).toBe(true);
    expect(await attempt(1, "success")).toBe(true);
    expect(nodes.map((node) => node.view(now()).consecutiveFailures)).toEqual([0, 0]);
  });

  test("gives a trial that came to nothing to whoever asks next", async () => {
    const { clock, nodes, now, attempt } = sharing(undefined, { ...RULES, halfOpenMax: 1 });
    for (const at of [0, 1, 0]) expect(await attempt(at, "failure")).toBe(true);
    await clock.advance(RULES.recoveryMs);
    expect(await attempt(0, "nothing")).toBe(true);
    await nodes[0].prepare(now());
    // nobody made it
    await clock.advance(250);
    await settled();
    expect(await attempt(1, "success")).toBe(true);
    expect(nodes.map((node) => node.view(now()).state)).toEqual(["closed", "closed"]);
  });

  test("lets a target rest that asked for it while it is tried again, whoever has a trial", async () => {
    const { clock, nodes, now, attempt } = sharing();
    for (const at of [0, 1, 0]) expect(await attempt(at, "failure")).toBe(true);
    await clock.advance(RULES.recoveryMs);
    const [one, other] = nodes;
    await other.prepare(now());
    expect(other.obstacle(now())).toBeNull();
    one.rest(3_000, now());
    await one.told();
    const rests = { reason: "resting", untilMs: now() + 3_000 };
    expect(other.obstacle(now())).toEqual(rests);
    await one.prepare(now());
    expect(one.obstacle(now())).toEqual(rests);
    await clock.advance(3_000);
    await one.prepare(now());
    expect(one.obstacle(now())).toBeNull();
  });

  test("gives no more trials than it may, to however many ask at once", async () => {
    const { clock, nodes, now, attempt } = sharing();
    for (const at of [0, 1, 0]) expect(await attempt(at, "failure")).toBe(true);
    expect(nodes[0].isOpen(now()) && nodes[1].isOpen(now())).toBe(true);
    expect(nodes[1].obstacle(now())).toEqual({ reason: "breaker open", untilMs: now() + RULES.recoveryMs });
    await clock.advance(RULES.recoveryMs);
    const permits: (number | null)[] = [];
    const ask = async (at: number): Promise<void> => {
      const node = nodes[at % 2]!;
      await node.prepare(now());
      permits.push(node.obstacle(now()) === null ? node.acquire(now()) : null);
    };
    await Promise.all(Array.from({ length: 20 }, (_, at) => ask(at)));
    const given = permits.filter((permit) => permit !== null);
    expect(given).toHaveLength(RULES.halfOpenMax);
    expect(nodes[0].obstacle(now())?.reason).toBe("breaker half-open");
    for (const [at, permit] of given.entries()) nodes[at % 2]!.settle(permit, "success", now());
    for (const node of nodes) await node.told();
    expect(nodes.map((node) => node.view(now()).state)).toEqual(["closed", "closed"]);
  });

  test("is shown as open to a trial as long as one can be had, to whoever looks", async () => {
    const { clock, nodes, now, attempt } = sharing();
    for (const at of [0, 1, 0]) await attempt(at, "failure");
    const shown = (): (string | undefined)[] => nodes.map((node) => node.obstacleToAll(now())?.reason);
    expect(shown()).toEqual(["breaker open", "breaker open"]);
    await clock.advance(RULES.recoveryMs);
    expect(shown()).toEqual([undefined, undefined]);
    // a request must ask for it first
    expect(nodes[0].obstacle(now())?.reason).toBe("breaker half-open");
    for (let trials = 0; trials < RULES.halfOpenMax; trials++) {
      await nodes[0].prepare(now());
      expect(nodes[0].acquire(now())).not.toBeNull();
    }
    expect(shown()).toEqual(["breaker half-open", "breaker half-open"]);
  });

  test("takes a trial back that nobody makes, and one whose process is gone", async () => {
    const { clock, nodes, now, attempt } = sharing();
    for (const at of [0, 1, 0]) await attempt(at, "failure");
    await clock.advance(RULES.recoveryMs);
    await nodes[0].prepare(now());
    await nodes[0].prepare(now());
    expect(nodes[0].obstacle(now())).toBeNull();
    await clock.advance(250);
    expect(nodes[0].obstacle(now())?.reason).toBe("breaker half-open");
    // both are free again: taken and never handed back
    for (let taken = 0; taken < RULES.halfOpenMax; taken++) {
      await nodes[1].prepare(now());
      expect(nodes[1].acquire(now())).not.toBeNull();
    }
    await nodes[0].prepare(now());
    expect(nodes[0].acquire(now())).toBeNull();
    await clock.advance(RULES.trialMs! + 1);
    await nodes[0].prepare(now());
    expect(nodes[0].acquire(now())).not.toBeNull();
  });

  test("goes on alone while the others cannot be reached, and says what it does", async () => {
    let reachable = true;
    const clock = fakeClock();
    const local = new LocalCells(clock);
    const broken: Cells = {
      offsetMs: () => local.offsetMs(),
      caughtUp: () => null,
      reachable: () => reachable,
      read: (key) => local.read(key),
      watch: (key, tell) => local.watch(key, tell),
      swap: (key, change) => (reachable ? local.swap(key, change) : Promise.reject(new Error("gone"))),
    };
    const { nodes, now, attempt, said } = sharing(broken);
    await attempt(0, "failure");
    reachable = false;
    for (const at of [0, 0]) await attempt(at, "failure");
    await settled();
    expect(said).toEqual(["closed open"]);
    expect(nodes[0].isOpen(now())).toBe(true);
    expect(nodes[1].isOpen(now())).toBe(false);
    expect(await attempt(1, "success")).toBe(true);
  });

  test("goes on telling after successes whose own time came when they had been told already", async () => {
    const local = new LocalCells(fakeClock());
    const { clock, nodes, now, attempt } = sharing(behind(local, () => settled()));
    const [node, other] = nodes;
    const permits = [node.acquire(now())!, node.acquire(now())!];
    node.settle(permits[0]!, "failure", now());
    // while the failure is on its way: it goes along behind it
    node.settle(permits[1]!, "success", now());
    await node.told();
    await clock.advance(LAZY_MS);
    for (let times = 0; times < RULES.failureThreshold; times++) await attempt(0, "failure");
    expect(other.isOpen(now())).toBe(true);
    await clock.advance(RULES.recoveryMs);
    expect(await attempt(0, "success")).toBe(true);
  });

  test("loses nothing where the shared state fails in the middle", async () => {
    let fails = 0;
    const shaky = behind(new LocalCells(fakeClock()), async () => {
      if (fails-- > 0) throw new Error("gone");
    });
    const { nodes, now, attempt } = sharing(shaky);
    await attempt(0, "failure");
    await attempt(0, "failure");
    fails = 1;
    await attempt(0, "failure");
    expect(nodes[0].isOpen(now())).toBe(true);
  });
});

/** Cells that are asked over a way that takes its time, or leads nowhere. */
function behind(local: LocalCells, way: () => Promise<void>): Cells {
  return {
    offsetMs: () => local.offsetMs(),
    caughtUp: () => null,
    reachable: () => true,
    read: (key) => local.read(key),
    watch: (key, tell) => local.watch(key, tell),
    swap: async (key, change) => {
      await way();
      return local.swapNow(key, change);
    },
  };
}

/** Times in whole milliseconds: shared ones are kept to the microsecond. */
/** A view in whole milliseconds; its times, which are those that end so, less an offset. */
function rounded(view: object, offsetMs = 0): object {
  const told = (name: string, value: number): number => Math.round(name.endsWith("Ms") ? value - offsetMs : value);
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [name, typeof value === "number" ? told(name, value) : value]),
  );
}
