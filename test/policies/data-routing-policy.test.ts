import { describe, expect, test } from "bun:test";
import { dataRoutingPolicy } from "../../src/policies/data-routing-policy.ts";
import type { TargetFacts } from "../../src/policies/policy.ts";
import { asker, policyOf } from "./asking.ts";

const target = (id: string, dataPolicy?: object): TargetFacts =>
  ({ id, model: "m", names: [id, "m"], inGroup: false, dataPolicy }) as TargetFacts;
const promise = (more: object) => ({ zero_data_retention: false, training_opt_out: false, ...more });
const filterOf = (settings: object) =>
  policyOf(dataRoutingPolicy, settings).targets!({ source: "{}", value: {} }, asker())!;

describe("data-routing-policy", () => {
  test("reads neither requests nor answers", () => {
    expect(Object.keys(policyOf(dataRoutingPolicy, {}))).toEqual(["targets"]);
  });

  test.each([
    [{ max_retention_days: 7 }, { retention_days: 30 }, "data policy: retention 30 days, at most 7 days accepted"],
    [{ max_retention_days: 1 }, { retention_days: 2 }, "data policy: retention 2 days, at most 1 day accepted"],
    [{ max_retention_days: 1 }, {}, "data policy: retention not declared, at most 1 day accepted"],
    [{ require_no_training: true }, {}, "data policy: no training opt-out"],
    [{ require_zero_data_retention: true }, {}, "data policy: no zero data retention"],
  ])("required %j, promised %j: %s", (settings, promised, reason) => {
    expect(filterOf(settings).objection(target("a", promise(promised)))).toBe(reason);
  });

  test("says the same of a route that is decided twice", () => {
    const filter = filterOf({ require_no_training: true });
    for (let turn = 0; turn < 2; turn++) {
      expect(filter.objection(target("a"))).toBe("data policy: nothing declared");
      expect(filter.objection(target("b", promise({ training_opt_out: true })))).toBeNull();
    }
    expect(filter.verdict(["b"])).toEqual({
      action: "allow",
      findings: [{ kind: "data policy: nothing declared" }],
    });
  });

  test("has nothing against a route without candidates", () => {
    expect(filterOf({ require_no_training: true }).verdict([])).toEqual({ action: "allow", findings: [] });
  });
});
