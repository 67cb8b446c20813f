import { describe, expect, test } from "bun:test";
import { carbonRecord } from "../../../src/gateway/carbon/record.ts";
import type { TraceSignal } from "../../../src/schema/signal.ts";
import { SIGNAL, unsigned, work } from "../../support/receipts.ts";

/** What the default path would have come to for a receipt from Paris (58 g/kWh, lifecycle, production). */
const there = (region: string, signal: Partial<TraceSignal> | null, receipt = unsigned()) =>
  carbonRecord(receipt, {
    receiptId: null,
    usual: { region, signal: signal === null ? null : { ...SIGNAL, ...signal } },
  }).gco2e_usage_default;

describe("the usage on the default path", () => {
  const used = unsigned().gco2e_usage!;

  test("is the same energy at that grid's intensity", () => {
    expect(there("ovh-gra-1", {})).toBeCloseTo(used, 12);
    expect(there("ovh-gra-1", { gco2_per_kwh: 580 })).toBeCloseTo(10 * used, 12);
    expect(there("ovh-gra-1", { gco2_per_kwh: 0 })).toBe(0);
  });

  test("is what was used where the request went there, whatever its grid says since", () => {
    expect(there("scaleway-par-1", { gco2_per_kwh: 580 })).toBe(used);
    expect(there("scaleway-par-1", null)).toBe(used);
  });

  test("is not known where the grids count different things, or nothing is known of one", () => {
    expect(there("ovh-gra-1", { basis: "direct" })).toBeNull();
    expect(there("ovh-gra-1", { accounting: "consumption" })).toBeNull();
    expect(there("ovh-gra-1", null)).toBeNull();
    expect(there("ovh-gra-1", {}, unsigned({ works: [work({ signal: null })] }))).toBeNull();
    expect(carbonRecord(unsigned(), { receiptId: null, usual: null })).toMatchObject({
      default_region: null,
      gco2e_usage_default: null,
    });
  });

  test("is not known of an answer in parts, which no one target gave", () => {
    const parts = unsigned({ works: [work(), work({ machine: { target: "other" } })] });
    expect(parts.parts).toHaveLength(2);
    expect([there("ovh-gra-1", {}, parts), there("scaleway-par-1", {}, parts)]).toEqual([null, null]);
  });
});
