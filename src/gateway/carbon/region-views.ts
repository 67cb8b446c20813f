import { classOf, isOperational } from "../../carbon/signals.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import { tenths } from "../../lib/tenths.ts";
import { thousandths } from "../../lib/thousandths.ts";
import type { Consumer } from "../admission/consumers.ts";
import type { RegionView, TargetView } from "../gateway-api.ts";
import type { RouteTable } from "../routes/route.ts";
import type { Target } from "../targets/target.ts";
import type { GridSnapshot } from "./grid-snapshot.ts";
import type { Place } from "./regions.ts";

/** What regions are shown with. */
export interface RegionViewParts {
  readonly table: RouteTable;
  readonly grids: GridSnapshot;
  /** How every target does now, of all threads. */
  readonly targets: readonly TargetView[];
  /** Whose view it is; null: nobody is limited. */
  readonly consumer: Consumer | null;
}

/** Every region of the catalogue as this caller may know it. */
export function regionViews(parts: RegionViewParts): readonly RegionView[] {
  const { regionRules } = parts.table;
  return [...regionRules.catalogue.keys()].map((code) => regionView(regionRules.place(code)!, parts));
}

function regionView(place: Place, parts: RegionViewParts): RegionView {
  const { region, pathRank, barred } = place;
  const { table, consumer } = parts;
  const there = table.targets.filter((target) => target.place?.region.code === region.code);
  const measured = there.map(({ live }) => live.probe.network).filter((network) => network !== null);
  const network = measured.length === 0 ? region.latencyMs : worst(measured);
  return {
    code: region.code,
    provider: region.provider,
    location: region.location,
    country: region.country,
    grid_zone: region.gridZone,
    annual_gco2_per_kwh: region.annualGramsPerKwh,
    annual_source: region.annualSource,
    latency_ms: network,
    latency_source: network === null ? null : measured.length === 0 ? "catalogue" : "probes",
    inference: region.inference,
    allowed: barred === null && isOpen(region.code, consumer),
    default_path: Number.isFinite(pathRank) ? pathRank + 1 : null,
    notes: region.notes,
    models: modelsOf(there, consumer),
    live: { ...signalOf(place, parts), ...healthOf(there, parts.targets) },
  };
}

function worst(all: readonly { readonly p50: number; readonly p95: number }[]): { p50: number; p95: number } {
  const most = (values: readonly number[]): number => tenths(Math.max(...values));
  return { p50: most(all.map(({ p50 }) => p50)), p95: most(all.map(({ p95 }) => p95)) };
}

function isOpen(code: string, consumer: Consumer | null): boolean {
  if (consumer === null) return true;
  const { pin, regions } = consumer;
  if (pin !== null && code !== pin.primary && code !== pin.secondary) return false;
  return regions?.has(code) ?? true;
}

/** What can be asked for there: names of models, each once. */
function modelsOf(there: readonly Target[], consumer: Consumer | null): string[] {
  const open = there.filter((target) => target.unavailable === null && consumer?.models?.targets.has(target) !== false);
  return [...new Set(open.flatMap(({ model, models }) => [model, ...models.keys()]))];
}

/** The best that is known of its electricity; an annual average is called that. */
function signalOf({ region }: Place, { grids }: RegionViewParts) {
  const signal = grids.operational(region) ?? grids.receipt(region);
  const observedAtMs = signal?.observedAtMs ?? null;
  return {
    gco2_per_kwh: signal?.gramsPerKwh ?? null,
    class: signal === null ? null : classOf(signal, grids.atMs, grids.rules),
    age_minutes: observedAtMs === null ? null : thousandths((grids.atMs - observedAtMs) / MINUTE_MS),
    observed_at: observedAtMs === null ? null : new Date(observedAtMs).toISOString(),
    signal_kind: signal?.kind ?? null,
    basis: signal?.basis ?? null,
    accounting: signal?.accounting ?? null,
    source: signal?.source ?? null,
    operational: signal !== null && isOperational(signal, grids.atMs, grids.rules),
  };
}

function healthOf(
  there: readonly Target[],
  views: readonly TargetView[],
): Pick<RegionView["live"], "health" | "saturated"> {
  const known = there.flatMap(({ id }) => views.filter((view) => view.id === id));
  const isBusy = ({ reason }: TargetView): boolean => reason === "saturated" || reason === "resting";
  const well = known.filter((view) => view.available || isBusy(view)).length;
  const health = well === known.length ? "healthy" : well > 0 ? "degraded" : "unavailable";
  // whoever is down takes no work off those that have enough
  const saturated = known.some(isBusy) && !known.some(({ available }) => available);
  return { health: known.length === 0 ? "no_target" : health, saturated };
}
