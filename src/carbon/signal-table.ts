import { type FreshnessRules, type GridSignal, isOperational, isPast, RECEIPT_MAX_AGE_MS } from "./signals.ts";

/** How long the past of a zone is kept, for curves and reports. */
const HISTORY_MS = 48 * 3_600_000;
/** Points of one zone's past: one a minute for that time would be 2,880. */
const MAX_HISTORY = 3_000;
/** Forecast slots kept of one zone and source: two days of quarters of an hour. */
const MAX_FORECAST = 192;

/** What requests read: they never wait for a source. */
export interface SignalReader {
  readonly rules: FreshnessRules;
  /** Of the first source, in configured order, that has one: the signal that may decide now. */
  operational(zone: string, nowMs: number): GridSignal | null;
  /** The newest measured or estimated signal up to six hours old, for receipts. */
  newest(zone: string, nowMs: number): GridSignal | null;
  /** Measured and estimated points of the last 48 hours, oldest first. */
  history(zone: string): readonly GridSignal[];
  zones(): readonly string[];
}

/** What one source says of one zone. */
interface Known {
  latest: GridSignal | null;
  forecast: GridSignal[];
}

interface Zone {
  /** By the source's place in the configuration. */
  readonly bySource: (Known | undefined)[];
  history: GridSignal[];
}

/** Every signal that is known, in memory: jobs write, requests read. The last value of each source is kept. */
export class SignalTable implements SignalReader {
  readonly rules: FreshnessRules;
  readonly #zones = new Map<string, Zone>();

  constructor(rules: FreshnessRules) {
    this.rules = rules;
  }

  /** Takes what the source at place `rank` of the configuration has given, in any order. */
  put(rank: number, signals: readonly GridSignal[]): void {
    for (const signal of signals) {
      if (signal.observedAtMs === null) continue;
      const zone = this.#zone(signal.zone);
      zone.bySource[rank] ??= { latest: null, forecast: [] };
      const known = zone.bySource[rank];
      if (signal.kind === "forecast") addSlot(known.forecast, signal);
      else {
        if (known.latest === null || signal.observedAtMs >= known.latest.observedAtMs!) known.latest = signal;
        addPoint(zone, signal);
      }
    }
  }

  operational(zone: string, nowMs: number): GridSignal | null {
    const known = this.#zones.get(zone);
    if (known === undefined) return null;
    for (const source of known.bySource) {
      if (source === undefined) continue;
      if (source.latest !== null && isOperational(source.latest, nowMs, this.rules)) return source.latest;
      const slot = source.forecast.find((candidate) => isOperational(candidate, nowMs, this.rules));
      if (slot !== undefined) return slot;
    }
    return null;
  }

  newest(zone: string, nowMs: number): GridSignal | null {
    let best: GridSignal | null = null;
    for (const source of this.#zones.get(zone)?.bySource ?? []) {
      const latest = source?.latest;
      if (latest == null || !isPast(latest, nowMs) || nowMs - latest.observedAtMs! > RECEIPT_MAX_AGE_MS) continue;
      if (best === null || latest.observedAtMs! > best.observedAtMs!) best = latest;
    }
    return best;
  }

  history(zone: string): readonly GridSignal[] {
    return this.#zones.get(zone)?.history ?? [];
  }

  zones(): readonly string[] {
    return [...this.#zones.keys()];
  }

  #zone(name: string): Zone {
    const known = this.#zones.get(name);
    if (known !== undefined) return known;
    const made: Zone = { bySource: [], history: [] };
    this.#zones.set(name, made);
    return made;
  }
}

function addSlot(slots: GridSignal[], slot: GridSignal): void {
  const same = slots.findIndex(({ observedAtMs }) => observedAtMs === slot.observedAtMs);
  if (same >= 0) slots[same] = slot;
  else slots.push(slot);
  slots.sort((a, b) => a.observedAtMs! - b.observedAtMs!);
  if (slots.length > MAX_FORECAST) slots.splice(0, slots.length - MAX_FORECAST);
}

/** A point replaces the one of the same source and moment: newer answers correct older ones. */
function addPoint(zone: Zone, point: GridSignal): void {
  const { history } = zone;
  let at = history.length;
  while (at > 0 && history[at - 1]!.observedAtMs! > point.observedAtMs!) at--;
  for (let same = at - 1; same >= 0 && history[same]!.observedAtMs === point.observedAtMs; same--) {
    if (history[same]!.source !== point.source) continue;
    history[same] = point;
    return;
  }
  history.splice(at, 0, point);
  const from = history.at(-1)!.observedAtMs! - HISTORY_MS;
  const old = history.findIndex(({ observedAtMs }) => observedAtMs! >= from);
  const over = Math.max(old, history.length - MAX_HISTORY);
  if (over > 0) history.splice(0, over);
}
