/** Scores of every row by a model that never saw its source. */
import type { Model } from "../../src/detect/injection/model.ts";
import { evidenceOf, learn, RECIPE, type Recipe, type Sample, sample } from "./learn.ts";
import { FOLD_COUNT, foldOf, injectionRows, plain, type Row, tierOf } from "./rows.ts";

/** A row and the evidence for an attack that was found in it. */
export interface Judged {
  readonly row: Row;
  readonly evidence: number;
}

export interface CrossValidated {
  readonly judged: readonly Judged[];
  readonly samples: readonly Sample[];
  readonly thresholds: { readonly strictAt: number; readonly balancedAt: number };
}

/** What texts that attack nobody may be taken for attacks, at most: in a hundred, per tier, at either threshold. */
const LIMITS: Readonly<Record<string, readonly [strict: number, balanced: number]>> = {
  ordinary: [1.5, 0.3],
};

/** Sources in which nearly every row is like every other weigh less; ours, written for this, more. */
function weightOf(row: Row, alike: number): number {
  if (row.source === "jbb-pair") return 0;
  return row.source.startsWith("own:") ? 1.5 : Math.min(1, Math.sqrt(250 / alike));
}

/** Reads all rows, trains once per fold, and judges. */
export async function crossValidated(recipe: Recipe = RECIPE): Promise<CrossValidated> {
  const rows = await injectionRows();
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(row.source + row.attack, (sizes.get(row.source + row.attack) ?? 0) + 1);
  const samples = rows.map((row) =>
    sample(plain(row.text), row.attack, weightOf(row, sizes.get(row.source + row.attack)!)),
  );
  const evidence = new Float64Array(rows.length);
  for (let fold = -1; fold < FOLD_COUNT; fold++) {
    const model = learn(
      samples.filter((_, at) => isTrainedOn(rows[at]!, fold)),
      recipe,
    );
    rows.forEach((row, at) => {
      if (foldOf(row) === fold) evidence[at] = evidenceOf(model, samples[at]!);
    });
  }
  const judged = rows.map((row, at) => ({ row, evidence: evidence[at]! }));
  return { judged, samples, thresholds: thresholdsOf(judged) };
}

function isTrainedOn(row: Row, leftOut: number): boolean {
  const fold = foldOf(row);
  return fold >= 0 && fold !== leftOut;
}

/** A model of every row that may ship. */
export function trainedOnAll({ judged, samples }: CrossValidated, recipe: Recipe = RECIPE): Model {
  return learn(
    samples.filter((_, at) => isTrainedOn(judged[at]!.row, -1)),
    recipe,
  );
}

function thresholdsOf(judged: readonly Judged[]): { strictAt: number; balancedAt: number } {
  const at = (which: 0 | 1): number =>
    Math.max(
      ...Object.entries(LIMITS).map(([tier, limits]) => {
        const found = judged.filter(({ row }) => !row.attack && tierOf(row) === tier).map((each) => each.evidence);
        found.sort((one, other) => other - one);
        return found[Math.floor((found.length * limits[which]) / 100)] ?? 0;
      }),
    );
  return { strictAt: at(0), balancedAt: at(1) };
}
