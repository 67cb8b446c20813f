import { describe, expect, test } from "bun:test";
import { readHints } from "../../../src/gateway/routes/hints.ts";
import { GatewayError } from "../../../src/lib/errors.ts";

const read = (vetted: object | undefined, headers: Record<string, string> = {}) =>
  readHints(vetted === undefined ? {} : { vetted: vetted as Record<string, unknown> }, new Headers(headers));

const refusal = (vetted: object | undefined, headers: Record<string, string> = {}): string | null => {
  try {
    read(vetted, headers);
    return null;
  } catch (thrown) {
    return thrown instanceof GatewayError ? `${thrown.code} ${thrown.details.param}` : String(thrown);
  }
};

const NOTHING = { region: null, secondaryRegion: null, routing: null, latencyBudgetMs: null, receipt: null };

describe("what a caller asks of routing", () => {
  test.each<[object | undefined, Record<string, string>, object]>([
    [undefined, {}, {}],
    [{}, {}, {}],
    [undefined, { "x-weir-else": "1" }, {}],
    [{ routing: "standard", receipt: false }, {}, { routing: "standard", receipt: false, asked: true }],
    [{ routing: "standard" }, { "x-weir-routing": "standard" }, { routing: "standard", asked: true }],
    [{ boundary: "comprehensive" }, {}, { asked: true }],
    [undefined, { "x-weir-region": "fr" }, { region: "fr", asked: true }],
    [{ region: "fr" }, { "x-weir-region": "fr" }, { region: "fr", asked: true }],
    [
      { region: "fr" },
      { "x-weir-secondary-region": "se", "x-weir-latency-budget-ms": "12.5" },
      { region: "fr", secondaryRegion: "se", latencyBudgetMs: 12.5, asked: true },
    ],
    [{ latency_budget_ms: 100 }, { "x-weir-latency-budget-ms": "100.0" }, { latencyBudgetMs: 100, asked: true }],
  ])("%p %p", (vetted, headers, wanted) => {
    expect(read(vetted, headers)).toEqual({ ...NOTHING, asked: false, ...wanted });
  });

  test.each<[object | undefined, Record<string, string>, string]>([
    [undefined, { "x-weir-routing": "Standard" }, "invalid_request vetted.routing"],
    [undefined, { "x-weir-routing": "" }, "invalid_request vetted.routing"],
    [{ routing: "standard" }, { "x-weir-routing": "carbon_aware" }, "invalid_request vetted.routing"],
    [{ latency_budget_ms: 100 }, { "x-weir-latency-budget-ms": "101" }, "invalid_request vetted.latency_budget_ms"],
    [undefined, { "x-weir-latency-budget-ms": "0" }, "invalid_request vetted.latency_budget_ms"],
    [undefined, { "x-weir-latency-budget-ms": "-5" }, "invalid_request vetted.latency_budget_ms"],
    [undefined, { "x-weir-latency-budget-ms": "1e3" }, "invalid_request vetted.latency_budget_ms"],
    [undefined, { "x-weir-latency-budget-ms": "ten" }, "invalid_request vetted.latency_budget_ms"],
    [{ boundary: "narrow" }, {}, "invalid_request vetted.boundary"],
    [{ region: "fr" }, { "x-weir-region": "de" }, "invalid_request vetted.region"],
    [undefined, { "x-weir-region": "fr, de" }, "invalid_request x-weir-region"],
    [undefined, { "x-weir-region": "fr, fr" }, "invalid_request x-weir-region"],
  ])("is refused rather than ignored: %p %p", (vetted, headers, said) => {
    expect(refusal(vetted, headers)).toBe(said);
  });

  test("is refused where it stands inside of extra_body, as a client sends it that does not know that argument", () => {
    const inside = (extra: unknown) => () => readHints({ extra_body: extra }, new Headers());
    expect(inside({ vetted: { region: "fr" } })).toThrow(
      expect.objectContaining({ code: "invalid_request", details: { param: "extra_body.vetted" } }),
    );
    for (const other of [{ top_k: 5 }, null, "vetted", ["vetted"]]) expect(inside(other)).not.toThrow();
  });
});
