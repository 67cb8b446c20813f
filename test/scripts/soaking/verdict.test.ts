import { describe, expect, test } from "bun:test";
import { chance, pick, textOf } from "../../../scripts/soaking/chance.ts";
import type { Fate } from "../../../scripts/soaking/client.ts";
import { type Counted, differences, memoryFifths } from "../../../scripts/soaking/verdict.ts";

function counted(fates: Record<string, Fate>, outcomes: Record<string, string>): Counted {
  const ledger = {
    rows: Object.keys(outcomes).length,
    outcomes: new Map(Object.entries(outcomes)),
    repeated: [],
    verified: true,
  };
  return { fates: new Map(Object.entries(fates)), ledger, memory: Array(50).fill(1e8), exitCode: 0 };
}

describe("the verdict of a soak", () => {
  const good = counted(
    { a: "whole", b: "error event", c: "error status", d: "left" },
    { a: "ok", b: "upstream_cut", c: "upstream_failed", d: "cancelled" },
  );

  test("finds no difference where there is none", () => {
    expect(differences(good)).toEqual([]);
  });

  test.each<[string, Counted, string]>([
    ["a short answer", counted({ a: "short" }, { a: "ok" }), "1 answers were short: a"],
    ["a garbled one", counted({ a: "garbled" }, { a: "ok" }), "1 answers were garbled: a"],
    ["none at all", counted({ a: "lost" }, { a: "cancelled" }), "1 answers were lost: a"],
    ["a missing row", counted({ a: "whole", b: "whole" }, { a: "ok" }), "1 requests are not on the ledger: b"],
    ["a foreign row", counted({ a: "whole" }, { a: "ok", z: "ok" }), "1 rows are of no request: z"],
    ["a row that says success", counted({ a: "error event" }, { a: "ok" }), "1 rows say something else"],
    ["a row that says failure", counted({ a: "whole" }, { a: "upstream_cut" }), "1 rows say something else"],
    ["a broken chain", { ...good, ledger: { ...good.ledger, verified: false } }, "the chain of the ledger"],
    ["two rows", { ...good, ledger: { ...good.ledger, repeated: ["a"] } }, "1 requests have two rows: a"],
    ["an unclean end", { ...good, exitCode: 1 }, "the gateway ended with 1"],
    ["growth", { ...good, memory: Array.from({ length: 50 }, (_, at) => 1e8 + at * 2e6) }, "memory grew"],
  ])("finds %s", (_name, given, said) => {
    expect(differences(given).join("\n")).toContain(said);
  });

  test("compares the second fifth of the memory with the last", () => {
    expect(memoryFifths([9, 9, 1, 1, 5, 5, 5, 5, 2, 2])).toEqual([1, 2]);
    expect(memoryFifths([1, 2])).toEqual([0, 0]);
  });
});

describe("chance", () => {
  test("is the same for the same seed, and spread evenly", () => {
    expect(chance(7, "x", 1)).toBe(chance(7, "x", 1));
    expect(chance(8, "x", 1)).not.toBe(chance(7, "x", 1));
    const all = Array.from({ length: 2_000 }, (_, at) =>
      pick(
        [
          ["a", 3],
          ["b", 1],
        ] as const,
        chance(7, at),
      ),
    );
    expect(Math.abs(all.filter((one) => one === "a").length - 1_500)).toBeLessThan(100);
    expect(textOf(7, 3)).toBe(textOf(7, 3));
    expect(textOf(7, 3)).toStartWith("3: ");
  });
});
