import { SignalTable } from "../../carbon/signal-table.ts";
import { type FreshnessRules, traceOf } from "../../carbon/signals.ts";
import type { GridPlan } from "../../config/grid-plans.ts";
import type { GridReading } from "../../grid/source.ts";
import type { GatewayError } from "../../lib/errors.ts";
import type { GridSourceView, GridZoneView } from "../../schema/views/grid-view.ts";

interface Entry {
  readonly plan: GridPlan;
  asked: number;
  failures: number;
  inARow: number;
  askedAtMs: number | null;
  succeededAtMs: number | null;
  nextAtMs: number | null;
  state: GridSourceView["state"];
  lastError: string | null;
}

/** What the process knows of the grids: every signal, and how each source does. Jobs write, everybody reads memory. */
export class GridBook {
  /** Written by this book alone. */
  readonly table: SignalTable;
  #entries: Entry[] = [];
  readonly #listeners: (() => void)[] = [];

  constructor(rules: FreshnessRules) {
    this.table = new SignalTable(rules);
  }

  /** Goes over to these sources and rules. What is known of sources that stay is kept, whatever rhythm they are asked in. */
  follow(plans: readonly GridPlan[], rules: FreshnessRules): void {
    const before = this.#entries;
    const places = placesOf(
      plans,
      before.map(({ plan }) => plan),
    );
    this.#entries = plans.map((plan, at) => ({ ...(before[places[at]!] ?? fresh(plan)), plan }));
    this.table.arrange(
      rules,
      places.map((place) => (place < 0 ? null : place)),
      (rank, zone) => before[places[rank]!]?.plan.zones.includes(zone) !== true || plans[rank]!.zones.includes(zone),
    );
    this.#changed();
  }

  /** What a source has given. Ignored where it is no longer followed. */
  took(key: string, { signals, faults }: GridReading, nowMs: number): void {
    const entry = this.#asked(key, nowMs);
    if (entry === null) return;
    this.table.put(this.#entries.indexOf(entry), signals);
    entry.inARow = 0;
    if (faults.length > 0) entry.failures++;
    entry.lastError = faults.map(({ zone, error }) => `${zone}: ${error.message}`).join("; ") || null;
    entry.succeededAtMs = nowMs;
    entry.state = faults.length > 0 ? "partial" : signals.length === 0 ? "no_data" : "ok";
    this.#changed();
  }

  /** Nothing could be had of a source. Resolves to how often in a row that is now. */
  failed(key: string, error: GatewayError, nowMs: number): number {
    const entry = this.#asked(key, nowMs);
    if (entry === null) return 0;
    entry.failures++;
    entry.inARow++;
    entry.lastError = error.message;
    entry.state = "failing";
    return entry.inARow;
  }

  /** Why a source could not be had, wholly or in part, when it was last asked; null: it could. */
  lastError(key: string): string | null {
    return this.#entries.find(({ plan }) => plan.key === key)?.lastError ?? null;
  }

  /** When a source is asked again. */
  next(key: string, atMs: number): void {
    const entry = this.#entries.find(({ plan }) => plan.key === key);
    if (entry !== undefined) entry.nextAtMs = atMs;
  }

  /** Calls back after every change of signals, rules or order. */
  onChange(tell: () => void): void {
    this.#listeners.push(tell);
  }

  /** How each source does, in configured order. */
  sources(): readonly GridSourceView[] {
    return this.#entries.map((entry) => ({
      source: entry.plan.source.name,
      zones: entry.plan.zones,
      host: entry.plan.baseUrl === "" ? null : new URL(entry.plan.baseUrl).host,
      state: entry.state,
      asked: entry.asked,
      failures: entry.failures,
      consecutive_failures: entry.inARow,
      asked_at: entry.askedAtMs,
      succeeded_at: entry.succeededAtMs,
      next_at: entry.nextAtMs,
      last_error: entry.lastError,
    }));
  }

  /** What is best known of each zone that some source is asked for, or has spoken of. */
  zones(nowMs: number): readonly GridZoneView[] {
    const names = new Set([...this.#entries.flatMap(({ plan }) => plan.zones), ...this.table.zones()]);
    return Array.from(names, (zone) => this.zone(zone, nowMs));
  }

  /** What is best known of one zone. */
  zone(zone: string, nowMs: number): GridZoneView {
    const shown = this.table.shown(zone, nowMs);
    return {
      zone,
      signal: shown === null ? null : traceOf(shown, nowMs, this.table.rules),
      is_operational: this.table.operational(zone, nowMs) !== null,
    };
  }

  #asked(key: string, nowMs: number): Entry | null {
    const entry = this.#entries.find(({ plan }) => plan.key === key) ?? null;
    if (entry === null) return null;
    entry.asked++;
    entry.askedAtMs = nowMs;
    return entry;
  }

  #changed(): void {
    for (const tell of this.#listeners) tell();
  }
}

/**
 * Where each source stood before; -1: it is new. One that is asked for more or fewer zones is the same service, where no
 * other entry has taken its place.
 */
function placesOf(plans: readonly GridPlan[], before: readonly GridPlan[]): readonly number[] {
  const places = plans.map(({ contentKey }) => before.findIndex((plan) => plan.contentKey === contentKey));
  for (const [rank, { serviceKey }] of plans.entries()) {
    if (places[rank]! >= 0) continue;
    places[rank] = before.findIndex((plan, place) => plan.serviceKey === serviceKey && !places.includes(place));
  }
  return places;
}

function fresh(plan: GridPlan): Entry {
  return {
    plan,
    asked: 0,
    failures: 0,
    inARow: 0,
    askedAtMs: null,
    succeededAtMs: null,
    nextAtMs: null,
    state: "waiting",
    lastError: null,
  };
}
