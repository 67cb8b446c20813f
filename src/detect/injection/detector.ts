import { inOneGo } from "../../lib/in-one-go.ts";
import { once } from "../../lib/once.ts";
import { type Decoding, type View, viewsOf } from "../decode/views.ts";
import { boundariesIn } from "./boundaries.ts";
import { FeatureReader } from "./features.ts";
import {
  CLOSE,
  LONG_SAID,
  type Model,
  ONE,
  RETURNED_DOUBT,
  type Summed,
  summed,
  TWO,
  WIDE,
  type Windows,
  WORTH_A_LOOK,
  windowCount,
  windowEvidence,
  windowSpan,
} from "./model.ts";
import { reasonsFor } from "./reasons.ts";
import { BLOCK } from "./segments.ts";
import {
  closeEvidence,
  newTally,
  returnedEvidence,
  saidEvidence,
  sentenceEvidence,
  type Tally,
  tallyUp,
} from "./tally.ts";
import type { Models } from "./weights-file.ts";

/** What a text comes to. */
export interface Assessment {
  /** 0 to 1, calibrated: 0.8 is the balanced operating point, 0.5 the strict one. */
  readonly score: number;
  /** Why: families of intent, marks of turns, what was decoded. Never the text. */
  readonly reasons: readonly Reason[];
}

/** One reason, and how much it weighs against the others, 0 to 1. */
export interface Reason {
  readonly kind: string;
  readonly score: number;
}

/** What is looked at. */
export interface Assessing extends Decoding {
  /** The text is what a tool returned: there every order is suspect. */
  readonly fromTool?: boolean;
  /** Lines that pretend another turn begins weigh in. */
  readonly enforceDelimiters: boolean;
  /** Control tokens of chat templates weigh in. */
  readonly rejectFakeBoundaries: boolean;
}

/** Nothing was found. */
export const HARMLESS: Assessment = { score: 0, reasons: [] };

/** Characters that are judged before others get their turn: a few milliseconds of work. */
const STRETCH = 16_384;
/** What stretches share, so that nothing falls between two; and how far around a disguise its readings are judged anew. */
const OVERLAP = WIDE.width * BLOCK;

/** Below this score nobody asks for reasons. */
const WORTH_A_REASON = 0.3;

const CONTROL_TOKEN = 0.85;
const FAKE_TURN = 0.15;
const SMUGGLED = 0.9;

/**
 * Judges a text in stretches, giving way between them and, in a long text, between the views of each. The score is the
 * highest of the windows of all its views. What a long text hides in its place is judged with what stands around it: the
 * rest of it is judged once.
 */
export function* assessing(models: Models, source: string, how: Assessing): Generator<undefined, Assessment> {
  let best = HARMLESS;
  for (let at = 0; at === 0 || at < source.length - OVERLAP; at += STRETCH - OVERLAP) {
    const found = yield* assessingStretch(models, cut(source, at), { ...how, isLong: source.length > STRETCH });
    if (found.score > best.score) best = found;
    if (at + STRETCH >= source.length) break;
    yield undefined;
  }
  return best;
}

/** A stretch that halves no character. */
function cut(source: string, at: number): string {
  return source.length <= STRETCH ? source : source.slice(at, at + STRETCH);
}

/** Judges a text in one go: for short ones. */
export function assess(models: Models, source: string, how: Assessing): Assessment {
  return inOneGo(assessing(models, source, how));
}

/** The one reader of this thread. To make it takes some milliseconds, which a start without this detector does not pay. */
export const reader: () => FeatureReader = once(() => new FeatureReader());

/** Gives way between its views: before anything is compiled each of them takes ten milliseconds. */
function* assessingStretch(
  models: Models,
  source: string,
  how: Assessing & { readonly isLong: boolean },
): Generator<undefined, Assessment> {
  let best = HARMLESS;
  for (const view of viewsOf(source, how, how.isLong ? OVERLAP : undefined)) {
    if (source.length === STRETCH) yield undefined;
    const found = assessView(models, view, how);
    const smuggled = view.how.includes("tags") || view.how.includes("variation-selectors");
    const score = smuggled ? Math.max(found.score, SMUGGLED) : found.score;
    if (score <= best.score) continue;
    const decoded = view.how.map((step) => ({ kind: `decoded:${step}`, score }));
    best = { score, reasons: [...decoded, ...found.reasons] };
  }
  return best;
}

function assessView(models: Models, view: View, how: Assessing): Assessment {
  const found =
    how.fromTool === true
      ? stronger(assessSaid(models.people, view, RETURNED_DOUBT), assessReturned(models.tools, view))
      : assessSaid(models.people, view, 0);
  return withBoundaries(found, view.text, how);
}

const stronger = (one: Assessment, other: Assessment): Assessment => (other.score > one.score ? other : one);

function assessSaid(model: Model, view: View, doubt: number): Assessment {
  const { text, times } = view;
  reader().read(text);
  const blocks = summed(model, reader());
  const wide = tallied(blocks, WIDE, times);
  const best = assessment(model, saidEvidence(wide) - doubt, { over: WIDE, tally: wide });
  if (reader().blocks <= CLOSE.width) return best;
  const close = tallied(blocks, CLOSE, times);
  const found = stronger(best, assessment(model, closeEvidence(close) - doubt, { over: CLOSE, tally: close }));
  if (text.length <= LONG_SAID || close.best < WORTH_A_LOOK) return found;
  return stronger(
    found,
    assessSentences(model, view, (alone, byTwo) => sentenceEvidence(alone, byTwo) - doubt),
  );
}

const assessReturned = (model: Model, view: View): Assessment => assessSentences(model, view, returnedEvidence);

function assessSentences(model: Model, view: View, of: (alone: Tally, byTwo: Tally) => number): Assessment {
  reader().read(view.text, true);
  const sentences = summed(model, reader());
  const alone = tallied(sentences, ONE, view.times);
  const byTwo = tallied(sentences, TWO, view.times);
  const looked = alone.best >= byTwo.best ? { over: ONE, tally: alone } : { over: TWO, tally: byTwo };
  return assessment(model, of(alone, byTwo), looked);
}

/** Windows that were looked at, and what they came to. */
interface Looked {
  readonly over: Windows;
  readonly tally: Tally;
}

/** What the windows of the text that was read come to, which is cut from one `times` as long. */
function tallied(blocks: Summed, over: Windows, times: number): Tally {
  const tally = newTally(times);
  const windows = windowCount(blocks.reader, over);
  for (let window = 0; window < windows; window++) {
    tallyUp(tally, windowEvidence(blocks, windowSpan(blocks.reader, over, window)));
  }
  return tally;
}

function assessment(model: Model, evidence: number, { over, tally }: Looked): Assessment {
  if (tally.count === 0) return HARMLESS;
  const score = scoreOf(model, evidence);
  const reasons =
    score < WORTH_A_REASON ? [] : reasonsFor(model, reader(), windowSpan(reader(), over, tally.bestWindow));
  return { score, reasons };
}

function withBoundaries(found: Assessment, text: string, how: Assessing): Assessment {
  if (!(how.enforceDelimiters || how.rejectFakeBoundaries)) return found;
  const marks = boundariesIn(text);
  let { score } = found;
  const reasons = [...found.reasons];
  if (how.rejectFakeBoundaries && marks["control-token"] > 0) {
    score = CONTROL_TOKEN + score * (1 - CONTROL_TOKEN);
    reasons.push({ kind: "boundary:control-token", score: CONTROL_TOKEN });
  }
  if (how.enforceDelimiters && marks["fake-turn"] > 0) {
    score = Math.min(1, score + FAKE_TURN * (1 - score));
    reasons.push({ kind: "boundary:fake-turn", score: FAKE_TURN });
  }
  return { score, reasons };
}

/** The score of evidence: a logistic curve through 0.5 at `strictAt` and 0.8 at `balancedAt`. */
export function scoreOf({ strictAt, balancedAt }: Model, evidence: number): number {
  return 1 / (1 + Math.exp((-Math.log(4) * (evidence - strictAt)) / (balancedAt - strictAt)));
}
