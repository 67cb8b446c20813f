import type { Candidate, Measure, PickContext } from "../../src/routing/strategy.ts";

/** A measure of which nothing is known, with what the test says differs. */
function aMeasure(differs: Partial<Measure> = {}): Measure {
  const nothing = { averageMs: null, lastMs: null, lastAtMs: Number.NEGATIVE_INFINITY };
  return { ...nothing, samples: 0, waiting: 0, silentSinceMs: null, ...differs };
}

/** A measure of which enough is known. */
export function measured(averageMs: number, differs: Partial<Measure> = {}): Measure {
  return aMeasure({ averageMs, lastMs: averageMs, lastAtMs: NOW_MS, samples: 100, ...differs });
}

/** What the clock of {@link aContext} says. */
export const NOW_MS = 1_000_000;

/** A candidate, with what the test says differs. */
export function aCandidate(id: string, position: number, differs: Partial<Candidate> = {}): Candidate {
  const idle = {
    weight: 1,
    servesModel: true,
    inFlight: 0,
    latency: aMeasure(),
    tokenTime: aMeasure(),
    priceUsd: null,
    region: null,
  };
  return { id, position, ...idle, ...differs };
}

/** Candidates `a`, `b`, `c`, … in this order. */
export function candidates(...list: readonly Partial<Candidate>[]): Candidate[] {
  return list.map((differs, position) => aCandidate(String.fromCharCode(97 + position), position, differs));
}

/** What an ordering may depend on, with what the test says differs. */
export function aContext(differs: Partial<PickContext> = {}): PickContext {
  const plain = { explorers: 1, regional: false, latencyBudgetMs: null, currentRegion: null };
  return { turn: 0, sticky: null, minSampleCount: 5, windowMs: 300_000, nowMs: NOW_MS, ...plain, ...differs };
}

/** The ids of an order, joined. */
export const ids = (order: readonly Candidate[]): string => order.map(({ id }) => id).join("");
