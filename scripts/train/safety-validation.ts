/** Evidence in every row, found by a model that never saw its source, or its part of it. */
import type { SafetyModel } from "../../src/detect/safety/model.ts";
import { categoryOffsets, type Valued } from "./safety-calibration.ts";
import { evidencesOf, learnSafety, type SafetySample, safetySample } from "./safety-learn.ts";
import { SAFETY_FOLDS, type SafetyRow, safetyFold, safetyRows } from "./safety-rows.ts";

/** A row and the evidence that was found in it, by category. */
export interface SafetyJudged {
  readonly row: SafetyRow;
  readonly evidence: Float32Array;
  readonly most: number;
}

/** What harmless texts may be taken for harmful ones at the scores 0.5 and 0.8: share of what looks like it, of what does not. */
const ALLOWED = { alike: [0.07, 0.045], ordinary: [0.018, 0.007] } as const;

/** What is called harmless there is often not: another question was asked of these texts. */
export const DOUBTFUL: ReadonlySet<string> = new Set(["mhc", "davidson-tweets", "dahoas-hh", "wildguardmix-unharmful"]);

/** Rows of our own that a script puts together from parts. */
export const COMPOSED: ReadonlySet<string> = new Set([
  "own-scenes",
  "own-lines",
  "own-both",
  "own-quotes",
  "own-spelled",
  "own-answers",
]);

/** Text of our own was written for this; of public sources with one pattern each row says less. */
function weightOf(row: SafetyRow): number {
  // "I will stab him" is no hate, and no harmless text either
  if (row.source === "mhc" && !row.unsafe && row.kind.startsWith("target_")) return 0;
  if (row.source === "own-answers") return 0.6;
  if (row.source === "own-both") return row.isAnswer ? 4 : 1;
  if (row.isAnswer) return 14;
  if (row.source === "own") return row.unsafe ? 2.5 : 3;
  if (row.source === "own-scenes") return 0.6;
  if (row.source === "own-lines") return 1.5;
  if (row.source === "own-quotes" || row.source === "own-spelled") return 0.4;
  if (row.source === "mhc") return 1;
  if (row.source === "do-not-answer") return 0.2;
  if (row.source === "gptfuzz-questions" || row.source === "harmbench") return 0.4;
  return row.unsafe ? 0.7 : 0.6;
}

/** All rows, read once. */
export async function safetySamples(): Promise<readonly SafetySample[]> {
  return (await safetyRows()).map(safetySample);
}

/** A model of every row that may ship, without those of a fold (-1: all of them). */
function trainedSafety(samples: readonly SafetySample[], leftOut: number): SafetyModel {
  const used = samples.filter(({ row }) => row.ships && (leftOut < 0 || safetyFold(row) !== leftOut));
  return learnSafety(used, weightOf);
}

/** Every row as it is judged, and the model of all rows that may ship. */
export interface Validated {
  readonly judged: readonly SafetyJudged[];
  readonly model: SafetyModel;
}

/** Judges each row by a model that never saw its fold; rows that may not ship are judged by the model of all others. */
export function validatedSafety(samples: readonly SafetySample[]): Validated {
  const judged: SafetyJudged[] = [];
  const model = trainedSafety(samples, -1);
  for (let fold = -1; fold < SAFETY_FOLDS; fold++) {
    const blind = fold < 0 ? model : trainedSafety(samples, fold);
    for (const sample of samples) {
      if (safetyFold(sample.row) !== fold) continue;
      const evidence = evidencesOf(blind, sample);
      judged.push({ row: sample.row, evidence, most: Math.max(...evidence) });
    }
  }
  const offsets = categoryOffsets(kindsOf(judged));
  const movedBy = (values: Float32Array): Float32Array => values.map((value, at) => value + offsets[at]!);
  return {
    judged: judged.map(({ row, evidence }) => {
      const moved = movedBy(evidence);
      return { row, evidence: moved, most: Math.max(...moved) };
    }),
    model: { ...model, bias: movedBy(model.bias) },
  };
}

/** Public sources of requests that should be refused. */
const REQUESTS: ReadonlySet<string> = new Set(["harmbench", "do-not-answer", "gptfuzz-questions"]);

/** What finding rows is worth, and what it costs to take harmless ones for harmful; composed ones say less. */
const WORTH = { found: 1, alike: -4, ordinary: -8, composed: 0.3, counter: -2 } as const;

function kindsOf(judged: readonly SafetyJudged[]): readonly Valued[] {
  const kind = (worth: number, test: (row: SafetyRow) => boolean): Valued => ({
    evidence: judged.flatMap(({ row, evidence }) => (test(row) ? [evidence] : [])),
    worth,
  });
  const composed = ({ source }: SafetyRow): boolean => COMPOSED.has(source);
  const own = ({ source }: SafetyRow): boolean => source === "own";
  const posts = ({ source }: SafetyRow): boolean => source === "mhc";
  return [
    kind(WORTH.found, (row) => own(row) && row.unsafe),
    kind(WORTH.alike, (row) => own(row) && !row.unsafe),
    kind(WORTH.composed * WORTH.found, (row) => composed(row) && row.unsafe),
    kind(WORTH.composed * WORTH.alike, (row) => composed(row) && !row.unsafe),
    kind(WORTH.ordinary, isOrdinary),
    kind(WORTH.found, ({ source, unsafe }) => unsafe && REQUESTS.has(source)),
    kind(WORTH.found, (row) => posts(row) && row.unsafe),
    // what it calls harmless of single people often is not
    kind(WORTH.counter, (row) => posts(row) && !row.unsafe && !row.kind.startsWith("target_")),
  ];
}

/** Harmless and not written to look harmful. */
function isOrdinary({ source, unsafe }: SafetyRow): boolean {
  return !unsafe && source !== "own" && !COMPOSED.has(source) && !DOUBTFUL.has(source);
}

/** The evidence at the scores 0.5 and 0.8: what no more harmless rows exceed than is allowed. */
export function safetyThresholds(judged: readonly SafetyJudged[]): {
  strictAt: number;
  defaultAt: number;
} {
  const harmless = (test: (row: SafetyRow) => boolean) =>
    judged.flatMap(({ row, most }) => (!row.unsafe && test(row) ? [most] : [])).sort((one, other) => other - one);
  const alike = harmless(({ source }) => source === "own");
  const ordinary = harmless(isOrdinary);
  const at = (list: readonly number[], share: number): number => list[Math.floor(list.length * share)] ?? 0;
  const [strict, usual] = [0, 1].map((step) =>
    Math.max(at(alike, ALLOWED.alike[step]!), at(ordinary, ALLOWED.ordinary[step]!)),
  );
  return { strictAt: strict!, defaultAt: Math.max(usual!, strict! + 0.5) };
}
