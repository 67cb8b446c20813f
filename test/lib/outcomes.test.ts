import { describe, expect, test } from "bun:test";
import { ERRORS } from "../../src/lib/errors.ts";
import { outcomesOf } from "../../src/lib/outcomes.ts";

describe("outcomesOf", () => {
  test("failed is whatever was ours or an upstream's fault, and no refusal", () => {
    const failed = outcomesOf("failed")!;
    for (const code of ["upstream_timeout", "upstream_cut", "policy_error", "internal", "service_unavailable"])
      expect(failed).toContain(code);
    for (const code of ["ok", "cancelled", "input_blocked", "escalation_required", "model_not_found", "rate_limited"])
      expect(failed).not.toContain(code);
  });

  test("each code of the table is one, and nothing else", () => {
    for (const code of [...Object.keys(ERRORS), "cancelled"]) expect(outcomesOf(code)).toEqual([code]);
    for (const word of ["", "ok", "Failed", "upstream", "toString", "upstream_failed "])
      expect(outcomesOf(word)).toBeNull();
  });
});
