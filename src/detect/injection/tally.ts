/** From the evidence in the windows of a text to that in the text. */

/** What the windows that were looked at so far came to. */
export interface Tally {
  /** The most and the second most evidence of a window, and which window has the most. */
  best: number;
  second: number;
  bestWindow: number;
  /** What the first window and the last one come to. */
  first: number;
  last: number;
  /** Windows, and the sum of what they say within {@link LEAST} and {@link MOST}. */
  count: number;
  sum: number;
  /** How many times as many windows the text has that these are of. */
  readonly times: number;
}

const NONE = Number.NEGATIVE_INFINITY;
/** What one window can say for or against all the others. */
const LEAST = -6;
const MOST = 0.5;

/** A tally of no windows, of a text that is `times` as long as what is looked at. */
export const newTally = (times = 1): Tally => ({
  best: NONE,
  second: NONE,
  bestWindow: 0,
  first: NONE,
  last: NONE,
  count: 0,
  sum: 0,
  times,
});

/** Counts in the next window. */
export function tallyUp(tally: Tally, evidence: number): void {
  if (evidence > tally.best) {
    tally.second = tally.best;
    tally.best = evidence;
    tally.bestWindow = tally.count;
  } else if (evidence > tally.second) tally.second = evidence;
  if (tally.count === 0) tally.first = evidence;
  tally.last = evidence;
  tally.count++;
  tally.sum += bounded(evidence);
}

const bounded = (evidence: number): number => Math.min(MOST, Math.max(LEAST, evidence));

/** How much doubt the number of windows raises: with its logarithm, and up to so many of them. */
const DOUBT = {
  wide: { share: 0.7, most: 40 },
  close: { share: 0.3, most: 60 },
  sentences: { share: 0.45, most: 500 },
  saidSentences: { share: 0.15, most: 60 },
} as const;

/** How far a window that stands alone is pulled towards its strongest neighbour: an attack seldom fills only one. */
const COMPANY = 0.3;

/**
 * The evidence in what somebody says, from wide windows. What is wanted stands in front of a long text or behind it: there
 * are only two such places, however long the text is.
 */
export function saidEvidence({ best, second, count, first, last, times }: Tally): number {
  if (count <= 1) return best;
  const anywhere = best - COMPANY * (best - second) - doubt(DOUBT.wide, count * times);
  return Math.max(anywhere, Math.max(first, last) - EDGE_DOUBT);
}

/** How much more evidence the first and the last window must show than a text that has no other. */
const EDGE_DOUBT = 1.1;

/** The same from close windows, of which a sentence fills no more than one. */
export const closeEvidence = ({ best, count, first, last, times }: Tally): number =>
  Math.max(best - doubt(DOUBT.close, count * times) - CLOSE_DOUBT, Math.max(first, last) - CLOSE_EDGE_DOUBT);

/** How much more evidence a close window must show: there are many of them, and a few words say little. */
const CLOSE_DOUBT = 1.2;
/** The same for the first and the last one. */
const CLOSE_EDGE_DOUBT = 2;

/** How far the reading that says more, of sentences alone and by two, is pulled towards the other one. */
const BOTH = 0.5;

function ofBoth(alone: Tally, byTwo: Tally): number {
  const [more, less] = alone.best > byTwo.best ? [alone.best, byTwo.best] : [byTwo.best, alone.best];
  return more - BOTH * (more - less);
}

/**
 * The evidence in the sentences of a long text that somebody says, alone and by two: windows cut where they like, so that
 * a short sentence in the middle shares its own with what stands around it.
 */
export const sentenceEvidence = (alone: Tally, byTwo: Tally): number =>
  ofBoth(alone, byTwo) - doubt(DOUBT.saidSentences, alone.count * alone.times) - SENTENCE_DOUBT;

/** How much more evidence a sentence must show than a text that is no more than it. */
const SENTENCE_DOUBT = 1.5;

/** How much it counts that the other sentences are of another kind, and what ordinary ones come to. */
const CONTRAST = 0.5;
const ORDINARY = -1.5;
/** Others that are surely harmless make one that is not no worse: most of a long page is such. */
const LOWEST = -2.5;
/** What others would come to where a sentence stands alone. */
const UNSEEN = -2.25;

/**
 * The evidence in what a tool returned, from its sentences alone and by two: an order that was put there stands out, while
 * a recipe is one order after the other.
 */
export function returnedEvidence(alone: Tally, byTwo: Tally): number {
  const best = ofBoth(alone, byTwo) - doubt(DOUBT.sentences, (alone.count + byTwo.count) * alone.times);
  const others = alone.count > 1 ? (alone.sum - bounded(alone.best)) / (alone.count - 1) : UNSEEN;
  return best - CONTRAST * (Math.max(others, LOWEST) - ORDINARY);
}

/**
 * The more windows are tried, the higher the best of them gets by chance: with the logarithm of their number, as the
 * maximum of noise does. More than `most` raise no more doubt, or a page of prose would hide a sentence.
 */
function doubt({ share, most }: { readonly share: number; readonly most: number }, windows: number): number {
  return share * Math.log(Math.min(Math.max(1, windows), most));
}
