import { describe, expect, test } from "bun:test";
import { parseText } from "../../../src/config/layers/parse.ts";
import { toPlain } from "../../../src/config/layers/tree.ts";
import { cpuNowMs } from "../../support/cpu-ms.ts";

const parse = (text: string) => parseText(text, (line, column) => ({ kind: "file", file: "f", line, column }));

describe("parseText", () => {
  const hostile: Readonly<Record<string, string>> = {
    "lists in lists": "[".repeat(100_000),
    "lists in lists, closed": "[".repeat(50_000) + "]".repeat(50_000),
    "maps in maps": "{a: ".repeat(50_000),
    "items in items": `${"- ".repeat(50_000)}x`,
    "indentation without end": Array.from({ length: 2000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    "aliases of aliases": `a: &a [${"x, ".repeat(9)}]\n${[..."bcdefghijk"].map((name, at) => `${name}: &${name} [${`*${"abcdefghijk"[at]}, `.repeat(9)}]`).join("\n")}`,
    "an anchor in itself": "a: &a {b: *a}",
    "a quote without end": `a: "${"x".repeat(500_000)}`,
    colons: ":".repeat(500_000),
  };
  for (const [name, text] of Object.entries(hostile)) {
    test(`refuses ${name} within seconds`, () => {
      const before = cpuNowMs();
      const { root, problems } = parse(text);
      expect(root).toBeUndefined();
      expect(problems.every(({ code }) => code === "E006")).toBe(true);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThanOrEqual(21);
      expect(cpuNowMs() - before).toBeLessThan(10_000);
    }, 60_000);
  }

  test("finds what it names where it says, wherever a quote was opened", () => {
    const text = Array.from({ length: 6 }, (_, at) => `key${at}:\n  list: "[v]"\n  word: other\n`).join("");
    let named = 0;
    for (let cut = 0; cut < text.length; cut++) {
      const broken = `${text.slice(0, cut)}"${text.slice(cut)}`;
      const lines = broken.split("\n");
      for (const { line, column, message } of parse(broken).problems) {
        const word = /stream: "([\w-]+)"/.exec(message)?.[1];
        if (word === undefined) continue;
        named++;
        expect(lines[line! - 1]!.slice(column! - 1)).toStartWith(word);
      }
    }
    expect(named).toBeGreaterThan(100);
  });

  test("takes many keys in linear time", () => {
    const { root } = parse(Array.from({ length: 30_000 }, (_, at) => `k${at}: 1`).join("\n"));
    expect(root?.kind === "map" ? root.entries.size : 0).toBe(30_000);
  });

  test("reads YAML 1.2: yes is text, numbers are numbers, versions are text", () => {
    const { root } = parse("a: yes\nb: 0x10\nc: 1.0.0\nd: 012\ne: ~\nf: 2020-01-01\n1: g\ntrue: h\n");
    expect(toPlain(root!)).toEqual({
      a: "yes",
      b: 16,
      c: "1.0.0",
      d: 12,
      e: null,
      f: "2020-01-01",
      "1": "g",
      true: "h",
    });
  });

  test("follows aliases", () => {
    const { root, problems } = parse("a: &x {b: 1}\nc: *x\nd: &y 5\ne: *y\n");
    expect(toPlain(root!)).toEqual({ a: { b: 1 }, c: { b: 1 }, d: 5, e: 5 });
    expect(problems).toEqual([]);
  });

  test("gives null for nothing", () => {
    for (const text of ["", "\n\n", "# comment", "---\n", "~"]) expect(parse(text).root).toBeNull();
  });
});
