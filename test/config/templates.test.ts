import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { DEFAULT_TEMPLATE, EXAMPLE_TESTS, TEMPLATES } from "../../src/config/templates.ts";
import { lineOf } from "./case.ts";

describe("templates", () => {
  for (const [name, { text, summary }] of Object.entries(TEMPLATES)) {
    test(`${name} loads as it is`, () => {
      const env = { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" };
      const result = loadConfig({ files: [`${name}.yaml`], env, readFile: () => new TextEncoder().encode(text) });
      expect(result.problems.filter(({ code }) => code !== "W004").map(lineOf)).toEqual([]);
      expect(result.ok).toBe(true);
      expect(summary).not.toBe("");
    });
  }

  test("the default one is among them", () => {
    expect(Object.keys(TEMPLATES)).toContain(DEFAULT_TEMPLATE);
  });

  test("the example tests are cases", () => {
    expect(parse(EXAMPLE_TESTS)).toEqual([
      { name: expect.any(String), input: { messages: [expect.anything()] }, expected: { verdict: "allow" } },
    ]);
  });
});
