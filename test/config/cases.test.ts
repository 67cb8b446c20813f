import { describe, expect, test } from "bun:test";
import { LINT_CODES } from "../../src/config/problem.ts";
import { showOrigin } from "../../src/config/provenance.ts";
import { lineOf, readCases, run, valueAt } from "./case.ts";

const cases = readCases();

describe("cases", () => {
  for (const each of cases) {
    test(each.title, () => {
      const result = run(each);
      const { errors, warnings, config, origins } = each.expected;
      const found = (severity: string) => result.problems.filter((one) => one.severity === severity).map(lineOf);
      expect(found("error")).toEqual([...errors]);
      if (warnings !== undefined) expect(found("warning")).toEqual([...warnings]);
      expect(result.ok).toBe(errors.length === 0);
      if (!result.ok) return;
      for (const [path, value] of Object.entries(config ?? {})) {
        expect({ [path]: valueAt(result.config, path) ?? null } as unknown).toEqual({ [path]: value });
      }
      for (const line of origins ?? []) {
        const [path = "", origin] = line.split(": ");
        const given = result.provenance.get(path);
        expect(`${path}: ${given === undefined ? "unknown" : showOrigin(given)}`).toBe(`${path}: ${origin}`);
      }
    });
  }

  test("every lint code is shown at least three ways", () => {
    const lines = cases.flatMap(({ expected }) => [...expected.errors, ...(expected.warnings ?? [])]);
    const rare = Object.keys(LINT_CODES).filter((code) => lines.filter((line) => line.includes(` ${code}`)).length < 3);
    expect(rare).toEqual([]);
  });

  test("a case expects something", () => {
    const idle = cases.filter(({ expected: { errors, warnings, config, origins } }) => {
      return errors.length === 0 && warnings === undefined && config === undefined && origins === undefined;
    });
    expect(idle.map(({ title }) => title)).toEqual([]);
  });
});
