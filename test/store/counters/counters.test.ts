import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { NANO } from "../../../src/lib/nano.ts";
import type { Claim, Counters } from "../../../src/store/counters/counters.ts";
import { MemoryCounters } from "../../../src/store/counters/memory.ts";
import { hasRedis, stopServer } from "../../support/redis-server.ts";
import { admit, ask, byThreads, inMemory, known, onServer, requests, tokens } from "./sharing.ts";

const DAY_MS = 86_400_000;
const budget = (limits: object) => ask({ accounts: [{ owner: "budgets", limits }] });

afterAll(stopServer);

const KINDS = [
  ["in memory", inMemory],
  ["of another thread", byThreads],
  ["on a server", onServer],
] as const;

describe.each(KINDS)("counters %s", (kind, open) => {
  const it = test.skipIf(kind === "on a server" && !hasRedis);

  it("let so many requests in, whoever counts them, and more when the window has slid", async () => {
    await using sharing = await open();
    const { clock, nodes } = sharing;
    const limited = ask({ meters: [requests(3, 10_000)] });
    for (let at = 0; at < 3; at++) {
      const { claim, refusal } = await admit(nodes[at % 2]!, limited);
      expect(refusal).toBeNull();
      expect(claim.readings[0]!.left(clock.monotonic())).toBe(2 - at);
      await clock.advance(1_000);
    }
    const { claim, refusal } = await admit(nodes[1], limited);
    expect(refusal).toBe("rate");
    expect(claim.readings[0]!.waitMs(clock.monotonic())).toBeCloseTo(7_000, 3);
    expect(claim.readings[0]!.resetMs(clock.monotonic())).toBeCloseTo(9_000, 3);
    await clock.advance(6_999);
    expect((await admit(nodes[0], limited)).refusal).toBe("rate");
    await clock.advance(1);
    expect((await admit(nodes[0], limited)).refusal).toBeNull();
    expect((await admit(nodes[1], limited)).refusal).toBe("rate");
  });

  it("go on counting under a limit that was changed, up or down", async () => {
    await using sharing = await open();
    const { clock, nodes } = sharing;
    const under = (max: number) => ask({ meters: [requests(max, 10_000)] });
    for (let at = 0; at < 3; at++) expect((await admit(nodes[at % 2]!, under(300))).refusal).toBeNull();
    expect((await admit(nodes[0], under(2))).refusal).toBe("rate");
    expect((await admit(nodes[1], under(3))).refusal).toBe("rate");
    const { claim, refusal } = await admit(nodes[1], under(5));
    expect(refusal).toBeNull();
    expect(claim.readings[0]!.left(clock.monotonic())).toBe(1);
    expect(claim.readings[0]!.rate.max).toBe(5);
    await clock.advance(10_000);
    expect((await admit(nodes[0], under(1))).refusal).toBeNull();
  });

  it("count each key for itself, and take nothing where one meter of several is full", async () => {
    await using sharing = await open();
    const { nodes } = sharing;
    const of = (key: string) => ask({ meters: [requests(4), requests(2, 60_000, key)] });
    for (const key of ["a", "a"]) expect((await admit(nodes[0], of(key))).refusal).toBeNull();
    expect((await admit(nodes[1], of("a"))).refusal).toBe("rate");
    for (const key of ["b", "b"]) expect((await admit(nodes[1], of(key))).refusal).toBeNull();
    expect((await admit(nodes[0], of("c"))).refusal).toBe("rate");
  });

  it("hold places until they are given back", async () => {
    await using sharing = await open();
    const { nodes } = sharing;
    const asked = ask({ places: { key: "ann", max: 2 } });
    const first = await admit(nodes[0], asked);
    const second = await admit(nodes[1], asked);
    expect([first.refusal, second.refusal]).toEqual([null, null]);
    expect((await admit(nodes[0], asked)).refusal).toBe("places");
    expect((await admit(nodes[0], ask({ places: { key: "bob", max: 2 } }))).refusal).toBeNull();
    second.claim.settle({ tokens: 0, nanoUsd: 0 });
    await known(nodes[1]);
    expect((await admit(nodes[0], asked)).refusal).toBeNull();
    expect((await admit(nodes[1], asked)).refusal).toBe("places");
  });

  it("count tokens that are reserved, and then those that were used", async () => {
    await using sharing = await open();
    const { clock, nodes } = sharing;
    const limited = ask({ meters: [tokens(100, 10_000)] });
    const first = await admit(nodes[0], limited);
    expect(await first.claim.reserve({ tokens: 100, nanoUsd: 0 })).toBeNull();
    expect((await admit(nodes[1], limited)).refusal).toBe("rate");
    first.claim.settle({ tokens: 30, nanoUsd: 0 });
    await known(nodes[0]);
    const second = await admit(nodes[1], limited);
    expect(second.refusal).toBeNull();
    expect(second.claim.readings[0]!.left(clock.monotonic())).toBe(70);
    expect(await second.claim.reserve({ tokens: 90, nanoUsd: 0 })).toBeNull();
    expect(second.claim.readings[0]!.left(clock.monotonic())).toBe(0);
    second.claim.settle({ tokens: 90, nanoUsd: 0 });
    await known(nodes[1]);
    expect((await admit(nodes[0], limited)).refusal).toBe("rate");
    await clock.advance(10_000);
    expect((await admit(nodes[0], limited)).refusal).toBeNull();
  });

  it("of 500 at once reserve no more than is left, and know what was spent", async () => {
    await using sharing = await open();
    const { nodes } = sharing;
    const asked = budget({ usd_per_day: 1, usd_per_month: 20 });
    const claims: Claim[] = [];
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, async (_, at) => {
        const { claim } = await admit(nodes[at % 2]!, asked);
        const refusal = await claim.reserve({ tokens: 0, nanoUsd: 0.03 * NANO });
        if (refusal === null) claims.push(claim);
        return refusal;
      }),
    );
    expect(claims).toHaveLength(33);
    expect(outcomes.filter((each) => each === "budget")).toHaveLength(467);
    for (const claim of claims) claim.settle({ tokens: 0, nanoUsd: 0.01 * NANO });
    await Promise.all(nodes.map(known));
    const { claim } = await admit(nodes[0], asked);
    expect(claim.balance(0)).toEqual({ today: 0.33 * NANO, thisMonth: 0.33 * NANO, reserved: 0 });
    expect(await claim.reserve({ tokens: 0, nanoUsd: 0.67 * NANO + 1 })).toBe("budget");
    expect(await claim.reserve({ tokens: 0, nanoUsd: 0.67 * NANO })).toBeNull();
    expect(claim.balance(0).reserved).toBe(0.67 * NANO);
  });

  it("count emissions beside money, each in its own account", async () => {
    await using sharing = await open();
    const { nodes } = sharing;
    const asked = ask({
      accounts: [
        { owner: "money", limits: { usd_per_day: 1 } },
        { owner: "grams", limits: { gco2e_per_day: 0.5 } },
      ],
    });
    const claims: Claim[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const { claim } = await admit(nodes[at % 2]!, asked);
        const refusal = await claim.reserve({ tokens: 0, nanoUsd: 0.01 * NANO, nanoGrams: 0.1 * NANO });
        if (refusal === null) claims.push(claim);
      }),
    );
    expect(claims).toHaveLength(5);
    for (const claim of claims) claim.settle({ tokens: 0, nanoUsd: 0.01 * NANO, nanoGrams: 0.02 * NANO });
    await Promise.all(nodes.map(known));
    const { claim } = await admit(nodes[0], asked);
    expect(claim.balance(0).today).toBe(0.05 * NANO);
    expect(claim.balance(1)).toMatchObject({ today: 0.1 * NANO, reserved: 0 });
    expect(await claim.reserve({ tokens: 0, nanoUsd: 0, nanoGrams: 0.4 * NANO + 1 })).toBe("budget");
    expect(await claim.reserve({ tokens: 0, nanoUsd: 0.95 * NANO + 1, nanoGrams: 0 })).toBe("budget");
    expect(await claim.reserve({ tokens: 0, nanoUsd: 0.95 * NANO, nanoGrams: 0.4 * NANO })).toBeNull();
  });

  it("begin days and months at midnight UTC", async () => {
    await using sharing = await open();
    const { clock, nodes } = sharing;
    const asked = budget({ usd_per_day: 1, usd_per_month: 2 });
    const spend = async (): Promise<string> => {
      const { claim } = await admit(nodes[0], asked);
      const refusal = await claim.reserve({ tokens: 0, nanoUsd: NANO });
      claim.settle({ tokens: 0, nanoUsd: refusal === null ? NANO : 0 });
      await known(nodes[0]);
      return refusal ?? "spent";
    };
    const untilMidnight = DAY_MS - (clock.now() % DAY_MS);
    expect([await spend(), await spend()]).toEqual(["spent", "budget"]);
    await clock.advance(untilMidnight - 1);
    expect(await spend()).toBe("budget");
    await clock.advance(1);
    expect([await spend(), await spend()]).toEqual(["spent", "budget"]);
    await clock.advance(DAY_MS);
    expect(await spend()).toBe("budget");
    // from the middle of November to the first of December
    await clock.advance(14 * DAY_MS);
    expect(await spend()).toBe("budget");
    await clock.advance(DAY_MS);
    expect(await spend()).toBe("spent");
  });
});

type Step =
  | { readonly do: "admit"; readonly key: string; readonly tokens: number; readonly usd: number }
  | { readonly do: "settle"; readonly which: number; readonly tokens: number; readonly usd: number }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("admit" as const), key: fc.constantFrom("a", "b"), tokens: fc.nat(80), usd: fc.nat(40) }),
  fc.record({ do: fc.constant("settle" as const), which: fc.nat(), tokens: fc.nat(90), usd: fc.nat(50) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(0, 1, 7, 100, 1_000, 20_000, DAY_MS) }),
);

describe.each(KINDS.slice(1))("counters %s", (kind, open) => {
  test.skipIf(kind === "on a server" && !hasRedis)(
    "count as memory does, whatever happens in which order",
    async () => {
      const walk = async (steps: readonly Step[], max: number): Promise<void> => {
        await using sharing = await open();
        const { clock, nodes } = sharing;
        const reference = new MemoryCounters(clock);
        const pairs: { mine: Claim; theirs: Claim }[] = [];
        const run = async (each: Step, node: Counters): Promise<void> => {
          if (each.do === "wait") return clock.advance(each.ms);
          if (each.do === "settle") {
            const [pair] = pairs.length === 0 ? [] : pairs.splice(each.which % pairs.length, 1);
            pair?.mine.settle({ tokens: each.tokens, nanoUsd: each.usd });
            pair?.theirs.settle({ tokens: each.tokens, nanoUsd: each.usd });
            await Promise.all(nodes.map(known));
            return;
          }
          const asked = ask({
            meters: [requests(max, 10_000), tokens(500, 30_000, each.key)],
            accounts: [{ owner: "budgets", limits: { usd_per_day: 100 / NANO, usd_per_month: 300 / NANO } }],
            places: { key: each.key, max: 3 },
            holdMs: 100 * DAY_MS,
          });
          const mine = node.open(asked);
          const theirs = reference.open(asked);
          const amounts = { tokens: each.tokens, nanoUsd: each.usd };
          const refusal = await mine.admit();
          expect(refusal).toBe(theirs.admit());
          if (refusal === null) expect(await mine.reserve(amounts)).toBe(theirs.reserve(amounts));
          if (refusal === null) pairs.push({ mine, theirs });
          const nowMs = clock.monotonic();
          const shown = (claim: Claim) =>
            claim.readings.map((one) => [one.left(nowMs), Math.round(one.resetMs(nowMs))]);
          expect(shown(mine)).toEqual(shown(theirs));
          expect(mine.balance(0)).toEqual(theirs.balance(0));
        };
        for (const [at, each] of steps.entries()) await run(each, nodes[at % 2]!);
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
          fc.constantFrom(4, 10, 1_000),
          walk,
        ),
        {
          numRuns: 40,
        },
      );
    },
    60_000,
  );
});
