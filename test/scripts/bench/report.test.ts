import { describe, expect, test } from "bun:test";
import type { Round } from "../../../scripts/bench/figures.ts";
import { judge } from "../../../scripts/bench/limits.ts";
import { replaceRegion, report } from "../../../scripts/bench/report.ts";

const limit = { figure: "cpu-1k", against: "pass-through", limit: 1.5, text: "1.5 × pass-through" } as const;
const round = (own: number, foreignCores: number): Round => ({
  samples: new Map([
    ["weir", { "cpu-1k": own, "rps-1k": 29_123.4 }],
    ["pass-through", { "cpu-1k": 25, "abort-before": Number.POSITIVE_INFINITY }],
  ]),
  foreignCores,
});

function shown(rounds: readonly Round[]): string {
  const columns = [
    { name: "weir", label: "Weir" },
    { name: "pass-through", label: "pass-through" },
  ];
  const verdicts = [judge(rounds, limit)];
  return report({ rounds, columns, verdicts, setting: ["A processor", "Bun 1"], missing: ["nginx: not there"] });
}

describe("report", () => {
  test("shows medians, what never happened, and leaves out what nobody measured", () => {
    const text = shown([round(30, 0), round(40, 0), round(35, 0)]);
    expect(text).toContain("| CPU per request, 1 KB prompt, 64 connections (µs) | 35.0 | 25.0 |");
    expect(text).toContain("| requests per second, 1 KB | 29,123 | – |");
    expect(text).toContain("before the answer, worst of 20 (ms) | – | never |");
    expect(text).not.toContain("RSS at rest");
  });

  test("names machine, rounds, foreign load and what is missing", () => {
    const text = shown([round(30, 0.1), round(30, 0.02)]);
    expect(text).toStartWith("A processor; Bun 1. Median of 2 interleaved rounds");
    expect(text).toContain("foreign load 0.10 / 0.02 cores");
    expect(text).toContain("Not measured: nginx: not there.");
    expect(text).not.toContain("repeat this run");
  });

  test("asks to repeat a run on a busy machine", () => {
    expect(shown([round(30, 0), round(30, 0.26)])).toContain("repeat this run before judging it");
  });

  test("says of each promise what every round gave and whether it was kept", () => {
    expect(shown([round(30, 0), round(30, 0), round(35, 0)])).toContain("| 1.20 | 1.20 / 1.20 / 1.40 | yes |");
    expect(shown([round(45, 0), round(45, 0), round(35, 0)])).toContain("| 1.80 | 1.80 / 1.80 / 1.40 | **no** |");
  });
});

describe("replaceRegion", () => {
  test("replaces what stands between the markers and nothing else", () => {
    const text = "a\n<!-- bench:start -->\nold\n\nolder\n<!-- bench:end -->\nb\n";
    expect(replaceRegion(text, "| new |\n")).toBe("a\n<!-- bench:start -->\n| new |\n<!-- bench:end -->\nb\n");
  });

  test("refuses a text without the markers", () => {
    for (const text of ["", "<!-- bench:start -->", "<!-- bench:end --> <!-- bench:start -->"]) {
      expect(() => replaceRegion(text, "x")).toThrow("Cannot write the table: the README needs a line");
    }
  });
});
