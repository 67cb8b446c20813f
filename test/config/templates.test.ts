import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { DEFAULT_TEMPLATE, TEMPLATES } from "../../src/config/templates.ts";
import { readCases } from "../../src/config/test-cases.ts";
import { lineOf } from "./case.ts";

const bytes = (text: string) => () => new TextEncoder().encode(text);

describe("templates", () => {
  for (const [name, { text, summary, tests }] of Object.entries(TEMPLATES)) {
    test(`${name} loads as it is`, () => {
      const env = { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" };
      const result = loadConfig({ files: [`${name}.yaml`], env, readFile: bytes(text) });
      expect(result.problems.filter(({ code }) => code !== "W004").map(lineOf)).toEqual([]);
      expect(result.ok).toBe(true);
      expect(summary).not.toBe("");
    });

    test(`${name} has cases that can be read, some of which must not pass`, () => {
      const { cases, problems } = readCases("tests.yaml", bytes(tests));
      expect(problems.map(lineOf)).toEqual([]);
      expect(cases).toEqual(parse(tests));
      expect(new Set(cases.map(({ expected }) => expected.verdict)).size).toBeGreaterThan(1);
    });
  }

  test("the default one is among them", () => {
    expect(Object.keys(TEMPLATES)).toContain(DEFAULT_TEMPLATE);
  });
});
