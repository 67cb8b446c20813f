import { describe, expect, test } from "bun:test";
import { checkHints } from "../../src/gateway/hints.ts";
import { GatewayError } from "../../src/lib/errors.ts";

const refusal = (vetted: object | undefined, headers: Record<string, string> = {}): string | null => {
  try {
    checkHints(vetted === undefined ? {} : { vetted }, new Headers(headers));
    return null;
  } catch (thrown) {
    return thrown instanceof GatewayError ? `${thrown.code} ${thrown.details.param}` : String(thrown);
  }
};

describe("what a caller asks of routing", () => {
  test.each<[object | undefined, Record<string, string>]>([
    [undefined, {}],
    [{}, {}],
    [{ routing: "standard", receipt: false }, {}],
    [{ routing: "standard" }, { "x-weir-routing": "standard" }],
    [undefined, { "x-weir-routing": "standard", "x-weir-else": "1" }],
  ])("passes where it asks for nothing: %p %p", (vetted, headers) => {
    expect(refusal(vetted, headers)).toBeNull();
  });

  test.each<[object | undefined, Record<string, string>, string]>([
    [{ region: "fr" }, {}, "invalid_region vetted.region"],
    [{ secondary_region: "fr" }, {}, "invalid_region vetted.secondary_region"],
    [undefined, { "x-weir-region": "fr" }, "invalid_region vetted.region"],
    [{ region: "fr" }, { "x-weir-region": "fr" }, "invalid_region vetted.region"],
    [{ routing: "carbon_aware" }, {}, "invalid_request vetted.routing"],
    [undefined, { "x-weir-routing": "Standard" }, "invalid_request vetted.routing"],
    [{ latency_budget_ms: 100 }, { "x-weir-latency-budget-ms": "100" }, "invalid_request vetted.latency_budget_ms"],
    [{ receipt: true }, {}, "invalid_request vetted.receipt"],
    [{ boundary: "eu" }, {}, "invalid_request vetted.boundary"],
    [{ region: "fr" }, { "x-weir-region": "de" }, "invalid_request vetted.region"],
    [undefined, { "x-weir-region": "fr, de" }, "invalid_request x-weir-region"],
  ])("is refused rather than ignored: %p %p", (vetted, headers, said) => {
    expect(refusal(vetted, headers)).toBe(said);
  });
});
