import { HOUR_MS } from "../lib/durations.ts";
import { type FreshnessRules, type GridSignal, isOperational, isPast, RECEIPT_MAX_AGE_MS } from "./signals.ts";

/** How long the past of a zone is kept, for curves and reports. */
const HISTORY_MS = 48 * HOUR_MS;
/** Points of one zone's past: one a minute for that time would be 2,880. */
const MAX_HISTORY = 3_000;
/** Forecast slots kept of one zone and source: two days of quarters of an hour. */
const MAX_FORECAST = 192;

/** What requests read: they never wait for a source. */
export interface SignalReader {
  readonly rules: FreshnessRules;
  /** The signal that may decide now, of the first source in configured order that has one; null: none may. */
  operational(zone: string, nowMs: number): GridSignal | null;
  /** The newest measured or estimated signal up to six hours old, for receipts. */
  newest(zone: string, nowMs: number): GridSignal | null;
  /** Measured and estimated points of the last 48 hours, oldest first. */
  history(zone: string): readonly GridSignal[];
  zones(): readonly string[];
}

/** What one source says of one zone. The last of each kind is kept: an estimate does not hide what was measured before. */
interface Known {
  measured: GridSignal | null;
  estimated: GridSignal | null;
  annual: GridSignal | null;
  forecast: GridSignal[];
}

interface Zone {
  /** What each source says, by its place in the configuration. */
  bySource: (Known | undefined)[];
  history: GridSignal[];
}

/** Signals of one source, as another thread is told of them. */
export interface RankedSignals {
  readonly rank: number;
  readonly signals: readonly GridSignal[];
}

/** Every signal that is known, in memory: jobs write, requests read. The last value of each source is kept. */
export class SignalTable implements SignalReader {
  #rules: FreshnessRules;
  readonly #zones = new Map<string, Zone>();

  constructor(rules: FreshnessRules) {
    this.#rules = rules;
  }

  get rules(): FreshnessRules {
    return this.#rules;
  }

  /** Takes what the source at place `rank` of the configuration has given, in any order. */
  put(rank: number, signals: readonly GridSignal[]): void {
    for (const signal of signals) {
      const zone = this.#zone(signal.zone);
      zone.bySource[rank] ??= { measured: null, estimated: null, annual: null, forecast: [] };
      const known = zone.bySource[rank];
      if (signal.kind === "annual" || signal.observedAtMs === null) known.annual = signal;
      else if (signal.kind === "forecast") known.forecast = withSlot(known.forecast, signal);
      // what lies ahead would hide what has been observed
      else if (isPast(signal, signal.fetchedAtMs)) {
        const last = known[signal.kind];
        // what lies ahead now was observed by a clock that has been set back
        const isNewer = last === null || signal.observedAtMs >= last.observedAtMs! || !isPast(last, signal.fetchedAtMs);
        if (isNewer) known[signal.kind] = signal;
        addPoint(zone, signal);
      }
    }
  }

  /**
   * Goes over to other rules and another order of sources: at each new place stands where the source stood before, or
   * null for one that is new. Sources that are gone take what they said with them, and so does one what it said of a zone
   * for which `keeps` says no; the past stays.
   */
  arrange(
    rules: FreshnessRules,
    places: readonly (number | null)[],
    keeps: (rank: number, zone: string) => boolean = () => true,
  ): void {
    this.#rules = rules;
    for (const [name, zone] of this.#zones)
      zone.bySource = places.map((before, rank) =>
        before === null || !keeps(rank, name) ? undefined : zone.bySource[before],
      );
  }

  /** Forgets everything and takes this in its place: how a worker follows. Without the past, which nobody asks it for. */
  replace(rules: FreshnessRules, known: readonly RankedSignals[]): void {
    this.#rules = rules;
    this.#zones.clear();
    for (const { rank, signals } of known) this.put(rank, signals);
  }

  /** What {@link replace} needs: what may still count for something at `nowMs`. */
  snapshot(nowMs: number): readonly RankedSignals[] {
    const byRank = new Map<number, GridSignal[]>();
    for (const { bySource } of this.#zones.values())
      for (const [rank, known] of bySource.entries()) {
        if (known === undefined) continue;
        const slots = this.#rules.acceptForecast ? known.forecast.filter((slot) => slot.observedAtMs! > nowMs) : [];
        const signals = [known.annual, known.estimated, known.measured, ...slots].filter((signal) => signal !== null);
        byRank.set(rank, [...(byRank.get(rank) ?? []), ...signals]);
      }
    return Array.from(byRank, ([rank, signals]) => ({ rank, signals }));
  }

  operational(zone: string, nowMs: number): GridSignal | null {
    const known = this.#zones.get(zone);
    if (known === undefined) return null;
    for (const source of known.bySource) {
      const signal = source === undefined ? null : operationalOf(source, nowMs, this.#rules);
      if (signal !== null) return signal;
    }
    return null;
  }

  newest(zone: string, nowMs: number): GridSignal | null {
    let best: GridSignal | null = null;
    for (const source of this.#zones.get(zone)?.bySource ?? []) {
      if (source === undefined) continue;
      best = newer(best, source.measured, nowMs);
      best = newer(best, source.estimated, nowMs);
    }
    return best;
  }

  /**
   * What is best known of a zone, for people: what may decide, else the newest that a receipt may show, else the last
   * value however old, else the annual average; null where no source has said anything.
   */
  shown(zone: string, nowMs: number): GridSignal | null {
    const signal = this.operational(zone, nowMs) ?? this.newest(zone, nowMs);
    if (signal !== null) return signal;
    const sources = this.#zones.get(zone)?.bySource.filter((known) => known !== undefined) ?? [];
    const last = sources.flatMap(({ measured, estimated }) => [measured, estimated].filter((each) => each !== null));
    last.sort((a, b) => b.observedAtMs! - a.observedAtMs!);
    return last[0] ?? sources.find(({ annual }) => annual !== null)?.annual ?? null;
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

/** The newer of two that a receipt may show. */
function newer(best: GridSignal | null, signal: GridSignal | null, nowMs: number): GridSignal | null {
  if (signal === null || !isPast(signal, nowMs) || nowMs - signal.observedAtMs! > RECEIPT_MAX_AGE_MS) return best;
  return best === null || signal.observedAtMs! > best.observedAtMs! ? signal : best;
}

/**
 * What one source has to decide by. Where forecasts are accepted, the slot that covers now counts before what was measured
 * of an earlier one.
 */
function operationalOf({ measured, forecast }: Known, nowMs: number, rules: FreshnessRules): GridSignal | null {
  const past = measured !== null && isOperational(measured, nowMs, rules) ? measured : null;
  if (!rules.acceptForecast) return past;
  const slot = forecast.find((candidate) => isOperational(candidate, nowMs, rules));
  if (slot === undefined || past === null) return past ?? slot ?? null;
  // a measurement from within the slot knows more than what was expected of it
  return past.observedAtMs! > slot.fromMs! ? past : slot;
}

/** A slot takes the place of what was said of any of its time before, in slots of another length too. */
function withSlot(slots: readonly GridSignal[], slot: GridSignal): GridSignal[] {
  const others = slots.filter(({ fromMs, observedAtMs, fetchedAtMs }) => {
    const overlaps = fromMs! < slot.observedAtMs! && observedAtMs! > slot.fromMs!;
    return observedAtMs !== slot.observedAtMs && !(overlaps && fetchedAtMs < slot.fetchedAtMs);
  });
  others.push(slot);
  return others.sort((a, b) => a.observedAtMs! - b.observedAtMs!).slice(-MAX_FORECAST);
}

/** What was observed of an interval before it was over gives way to what is known of more of it. */
function dropUnfinished(history: GridSignal[], { source, fromMs }: GridSignal): void {
  if (fromMs === null) return;
  for (let at = history.length - 1; at >= 0 && history[at]!.observedAtMs! > fromMs; at--)
    if (history[at]!.source === source && history[at]!.fromMs === fromMs) history.splice(at, 1);
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
  dropUnfinished(history, point);
  at = history.length;
  while (at > 0 && history[at - 1]!.observedAtMs! > point.observedAtMs!) at--;
  history.splice(at, 0, point);
  const from = history.at(-1)!.observedAtMs! - HISTORY_MS;
  const old = history.findIndex(({ observedAtMs }) => observedAtMs! >= from);
  const over = Math.max(old, history.length - MAX_HISTORY);
  if (over > 0) history.splice(0, over);
}
