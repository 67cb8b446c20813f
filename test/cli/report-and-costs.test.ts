import { expect, test } from "bun:test";
import fc from "fast-check";
import { GroupedSums } from "../../src/cli/ledger/carbon-sums.ts";
import { createMetrics } from "../../src/lib/metrics/metrics.ts";
import { NANO } from "../../src/lib/nano.ts";
import { addValues, DIMENSIONS, sumRows, VALUES } from "../../src/lib/sums/sum-rows.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { anEvent } from "../support/events.ts";

const REGIONS: Readonly<Record<string, string | undefined>> = { a: "scaleway-par-1", b: "atnorth-sto-1" };
const [ATTEMPT] = anEvent().attempts;
const share = fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { nil: null });
const tried = fc.record({
  target: fc.constantFrom("a", "b", "c"),
  outcome: fc.constantFrom("ok", "upstream_cut", "upstream_failed", "hedged_out"),
  nanoUsd: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
  energy: share,
  grams: share,
});
const sum = (values: readonly (number | null)[]): number | null =>
  values.includes(null) ? null : values.reduce<number>((all, each) => all + each!, 0);
const estimates = (energy_wh: number | null, gco2e: number | null) => ({
  ...{ energy_wh, energy_wh_ci90_lo: energy_wh, energy_wh_ci90_hi: energy_wh },
  ...{ gco2e, gco2e_ci90_lo: gco2e, gco2e_ci90_hi: gco2e },
});

/** A request as the gateway leaves one: who answered is who was asked last, and sums are those of the attempts. */
const requests = fc
  .record({ tries: fc.array(tried, { maxLength: 3 }), consumer: fc.constantFrom(null, "one"), model: fc.string() })
  .map(({ tries, consumer, model }): RequestEvent => {
    const last = tries.at(-1);
    const target = last?.outcome === "ok" ? last.target : null;
    const attempts = tries.map(({ target: name, outcome, nanoUsd }) => ({
      ...ATTEMPT!,
      ...{ target: name, model: `m-${name}`, outcome, provider: `p-${name}` },
      ...(REGIONS[name] === undefined ? {} : { region: REGIONS[name] }),
      cost: { usd: nanoUsd === null ? null : nanoUsd / NANO, basis: nanoUsd === null ? "unknown" : "exact" } as const,
    }));
    const paid = tries.flatMap(({ nanoUsd }) => nanoUsd ?? []);
    const usd = paid.length === 0 ? null : paid.reduce((all, each) => all + each, 0) / NANO;
    // who made a part of it, the same target more than once perhaps; the last one finished it
    const works = tries.filter(({ outcome }, at) => outcome === "upstream_cut" || at === tries.length - 1);
    const parts = works.map(({ target: name, energy, grams }) => ({
      target: name,
      ...estimates(energy, energy === null ? null : grams),
    }));
    const region = last === undefined ? null : (REGIONS[last.target] ?? null);
    const whole = estimates(sum(parts.map((part) => part.energy_wh)), sum(parts.map((part) => part.gco2e)));
    const carbon = {
      ...{ receipt_id: null, region, tier: 2, temporal_match: null, default_region: null },
      ...{ gco2e_usage: null, gco2e_usage_default: null },
      ...whole,
      ...(parts.length > 1 ? { parts } : {}),
    };
    return anEvent({
      ...{ consumer, model, target, attempts, answered_model: target === null ? null : "as-it-calls-itself" },
      cost: { usd, basis: usd === null ? "unknown" : "exact" },
      ...(target === null ? {} : { carbon }),
    });
  });

/** What of the figures both know, by name of the group. */
type Books = Record<string, { requests: number; tokens: number; nanoUsd: number; wattHours: number; grams: number }>;

function costs(events: readonly RequestEvent[], by: (typeof DIMENSIONS)[number]): Books {
  const groups = new Map<string, number[]>();
  for (const { kind, key, values } of sumRows(events)) {
    if (kind !== "requests") continue;
    const name = (JSON.parse(key) as string[])[DIMENSIONS.indexOf(by)]!;
    groups.set(name, groups.get(name) ?? []);
    addValues(groups.get(name)!, values);
  }
  const of = (values: readonly number[], name: (typeof VALUES)[number]): number => values[VALUES.indexOf(name)]!;
  return Object.fromEntries(
    [...groups].map(([name, values]) => [
      name,
      {
        requests: of(values, "requests"),
        tokens: of(values, "promptTokens") + of(values, "completionTokens"),
        nanoUsd: of(values, "nanoUsd"),
        wattHours: Math.round(of(values, "nanoWattHours") / 100),
        grams: Math.round(of(values, "nanoGrams") / 100),
      },
    ]),
  );
}

function report(events: readonly RequestEvent[], by: "target" | "model" | "consumer" | "region"): Books {
  const sums = new GroupedSums([by]);
  for (const event of events) sums.add(event);
  return Object.fromEntries(
    sums.groups(by).map(({ name, sums: each }) => [
      name ?? (by === "region" ? "(unknown)" : "(none)"),
      {
        requests: each.requests,
        tokens: each.prompt_tokens + each.completion_tokens,
        nanoUsd: Math.round(each.cost_usd * NANO),
        wattHours: Math.round((each.energy_wh * NANO) / 100),
        grams: Math.round((each.gco2e * NANO) / 100),
      },
    ]),
  );
}

function close(one: Books, other: Books): void {
  expect(Object.keys(one).toSorted()).toEqual(Object.keys(other).toSorted());
  for (const [name, { wattHours, grams, ...exact }] of Object.entries(one)) {
    const { wattHours: theirs, grams: emitted, ...figures } = other[name]!;
    expect([name, figures]).toEqual([name, exact]);
    // each request is rounded to a billionth there
    expect(Math.abs(theirs - wattHours) + Math.abs(emitted - grams)).toBeLessThanOrEqual(2);
  }
}

test("weir report and /api/costs say the same by target, model, consumer and region, whoever broke off or was given up", () => {
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 8 }), (events) => {
      for (const by of ["target", "model", "consumer", "region"] as const) close(costs(events, by), report(events, by));
    }),
  );
});

test("weir_energy and weir_emissions by region are those of /api/costs", () => {
  fc.assert(
    fc.property(fc.array(requests, { minLength: 1, maxLength: 8 }), (events) => {
      const metrics = createMetrics();
      for (const event of events) metrics.record(event);
      const shown = metrics.render();
      for (const [region, { wattHours, grams }] of Object.entries(costs(events, "region"))) {
        const label = region === "(unknown)" ? "" : region;
        const of = (family: string): number =>
          Number(new RegExp(`^${family}\\{region="${label}"\\} (.*)$`, "m").exec(shown)?.[1] ?? 0) * (NANO / 100);
        expect(Math.abs(of("weir_energy_watt_hours_total") - wattHours)).toBeLessThanOrEqual(2);
        expect(Math.abs(of("weir_emissions_grams_total") - grams)).toBeLessThanOrEqual(2);
      }
    }),
  );
});
