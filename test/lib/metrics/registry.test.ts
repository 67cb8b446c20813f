import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createRegistry, MAX_SERIES } from "../../../src/lib/metrics/registry.ts";

describe("createRegistry", () => {
  test("counters add up per label set", () => {
    const registry = createRegistry();
    const counter = registry.counter({ name: "a_total", help: "As", labels: ["x"] });
    counter.add(["1"]);
    counter.add(["1"], 2);
    counter.add(["2"]);
    expect(registry.render()).toBe('# HELP a_total As\n# TYPE a_total counter\na_total{x="1"} 3\na_total{x="2"} 1\n');
  });

  test("a histogram's buckets are cumulative, bounds inclusive, and end in +Inf", () => {
    const registry = createRegistry();
    const histogram = registry.histogram({ name: "h", help: "H", labels: [] }, [1, 2]);
    for (const value of [0, 1, 1.5, 2, 3]) histogram.observe([], value);
    expect(registry.render().split("\n").slice(2, 7)).toEqual([
      'h_bucket{le="1"} 2',
      'h_bucket{le="2"} 4',
      'h_bucket{le="+Inf"} 5',
      "h_sum 7.5",
      "h_count 5",
    ]);
  });

  test("gauges are read at every render", () => {
    let value = 1;
    const registry = createRegistry();
    registry.gauge({ name: "g", help: "G", labels: ["t"] }, () => [[["a"], value]]);
    expect(registry.render()).toContain('g{t="a"} 1\n');
    value = 2;
    expect(registry.render()).toContain('g{t="a"} 2\n');
  });

  test("label sets beyond the bound are counted under other", () => {
    const registry = createRegistry();
    const counter = registry.counter({ name: "c", help: "C", labels: ["x", "y"] });
    for (let i = 0; i < MAX_SERIES + 10; i += 1) counter.add([String(i), "y"]);
    const lines = registry.render().trim().split("\n").slice(2);
    expect(lines).toHaveLength(MAX_SERIES + 1);
    expect(lines.at(-1)).toBe('c{x="other",y="other"} 10');
  });

  test("any label value stays on its line and can be read back", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => !/[\0\r]/.test(text)),
        (value) => {
          const registry = createRegistry();
          registry.counter({ name: "c", help: "C", labels: ["x"] }).add([value]);
          const lines = registry.render().split("\n");
          expect(lines).toHaveLength(4);
          const shown = /^c\{x="(.*)"\} 1$/su.exec(lines[2]!)?.[1];
          const back = shown?.replace(/\\(["\\n])/g, (_, c: string) => (c === "n" ? "\n" : c));
          expect(back).toBe(value);
        },
      ),
    );
  });
});
