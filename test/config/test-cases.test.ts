import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { readCases } from "../../src/config/test-cases.ts";
import { lineOf } from "./case.ts";

const read = (text: string, file = "a.yaml") => readCases(file, () => new TextEncoder().encode(text));
const one = (name: string) => `{ name: ${name}, input: { messages: [] }, expected: { verdict: allow } }`;
const names = (text: string, file?: string) => read(text, file).cases.map(({ name }) => name);

describe("files of cases", () => {
  test("hold one case, a list of them, or groups", () => {
    expect(names(one("a"))).toEqual(["a"]);
    expect(names(`[${one("a")}, ${one("b")}]`)).toEqual(["a", "b"]);
    expect(names(`suites: [${one("a")}, { name: group, cases: [${one("b")}, ${one("c")}] }]`)).toEqual(["a", "b", "c"]);
    expect(names(`tests: [${one("a")}]`)).toEqual(["a"]);
    expect(names("")).toEqual([]);
  });

  test("JSON may be indented by tabs, and keeps null and long texts as they are", () => {
    const text = JSON.stringify(
      [{ name: "j", input: { messages: [{ role: "assistant", content: null }] }, expected: {} }],
      null,
      "\t",
    );
    expect(read(text, "a.json")).toEqual({ cases: JSON.parse(text), problems: [] });
  });

  test("what is wrong is named with its line", () => {
    const { cases, problems } = read("- name: a\n  input: {}\n  expected:\n    verdict: blocked\n    reson_code: x\n");
    expect(cases).toEqual([]);
    expect(problems.map(lineOf).join("\n")).toContain("a.yaml:4:14 E005 suites[0].expected.verdict");
    expect(problems.map(lineOf).join("\n")).toContain("a.yaml:5:5 E002 suites[0].expected.reson_code");
    expect(read("just text").problems.map(({ code }) => code)).toEqual(["E005"]);
    expect(
      read("- name: a\n")
        .problems.map(({ message }) => message)
        .join(),
    ).toContain("input");
    expect(read("[", "a.json").problems.map(({ code }) => code)).toContain("E006");
    expect(read('{"name":"a"', "a.json").cases).toEqual([]);
  });

  test("groups may stand in the configuration itself", () => {
    const text = `
pack: { name: a, version: 1.0.0, enabled: true }
policies: { chain: [] }
providers: { targets: [{ id: t, provider: simulated, model: m }] }
testing: { suites: [{ name: group, cases: [${one("inside")}] }, ${one("beside")}] }
`;
    const loaded = loadConfig({ files: ["c.yaml"], env: {}, readFile: () => new TextEncoder().encode(text) });
    expect(loaded.problems.map(lineOf)).toEqual([]);
    expect(loaded.ok && loaded.config.testing?.suites.map(({ name }) => name)).toEqual(["inside", "beside"]);
  });
});
