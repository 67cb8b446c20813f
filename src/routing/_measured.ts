import { sorted, withFirst } from "./_orders.ts";
import type { Candidate, Measure, PickContext, RouteDecision } from "./strategy.ts";

/** A pool finds its best within so many requests: in a larger one fewer samples than asked for must do at first. */
const EXPLORED_WITHIN = 20;
/** The least samples worth believing when the pool is too large for {@link EXPLORED_WITHIN}: up to four get all. */
const ALWAYS_EXPLORED = 4;
/** One request in this many tries a target that is not the best, so that it can show that it has recovered. */
const TRIAL_EVERY = 20;
/** The same for one whose last answer was better than the best's average. */
const PROMISING_EVERY = 4;
/** A target that was seen so lately is not tried again: at any rate of requests a trial costs one a second. */
const TRIAL_AGE_MS = 1_000;

/** What is known of one candidate. */
interface Known<C> {
  readonly candidate: C;
  /** Lower is better; Infinity: nothing is known, or it never succeeded. */
  readonly score: number;
  readonly samples: number;
  readonly measure: Measure;
}

/**
 * The lowest measure first. A candidate with fewer than `minSampleCount` samples is explored in turn; a small share of
 * requests goes to one that is not the best.
 */
export function bestFirst<C extends Candidate>(
  eligible: readonly C[],
  measureOf: (candidate: C) => Measure,
  context: PickContext,
): RouteDecision<C> {
  const ranked = sorted(
    eligible.map((candidate) => known(candidate, measureOf(candidate), context)),
    better,
  );
  const order = ranked.map(({ candidate }) => candidate);
  const first = (chosen: Known<C>, because: string): RouteDecision<C> => {
    return { order: withFirst(chosen.candidate, order), failover: true, because };
  };
  const unknown = ranked.length > 1 ? leastExplored(ranked, context) : undefined;
  if (unknown !== undefined) return first(unknown, "exploring");
  const trial = onTrial(ranked, context);
  if (trial !== undefined) return first(trial, "tried again");
  return { order, failover: true, because: "best measured" };
}

function known<C extends Candidate>(candidate: C, measure: Measure, { nowMs, windowMs }: PickContext): Known<C> {
  const forgotten = nowMs - measure.lastAtMs > windowMs;
  const average = forgotten ? null : measure.averageMs;
  // whoever keeps requests waiting is at least as slow as that
  const silence = measure.silentSinceMs === null ? 0 : nowMs - measure.silentSinceMs;
  const score = average === null ? Number.POSITIVE_INFINITY : Math.max(average, silence);
  return { candidate, score, samples: forgotten ? 0 : measure.samples, measure };
}

function better<C extends Candidate>(a: Known<C>, b: Known<C>): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return a.measure.waiting - b.measure.waiting || a.candidate.position - b.candidate.position;
}

/**
 * The candidate with the fewest samples, those under way included; undefined where all have enough. Of several threads each
 * does its share of what is asked for, or the best would be found so many times later.
 */
function leastExplored<C extends Candidate>(ranked: readonly Known<C>[], context: PickContext): Known<C> | undefined {
  const { minSampleCount, explorers } = context;
  const within = ranked.length > ALWAYS_EXPLORED ? EXPLORED_WITHIN / ranked.length : Number.POSITIVE_INFINITY;
  const enough = Math.max(1, Math.floor(Math.min(minSampleCount, within) / explorers));
  let least: Known<C> | undefined;
  for (const each of ranked) {
    if (each.samples + each.measure.waiting >= enough) continue;
    if (least === undefined || comesBefore(each, least)) least = each;
  }
  return least;
}

function comesBefore<C extends Candidate>(a: Known<C>, b: Known<C>): boolean {
  const fewer = a.samples + a.measure.waiting - (b.samples + b.measure.waiting);
  if (fewer !== 0) return fewer < 0;
  // of those of whom nothing is known any more, whoever was asked longest ago
  if (a.samples === 0 && a.measure.lastAtMs !== b.measure.lastAtMs) return a.measure.lastAtMs < b.measure.lastAtMs;
  return a.candidate.position < b.candidate.position;
}

/**
 * The candidate that is tried to see whether it has recovered, the one seen longest ago; undefined where no trial is
 * due.
 */
function onTrial<C extends Candidate>(ranked: readonly Known<C>[], { turn, nowMs }: PickContext): Known<C> | undefined {
  const best = ranked[0];
  const anyone = turn % TRIAL_EVERY === TRIAL_EVERY - 1;
  if (best === undefined || (!anyone && turn % PROMISING_EVERY !== PROMISING_EVERY - 1)) return undefined;
  let chosen: Known<C> | undefined;
  for (const each of ranked) {
    if (each === best) continue;
    const { lastMs, lastAtMs, waiting } = each.measure;
    const promising = lastMs !== null && lastMs < best.score;
    const due = promising || (anyone && nowMs - lastAtMs >= TRIAL_AGE_MS);
    // one trial at a time: it may take as long as a timeout
    if (!due || waiting > 0) continue;
    if (chosen === undefined || lastAtMs < chosen.measure.lastAtMs) chosen = each;
  }
  return chosen;
}
