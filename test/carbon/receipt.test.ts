import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { energyOf } from "../../src/carbon/energy.ts";
import { EARLIER_METHODOLOGIES, METHODOLOGY_VERSION } from "../../src/carbon/methodology.ts";
import { energyInputs, OPERATOR, profileOf } from "../../src/carbon/receipt-inputs.ts";
import { recompute } from "../../src/carbon/recompute.ts";
import { methodologyHash } from "../../src/carbon/sign.ts";
import { EXCLUSIONS, Receipt, type ReceiptPayload } from "../../src/schema/receipt.ts";
import { MACHINE, SIGNAL, signer, unsigned, work } from "../support/receipts.ts";

const place = { chain: "c", seq: 1, prev: null, prev_chain: null };

describe("a receipt", () => {
  test("says what the contract's check says of 400 tokens of 95e9 parameters", () => {
    const receipt = unsigned();
    expect(receipt.energy_wh?.toFixed(3)).toBe("0.301");
    expect(receipt.gco2e_usage?.toFixed(4)).toBe("0.0175");
    expect(receipt.gco2e_embodied?.toFixed(4)).toBe("0.0241");
    expect(receipt.gco2e).toBeCloseTo(receipt.gco2e_usage! + receipt.gco2e_embodied!, 12);
    expect(receipt.tier).toBe(2);
    expect(receipt.inputs["active_params_b"]).toMatchObject({ value: 95, lo: 70, hi: 120 });
    expect(receipt.inputs["active_params_b"]?.source).toStartWith("assumed: ");
    expect(receipt.inputs["pue"]?.value).toBe(1.16);
    expect(receipt.exclusions).toEqual(["prompt_processing"]);
  });

  test("has the form it is declared to have, and every input a value, a unit and a source", () => {
    const receipt = signer().sign();
    expect([...Value.Errors(Receipt, receipt)]).toEqual([]);
    for (const input of Object.values(receipt.inputs)) {
      expect(Number.isFinite(input.value)).toBe(true);
      expect(input.unit).not.toBe("");
      expect(input.source).not.toBe("");
    }
  });

  test("carries the signal it is counted with, and calls an average one", () => {
    const average = { ...SIGNAL, source: "annual", observed_at: null, age_minutes: null };
    const receipt = unsigned({
      works: [
        work({
          signal: { ...average, temporal_match: "annual_fallback", basis: "unspecified", accounting: "unspecified" },
        }),
      ],
    });
    expect(receipt).toMatchObject({
      grid_zone: "FR",
      grid_intensity_source: "annual",
      grid_intensity_observed_at: null,
      grid_temporal_match: "annual_fallback",
      basis: "unspecified",
      accounting: "unspecified",
    });
    const width = (of: typeof receipt): number => of.gco2e_ci90_hi! / of.gco2e_ci90_lo!;
    expect(width(receipt)).toBeGreaterThan(width(unsigned()));
  });

  test("of an unknown region has no grid and no total, never a guess; energy and embodied stay", () => {
    const receipt = unsigned({ works: [work({ machine: { region: null, country: null }, signal: null })] });
    expect(receipt).toMatchObject({
      region: null,
      grid_zone: null,
      grid_intensity_gco2_per_kwh: null,
      gco2e: null,
      gco2e_ci90_lo: null,
      gco2e_usage: null,
      ml_water: null,
    });
    expect(receipt.energy_wh).toBeGreaterThan(0);
    expect(receipt.gco2e_embodied).toBeGreaterThan(0);
    expect(receipt.exclusions).toContain("unknown_region");
    expect(receipt.exclusions).toContain("unknown_grid_water");
  });

  test("of an unknown model has no energy and no emissions", () => {
    const receipt = unsigned({ works: [work({ machine: { model: "house-model-1" } })] });
    expect(receipt).toMatchObject({ energy_wh: null, gco2e: null, gco2e_usage: null, gco2e_embodied: null });
    expect(receipt.exclusions).toContain("unknown_model_size");
  });

  test("without usage, or without output, says so and counts nothing", () => {
    const nobody = unsigned({ works: [work({ completionTokens: null })] });
    const none = unsigned({ works: [work({ completionTokens: 0 })] });
    expect([nobody.energy_wh, none.energy_wh]).toEqual([null, null]);
    expect(nobody.exclusions).toContain("unknown_usage");
    expect(none.exclusions).toContain("no_output_tokens");
    expect(none.completion_tokens).toBe(0);
  });

  test("counts with what the operator states, as known", () => {
    const energy = { active_params_b: 8, total_params_b: 8, gpus: 2, bits: 8, pue: 1.1, wue: 0.2 };
    const receipt = unsigned({ works: [work({ machine: { energy } })] });
    for (const name of ["active_params_b", "total_params_b", "gpus", "bits", "pue", "wue_site"]) {
      expect(receipt.inputs[name]?.source).toBe(OPERATOR);
    }
    const right = energyOf(energyInputs(receipt.inputs, { grams: 58, class: "live" })!);
    expect(right.gpus).toBe(2);
    expect(receipt.energy_wh).toBe(right.energyWh!.value);
  });

  test("of one stated number of parameters takes the model for dense", () => {
    const { inputs } = profileOf({ ...MACHINE, model: "x", energy: { active_params_b: 30 } });
    expect(inputs["total_params_b"]?.value).toBe(30);
  });

  test("of telemetry of an unknown model has its energy, and says why there are no embodied emissions", () => {
    const energy = { measured_wh_per_token: 0.001 };
    const receipt = unsigned({ works: [work({ machine: { model: "house-model-1", energy } })] });
    expect(receipt).toMatchObject({ tier: 3, gco2e: null, gco2e_embodied: null });
    expect(receipt.energy_wh).toBeGreaterThan(0);
    expect(receipt.gco2e_usage).toBeGreaterThan(0);
    expect(receipt.exclusions).toContain("unknown_model_size");
  });

  test("of telemetry is tier 3 and has a narrow interval", () => {
    const receipt = unsigned({ works: [work({ machine: { energy: { measured_wh_per_token: 0.001, pue: 1.2 } } })] });
    expect(receipt.tier).toBe(3);
    expect(receipt.energy_wh).toBeCloseTo(0.48, 12);
    expect(receipt.energy_wh_ci90_hi! / receipt.energy_wh!).toBeCloseTo(Math.exp(1.645 * 0.05), 12);
    expect(receipt.exclusions).not.toContain("prompt_processing");
  });

  test("of several parts has the sums, and the grid of the part that finished", () => {
    const swedish = { ...SIGNAL, zone: "SE-SE3", gco2_per_kwh: 12 };
    const parts = [
      work({ completionTokens: 100 }),
      work({
        completionTokens: 300,
        signal: swedish,
        machine: { target: "sto", region: "evroc-sto-1", country: "SE" },
      }),
    ] as const;
    const receipt = unsigned({ works: parts });
    const [first, second] = receipt.parts!;
    expect(receipt).toMatchObject({
      target: "sto",
      region: "evroc-sto-1",
      grid_zone: "SE-SE3",
      completion_tokens: 400,
    });
    expect([first?.region, second?.region]).toEqual(["scaleway-par-1", "evroc-sto-1"]);
    for (const key of ["energy_wh", "gco2e", "gco2e_ci90_lo", "gco2e_ci90_hi", "gco2e_usage", "ml_water"] as const) {
      expect(receipt[key]).toBe(first![key]! + second![key]!);
    }
    expect(recompute({ ...receipt, ...place }, methodologyHash())).toEqual([]);
    const unknown = unsigned({ works: [work({ machine: { model: "x" } }), work()] });
    expect([unknown.energy_wh, unknown.gco2e]).toEqual([null, null]);
  });

  test("names only exclusions that are explained", () => {
    const codes = [
      work({ machine: { model: "x", region: null, country: null }, signal: null, completionTokens: null }),
    ];
    for (const code of unsigned({ works: [codes[0]!] }).exclusions) expect(EXCLUSIONS).toHaveProperty(code);
  });
});

describe("recomputation", () => {
  const CASES: readonly (readonly [string, (receipt: ReceiptPayload) => void])[] = [
    ["energy_wh", (receipt) => (receipt.energy_wh! *= 1.000001)],
    ["gco2e", (receipt) => (receipt.gco2e! -= 0.001)],
    ["gco2e_ci90_hi", (receipt) => (receipt.gco2e_ci90_hi! *= 0.9)],
    ["gco2e_usage", (receipt) => (receipt.gco2e_usage = null)],
    ["gco2e_embodied", (receipt) => (receipt.gco2e_embodied = 0)],
    ["ml_water", (receipt) => (receipt.ml_water! *= 2)],
    ["grid_intensity", (receipt) => (receipt.grid_intensity_gco2_per_kwh = 5)],
    ["grid_intensity_age_minutes", (receipt) => (receipt.grid_intensity_age_minutes = 2)],
    ["energy_wh_ci90", (receipt) => (receipt.inputs["active_params_b"]!.lo = 90)],
    ["energy_wh", (receipt) => (receipt.inputs["pue"]!.value = 1)],
    ["completion_tokens", (receipt) => (receipt.completion_tokens = 1)],
    ["tier", (receipt) => (receipt.tier = 3)],
    ["batch", (receipt) => (receipt.inputs["batch"]!.value = 1)],
    ["bits is not the methodology's", (receipt) => (receipt.inputs["bits"]!.value = 17)],
    ["pue is not the methodology's", (receipt) => (receipt.inputs["pue"]!.value = 1)],
    ["methodology", (receipt) => (receipt.methodology_version = "weir-energy-0")],
    ["methodology_hash", (receipt) => (receipt.methodology_hash = "0".repeat(64))],
  ];
  test.each(CASES)("finds a wrong %s", (name, change) => {
    const receipt = structuredClone({ ...unsigned(), ...place }) as ReceiptPayload;
    expect(recompute(receipt, methodologyHash())).toEqual([]);
    change(receipt);
    expect(recompute(receipt, methodologyHash()).join("\n")).toContain(name);
  });

  test("works out receipts of earlier versions too, each by its own hash", () => {
    const earlierOnes = [...EARLIER_METHODOLOGIES].flatMap(([version, hashes]) =>
      hashes.map((hash) => [version, hash]),
    );
    expect(earlierOnes).toHaveLength(4);
    for (const [methodology_version, methodology_hash] of earlierOnes) {
      const earlier = { ...unsigned(), ...place, methodology_version, methodology_hash } as ReceiptPayload;
      expect(recompute(earlier, methodologyHash())).toEqual([]);
      expect(recompute({ ...earlier, tier: 3 }, methodologyHash())).toHaveLength(1);
      const hashed = { ...earlier, methodology_hash: methodologyHash() };
      expect(recompute(hashed, methodologyHash())).toEqual(["methodology_hash is not that of its version"]);
    }
  });

  test("has a version that goes with its formulas, constants and tables: whoever changes one gives it another", () => {
    expect([METHODOLOGY_VERSION, methodologyHash()]).toEqual([
      "weir-energy-3",
      "99c8509fd1afe64316a490b9a5887f4c841bf10b0326af46ee23855285fc197d",
    ]);
  });

  test("finds sums and heads that are not those of the parts", () => {
    const receipt = structuredClone({ ...unsigned({ works: [work(), work()] }), ...place }) as ReceiptPayload;
    expect(recompute(receipt, methodologyHash())).toEqual([]);
    const wrong: ReceiptPayload = { ...receipt, region: "ovh-gra-1", energy_wh: 1, completion_tokens: 1 };
    expect(recompute(wrong, methodologyHash())).toHaveLength(3);
    receipt.parts![0]!.energy_wh! += 1;
    expect(recompute(receipt, methodologyHash()).join("\n")).toContain("parts[0].energy_wh");
  });
});
