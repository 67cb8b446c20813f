import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EnergyInputs, energyOf, gpusFor, machineOf } from "../../src/carbon/energy.ts";
import { sizeOf } from "../../src/carbon/model-size.ts";

const EXPECTED = join(import.meta.dir, "../../../shared/data/grid/ecologits_expected.json");

function inputs(change: Partial<EnergyInputs> & { paramsB?: number }): EnergyInputs {
  const { paramsB = 95, ...rest } = change;
  const count = { value: paramsB, lo: paramsB, hi: paramsB };
  return {
    outputTokens: 400,
    generationS: null,
    active: count,
    total: count,
    gpus: null,
    bits: 16,
    pue: 1.16,
    pueStated: false,
    wueSite: null,
    wueGrid: null,
    measuredWhPerToken: null,
    gridGramsPerKwh: 58,
    gridClass: "live",
    ...rest,
  };
}

/** To ten digits. */
const close = (got: number | null | undefined, want: number) =>
  expect(Math.abs((got ?? NaN) / want - 1)).toBeLessThan(1e-10);

const cases: Record<string, number>[] = existsSync(EXPECTED) ? JSON.parse(readFileSync(EXPECTED, "utf8")).cases : [];

describe.if(existsSync(EXPECTED))("EcoLogits' own numbers", () => {
  test.each(cases)("%j", (want) => {
    const given = inputs({
      paramsB: want["params_b"]!,
      outputTokens: want["output_tokens"]!,
      pue: want["pue"]!,
      gridGramsPerKwh: want["gco2e_per_kwh"]!,
    });
    const machine = machineOf(given)!;
    expect(machine.gpus).toBe(want["gpus"]!);
    close(machine.durationS, want["latency_s"]!);
    close(machine.nodeKwh, want["server_energy_kwh"]!);
    const result = energyOf(given);
    close(result.energyWh?.value, 1000 * want["request_energy_kwh"]!);
    close(result.usageGrams?.value, want["operational_gco2e"]!);
    close(result.embodiedGrams?.value, want["embodied_gco2e"]!);
    close(result.grams?.value, want["total_gco2e"]!);
  });
});

describe("energy", () => {
  test("of 400 tokens of 95e9 parameters, as the contract's check says", () => {
    const { energyWh, usageGrams, embodiedGrams } = energyOf(inputs({}));
    expect(energyWh?.value.toFixed(3)).toBe("0.301");
    expect(usageGrams?.value.toFixed(4)).toBe("0.0175");
    expect(embodiedGrams?.value.toFixed(4)).toBe("0.0241");
    expect(energyOf(inputs({ outputTokens: 78 })).energyWh?.value.toFixed(4)).toBe("0.0587");
  });

  test("a measured duration shortens the estimate and never lengthens it", () => {
    const free = machineOf(inputs({}))!;
    expect(machineOf(inputs({ generationS: 1 }))?.durationS).toBe(1);
    expect(machineOf(inputs({ generationS: 1e6 }))?.durationS).toBe(free.durationS);
  });

  test("telemetry takes the formulas' place, and most of the doubt", () => {
    const result = energyOf(inputs({ measuredWhPerToken: 0.001, pueStated: true, pue: 1.1 }));
    expect(result.energyWh?.value).toBeCloseTo(0.44, 12);
    expect(result.energyWh!.hi / result.energyWh!.value).toBeCloseTo(Math.exp(1.645 * 0.05), 12);
    expect(result.embodiedGrams?.lo).toBe(result.embodiedGrams!.value);
  });

  test("what is not known is null, and takes nothing else along", () => {
    const unknownModel = energyOf(inputs({ active: null, total: null }));
    expect(unknownModel).toEqual({
      gpus: null,
      durationS: null,
      energyWh: null,
      usageGrams: null,
      embodiedGrams: null,
      grams: null,
      waterMl: null,
    });
    const unknownRegion = energyOf(inputs({ gridGramsPerKwh: null, gridClass: null }));
    expect(unknownRegion.usageGrams).toBeNull();
    expect(unknownRegion.grams).toBeNull();
    expect(unknownRegion.energyWh?.value).toBeGreaterThan(0);
    expect(unknownRegion.embodiedGrams?.value).toBeGreaterThan(0);
  });

  test("intervals: usage by all errors, embodied by parameters and batch, the sum by its bounds", () => {
    const range = { value: 95, lo: 70, hi: 120 };
    const { usageGrams, embodiedGrams, grams, energyWh } = energyOf(inputs({ active: range, total: range }));
    const params = Math.log(120 / 70) / 3.29;
    const of = (...sigmas: number[]) => Math.exp(1.645 * Math.hypot(...sigmas));
    close(usageGrams!.hi / usageGrams!.value, of(params, 0.073, 0.35, 0.45, 0.1));
    close(energyWh!.value / energyWh!.lo, of(params, 0.073, 0.35, 0.45));
    close(embodiedGrams!.hi / embodiedGrams!.value, of(params, 0.35));
    close(grams!.hi, usageGrams!.hi + embodiedGrams!.hi);
    close(grams!.lo, usageGrams!.lo + embodiedGrams!.lo);
  });

  test("water: the site's and the grid's", () => {
    const result = energyOf(inputs({ wueSite: 0.09, wueGrid: 3.6737 }));
    close(result.waterMl?.value, (result.energyWh!.value / 1.16) * (0.09 + 1.16 * 3.6737));
  });

  test("GPUs are a power of two that holds the weights", () => {
    expect([7, 22, 24, 70, 123, 141, 405].map((size) => gpusFor(size, 16))).toEqual([1, 1, 1, 4, 4, 8, 16]);
  });
});

describe("the size of a model", () => {
  test.each([
    ["mistral-medium-3", 95],
    ["mistral-medium-latest", 95],
    ["mistral-large-2411", 123],
    ["mistral-large-latest", 123],
    ["mistral-small-2503", 24],
    ["codestral-latest", 22],
    ["open-codestral-mamba", 7.3],
    ["codestral-mamba-2407", 7.3],
    ["open-mixtral-8x22b-2404", 141],
    ["Mistral-Small-3.1-24B", 24],
    ["mistralai/mistral-small-latest", 24],
    ["mistral-small-3.2-24b-instruct-2506", 24],
    ["mistral-small-2603", 119],
    ["mistral-large-2512", 675],
    ["mistral-large-3-675b-instruct-2512", 675],
    ["mistral-medium-2604", 128],
    ["mistral-medium-3.5-128b", 128],
    ["Mistral-Nemo-Instruct-2407", 12.2],
    ["Mistral-7B-Instruct-v0.3", 7.3],
    ["devstral-2-123b-instruct-2512", 123],
    ["devstral-small-2512", 24],
    ["ministral-3b-2512", 3],
    ["Ministral-3-14B-Instruct-2512", 14],
    ["Meta-Llama-3_3-70B-Instruct", 70.6],
    ["openai/gpt-oss-120b", 116.8],
    ["gpt-oss:120b", 116.8],
    ["mixtral:8x22b", 141],
    ["mistralai/devstral-2512:free", 123],
    ["mistral-large-2411@001", 123],
    ["qwen3-235b-a22b-instruct-2507", 235],
  ])("%s: %d", (model, total) => expect(sizeOf(model)?.total.value).toBe(total));

  test("a mixture of experts works with few of its parameters", () => {
    expect(sizeOf("open-mixtral-8x22b")?.active).toEqual({ value: 39, lo: 39, hi: 39 });
    expect(sizeOf("mistral-large-2512")?.active).toEqual({ value: 41, lo: 41, hi: 41 });
    expect(sizeOf("mistral-small-4")?.active).toEqual({ value: 7, lo: 6, hi: 8 });
  });

  test.each(["gpt-4o", "mistral", "mistral-mediumish", "mistral-embed", ""])("%s is in no family", (model) => {
    expect(sizeOf(model)).toBeNull();
  });

  test("an assumed one says so", () => {
    expect(sizeOf("mistral-medium-3")).toMatchObject({
      active: { lo: 70, hi: 120 },
      source: expect.stringContaining("assumed"),
    });
  });
});
