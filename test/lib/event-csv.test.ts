import { describe, expect, test } from "bun:test";
import { csvCell, csvHead, csvLine } from "../../src/lib/event-csv.ts";
import { anEvent } from "../support/events.ts";

/** One record as a table has it: what stands under each heading. */
function record(...differs: Parameters<typeof anEvent>): Record<string, string | undefined> {
  const cells = csvLine(anEvent(...differs), { seq: 7, hash: "ab" })
    .trimEnd()
    .split(",");
  const names = csvHead.trimEnd().split(",");
  expect(cells).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
}

describe("an event as a line of CSV", () => {
  test("has everything under its heading", () => {
    const said = { policy: "p", phase: "input", mode: "enforce", findings: 1, score: null } as const;
    const policies = [
      { ...said, verdict: "redact", reason_code: "pii.redacted" },
      { ...said, phase: "output", verdict: "allow", reason_code: null },
    ] as const;
    const cost = { usd: 0.000042, basis: "estimated" } as const;
    expect(
      record({
        id: "r1",
        consumer: "ann",
        policies: [...policies],
        cost,
        degraded: ["a", "b"],
        finish_reasons: ["stop", "length"],
      }),
    ).toEqual({
      seq: "7",
      id: "r1",
      received: new Date(1_780_000_000_000).toISOString(),
      endpoint: "chat",
      stream: "true",
      consumer: "ann",
      model: "mistral-large-latest",
      answered_model: "mistral-large-2411",
      target: "large",
      verdict: "allow",
      status: "200",
      outcome: "ok",
      finish_reasons: "stop length",
      prompt_tokens: "12",
      completion_tokens: "99",
      cached_tokens: "",
      reasoning_tokens: "",
      usage_basis: "exact",
      cost_usd: "0.000042",
      cost_basis: "estimated",
      first_token_ms: "210",
      duration_ms: "1240",
      strategy: "fallback",
      region: "",
      decision_mode: "",
      receipt_id: "",
      grid_temporal_match: "",
      energy_wh: "",
      gco2e: "",
      gco2e_ci90_lo: "",
      gco2e_ci90_hi: "",
      attempts: "large=ok",
      policies: "p/input=pii.redacted p/output=allow",
      degraded: "a b",
      config: "abcdef012345",
      hash: "ab",
    });
  });

  test("has nothing where nothing is known", () => {
    const { cost_usd, cost_basis, strategy, target } = record({ route: null, target: null });
    expect([cost_usd, cost_basis, strategy, target]).toEqual(["", "", "", ""]);
  });
});

test.each([
  [null, ""],
  [0, "0"],
  [-1.5, "-1.5"],
  [false, "false"],
  ["plain", "plain"],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'],
  [" spaces ", '" spaces "'],
  ["=1+1", `"'=1+1"`],
  ["  @SUM(A1)", `"'  @SUM(A1)"`],
  ["\uff1d1", `"'\uff1d1"`],
  ["a=1", "a=1"],
])("a cell of %j is %s", (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});
